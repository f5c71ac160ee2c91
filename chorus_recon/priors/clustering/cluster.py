"""Cluster observations by interaction, from the body parts near the object.

One picture cannot tell a thing in the hand from a thing before the hand, but a part that is touched from
every side is touched in space. So classes are fitted to signatures given the side they are seen from, and
left-handed pictures are read as right-handed ones in a mirror.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.priors.aggregation import gates, visibility
from chorus_recon.priors.aggregation.visibility import BATCH, MASK_STEPS, Canon
from chorus_recon.priors.clustering import latent
from chorus_recon.types import Observation, VoxelGrid

_PAIRED = ("Arm", "Foot", "ForeArm", "Hand", "HandIndex1", "Leg", "Shoulder", "ToeBase", "UpLeg")
PARTS = tuple(
    sorted(("head", "hips", "neck", "spine", "spine1", "spine2"))
    + [f"{side}{part}" for part in _PAIRED for side in ("left", "right")]
)  # of the 24 SMPL joints, in the order of a signature
SHY = 0.1  # of a region's voxels: below this many seen, its hits count for less
SIDED = 0.35  # how much more one side is touched than the other, seen from front and back, in a sided cluster
MOSTLY = 0.6  # the share of a cluster that verbs in its name must cover
_WORDS = {
    "Arm": "upper arm", "ForeArm": "forearm", "HandIndex1": "hand", "ToeBase": "toes", "UpLeg": "thigh",
    "spine": "belly", "spine1": "waist", "spine2": "chest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Regions:
    """The voxels near a body's parts, and which part each is near (a voxel may be near several)."""

    canon: Canon
    near: Bool[Tensor, "24 n"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One interaction: `members` index the observations, `share` is their part of the whole.

    `parts` says how far each of `PARTS` is touched, from whatever side it is seen. `twin` is the
    index of the cluster that is this one in a mirror: itself where left and right are alike, none
    where no picture shows it.
    """

    name: str
    members: Int[Tensor, " m"]
    share: float
    parts: Float[Tensor, " 24"]
    twin: int | None


def regions(
    vertices: Float[Tensor, "v 3"],
    parts: Mapping[str, Int[Tensor, " n"]],
    grid: VoxelGrid,
    weights: Float[Tensor, "x y z j"],
    reach_m: float = gates.REACH_M,
) -> Regions:
    """What signatures need of a canonical body; `parts` are the vertices of each part (`BodyModel.parts`)."""
    near = torch.stack(
        [gates.region(vertices[parts[name].to(vertices.device)], grid, reach_m) for name in PARTS]
    )
    canon = visibility.canon_of(grid, weights, near.any(0))
    return Regions(canon, near.flatten(1)[:, canon.voxels])


def signature(observation: Observation, near: Regions) -> Float[Tensor, " 24"]:
    """How far a picture's object covers what is seen near each part, in [0, 1]."""
    return signatures([observation], near)[0]


def signatures(observations: Iterable[Observation], near: Regions) -> Float[Tensor, "n 24"]:
    """`signature` of every observation."""
    several, found = iter(observations), [torch.zeros(0, len(PARTS))]
    member = near.near.float()
    shy = SHY * member.sum(1)
    while batch := list(islice(several, BATCH)):
        look = visibility.look(batch, near.canon)
        hits = (look.hit.float() / MASK_STEPS) @ member.mT
        seen = look.seen.float() @ member.mT
        found.append((hits / (seen + shy).clamp_min(1e-6)).clamp(0, 1).cpu())
    return torch.cat(found)


def group(
    signatures: Float[Tensor, "n 24"],
    verbs: Sequence[str],
    azimuths_rad: Float[Tensor, " n"] | None = None,
    weights: Float[Tensor, " n"] | None = None,
    most: int = 8,
) -> tuple[Cluster, ...]:
    """Group observations by what they touch and what is being done, largest cluster first.

    Args:
        signatures: how far each observation covers each part.
        verbs: what each is said to do; all empty where nobody knows.
        azimuths_rad: where each is seen from (`views.azimuth_rad`); without, sides are not told apart.
        weights: how much each counts, 1 if not given.
        most: classes at most, before sided ones are split in left and right.
    """
    count = len(signatures)
    if count == 0:
        return ()
    mass = torch.ones(count) if weights is None else weights.float()
    quadrant, level = _quadrants(azimuths_rad, count)
    side = _sidedness(signatures)
    left = side > 0
    folded = torch.where(left[:, None], signatures[:, _TWIN], signatures)
    seen_from = torch.where(left, (2 - quadrant) % 4, quadrant)  # left and right trade places, front stays
    names = sorted(set(verbs))
    verb = torch.tensor([names.index(one) for one in verbs])
    which = latent.classes(folded, seen_from, verb, mass, most)
    clusters: list[Cluster] = []
    for number in range(int(which.max()) + 1):
        members = torch.nonzero(which == number)[:, 0]
        word = _verb(names, torch.bincount(verb[members], mass[members], len(names)))
        fair = members[level[members]] if bool(level[members].any()) else members
        sided = float((side[fair].abs() * mass[fair]).sum() / mass[fair].sum()) > SIDED
        sets = [members[~left[members]], members[left[members]]] if sided else [members]
        sets = [one for one in sets if len(one)]
        for place, ids in enumerate(sets):
            twin = (len(clusters) + 1 - 2 * place) if len(sets) == 2 else (None if sided else len(clusters))
            touched = _touched(signatures[ids], quadrant[ids])
            share = float(mass[ids].sum() / mass.sum())
            clusters.append(Cluster(_name(word, touched, sided), ids, share, touched, twin))
    return _sorted(clusters)


_TWIN = torch.tensor(
    [
        PARTS.index(
            name.replace("left", "right") if name.startswith("left") else name.replace("right", "left")
        )
        for name in PARTS
    ]
)
_LEFT = torch.tensor([name.startswith("left") for name in PARTS])


def _quadrants(
    azimuths_rad: Float[Tensor, " n"] | None, count: int
) -> tuple[Int[Tensor, " n"], Bool[Tensor, " n"]]:
    """Seen from left 0, front 1, right 2 or back 3; and whether both sides are seen alike (front, back)."""
    if azimuths_rad is None:
        return torch.ones(count, dtype=torch.long), torch.ones(count, dtype=torch.bool)
    quadrant = ((azimuths_rad / (math.pi / 2)).round().long()) % 4
    return quadrant, quadrant % 2 == 1


def _sidedness(signatures: Float[Tensor, "n 24"]) -> Float[Tensor, " n"]:
    """1 where only left parts are touched, -1 where only right ones are, 0 where both alike."""
    left, right = signatures[:, _LEFT].sum(1), signatures[:, _TWIN[_LEFT]].sum(1)
    return (left - right) / (left + right + 0.1)


def _touched(signatures: Float[Tensor, "n 24"], quadrant: Int[Tensor, " n"]) -> Float[Tensor, " 24"]:
    """How far each part is touched from every side it is seen from: the geometric mean over the sides."""
    means = [signatures[quadrant == q].mean(0) for q in range(4) if bool((quadrant == q).any())]
    return torch.stack(means).clamp_min(1e-3).log().mean(0).exp()


def _verb(names: list[str], mass: Float[Tensor, " v"]) -> str:
    """What is mostly done: one verb or two, or nothing where there are many."""
    share = mass / mass.sum()
    best = [n for n in share.argsort(descending=True, stable=True)[:2].tolist() if names[n]]
    for count in range(1, len(best) + 1):
        if float(share[best[:count]].sum()) >= MOSTLY:
            return " or ".join(names[n] for n in best[:count])
    return ""


def _name(verb: str, touched: Float[Tensor, " 24"], sided: bool) -> str:
    part = PARTS[int(touched.argmax())]
    side = next((word for word in ("left", "right") if part.startswith(word)), "")
    bare = part.removeprefix(side)
    words = _WORDS.get(bare, bare.lower())
    if side:
        words = f"{side} {words}" if sided else f"both {_plural(words)}"
    return f"{verb} ({words})" if verb else words


def _plural(words: str) -> str:
    if words == "foot":
        return "feet"
    return words if words.endswith("s") else f"{words}s"


def _sorted(clusters: list[Cluster]) -> tuple[Cluster, ...]:
    """Largest first, with names made different and twins found again."""
    order = sorted(range(len(clusters)), key=lambda n: (-clusters[n].share, clusters[n].name, n))
    place = {old: new for new, old in enumerate(order)}
    out: list[Cluster] = []
    for old in order:
        one = clusters[old]
        same = sum(other.name == one.name or other.name.startswith(f"{one.name} #") for other in out)
        name = f"{one.name} #{same + 1}" if same else one.name
        twin = None if one.twin is None else place[one.twin]
        out.append(Cluster(name, one.members, one.share, one.parts, twin))
    return tuple(out)
