"""Cluster observations by interaction, from the body parts near the object.

A single picture does not show whether an object is in a hand or in front of it. But a part that the object
covers from every side is touched in 3D. So classes are fitted to signatures given the viewing side.
Left-handed pictures are mirrored to right-handed ones first.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
)  # the parts of the 24 SMPL joints, in the order of a signature
SHRINK = 0.1  # share of a region's voxels added to those seen, so that few seen voxels count less
SIDED = 0.35  # least mean difference of touch between the sides (front and back views) of a one-sided cluster
MOSTLY = 0.6  # least share of a cluster's pictures that the verbs in its name cover
_WORDS = {
    "Arm": "upper arm",
    "ForeArm": "forearm",
    "HandIndex1": "hand",
    "ToeBase": "toes",
    "UpLeg": "thigh",
    "spine": "belly",
    "spine1": "waist",
    "spine2": "chest",
}


@dataclass(frozen=True, slots=True)
class Regions:
    """The voxels near the parts of a body, and which parts each is near."""

    canon: Canon
    near: Bool[Tensor, "24 n"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One interaction: `members` are indices of observations, `share` is their share of the total weight.

    `parts` is how far each of `PARTS` is touched, averaged over the viewing sides. `twin` is the index of
    the mirrored cluster: its own index if the interaction is symmetric, None if no picture shows the mirror
    image.
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
    """The regions of a canonical body; `parts` are the vertex indices of each part (`BodyModel.parts`)."""
    near = torch.stack(
        [gates.region(vertices[parts[name].to(vertices.device)], grid, reach_m) for name in PARTS]
    )
    canon = visibility.canon_of(grid, weights, near.any(0))
    return Regions(canon, near.flatten(1)[:, canon.voxels])


def signature(observation: Observation, near: Regions) -> Float[Tensor, " 24"]:
    """The share of the visible voxels near each part that the object covers, in [0, 1]."""
    return signatures([observation], near)[0]


def signatures(observations: Iterable[Observation], near: Regions) -> Float[Tensor, "n 24"]:
    """The `signature` of every observation."""
    remaining, found = iter(observations), [torch.zeros(0, len(PARTS))]
    member = near.near.float()
    shrink = SHRINK * member.sum(1)
    while batch := list(islice(remaining, BATCH)):
        look = visibility.look(batch, near.canon)
        hits = (look.hit.float() / MASK_STEPS) @ member.mT
        seen = look.seen.float() @ member.mT
        found.append((hits / (seen + shrink).clamp_min(1e-6)).clamp(0, 1).cpu())
    return torch.cat(found)


def group(
    signatures: Float[Tensor, "n 24"],
    verbs: Sequence[str],
    azimuths_rad: Float[Tensor, " n"] | None = None,
    weights: Float[Tensor, " n"] | None = None,
    most: int = 8,
) -> tuple[Cluster, ...]:
    """Group observations by contact region and action, largest cluster first.

    Args:
        signatures: how far each observation covers each part.
        verbs: the verb of each prompt; all empty if unknown.
        azimuths_rad: azimuth of each camera (`views.azimuth_rad`); if None, viewing sides are not
            distinguished.
        weights: weight of each observation; 1 if None.
        most: the most classes, before one-sided classes are split into left and right.
    """
    count = len(signatures)
    if count == 0:
        return ()
    mass = torch.ones(count) if weights is None else weights.float()
    quadrant, level = _quadrants(azimuths_rad, count)
    side = _sidedness(signatures)
    left = side > 0
    folded = torch.where(left[:, None], signatures[:, _TWIN], signatures)
    seen_from = torch.where(left, (2 - quadrant) % 4, quadrant)  # mirrors left to right, keeps front and back
    names = sorted(set(verbs))
    verb = torch.tensor([names.index(name) for name in verbs])
    which = latent.classes(folded, seen_from, verb, mass, most)
    clusters: list[Cluster] = []
    for number in range(int(which.max()) + 1):
        members = torch.nonzero(which == number)[:, 0]
        word = _verb(names, torch.bincount(verb[members], mass[members], len(names)))
        fair = members[level[members]] if bool(level[members].any()) else members
        sided = float((side[fair].abs() * mass[fair]).sum() / mass[fair].sum()) > SIDED
        sets = [members[~left[members]], members[left[members]]] if sided else [members]
        sets = [ids for ids in sets if len(ids)]
        for index, ids in enumerate(sets):
            twin = (len(clusters) + 1 - 2 * index) if len(sets) == 2 else (None if sided else len(clusters))
            touched = _touched(signatures[ids], quadrant[ids])
            share = float(mass[ids].sum() / mass.sum())
            clusters.append(
                Cluster(name=_name(word, touched, sided), members=ids, share=share, parts=touched, twin=twin)
            )
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
    """The viewing side (left 0, front 1, right 2, back 3), and whether it shows both sides (front, back)."""
    if azimuths_rad is None:
        return torch.ones(count, dtype=torch.long), torch.ones(count, dtype=torch.bool)
    quadrant = ((azimuths_rad / (math.pi / 2)).round().long()) % 4
    return quadrant, quadrant % 2 == 1


def _sidedness(signatures: Float[Tensor, "n 24"]) -> Float[Tensor, " n"]:
    """1 if only left parts are touched, -1 if only right parts are, 0 if both are equally."""
    left, right = signatures[:, _LEFT].sum(1), signatures[:, _TWIN[_LEFT]].sum(1)
    return (left - right) / (left + right + 0.1)


def _touched(signatures: Float[Tensor, "n 24"], quadrant: Int[Tensor, " n"]) -> Float[Tensor, " 24"]:
    """How far each part is touched: the geometric mean over the viewing sides."""
    means = [signatures[quadrant == q].mean(0) for q in range(4) if bool((quadrant == q).any())]
    return torch.stack(means).clamp_min(1e-3).log().mean(0).exp()


def _verb(names: list[str], mass: Float[Tensor, " v"]) -> str:
    """The most common verb, or two joined by "or"; "" if neither covers the share `MOSTLY`."""
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
    """Sort clusters by size, make their names unique and update the indices of their twins."""
    order = sorted(range(len(clusters)), key=lambda n: (-clusters[n].share, clusters[n].name, n))
    position = {old: new for new, old in enumerate(order)}
    out: list[Cluster] = []
    for old in order:
        cluster = clusters[old]
        same = sum(other.name == cluster.name or other.name.startswith(f"{cluster.name} #") for other in out)
        name = f"{cluster.name} #{same + 1}" if same else cluster.name
        twin = None if cluster.twin is None else position[cluster.twin]
        out.append(replace(cluster, name=name, twin=twin))
    return tuple(out)
