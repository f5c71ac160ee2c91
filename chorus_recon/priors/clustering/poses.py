"""Count the typical poses of a cluster's people."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry import bones
from chorus_recon.types import Observation, TypicalPoses, Use

MOST = 3  # typical poses of a cluster
LEAST_PEOPLE = 8  # behind each of them
SHRINK = 2.0  # weight, in people, of the spread of the whole cluster in that of a typical pose
LEAST_USE = 0.05  # share of a cluster's pictures below which a use is not named
LEVEL_UP = (0.0, -1.0, 0.0)  # the vertical in a picture: its camera is taken for level
MOST_FOCUS = 0.995  # 6 degrees about either axis: poses are not known better
_SWEEPS = 20


class People:
    """The poses and verbs of the pictures of a build, in order."""

    def __init__(self, body: BodyModel) -> None:
        self._names = body.joint_names
        self._canon_joints = body.canonical()[1]
        self._directions: list[Float[Tensor, "n 3"]] = []
        self._verbs: list[str] = []
        self._weights: list[float] = []

    def add(self, observation: Observation) -> None:
        """Add the person of the next picture."""
        carry = observation.cam_from_canon
        joints = (carry[:, :3, :3] @ self._canon_joints[..., None])[..., 0] + carry[:, :3, 3]
        self._directions.append(bones.directions(joints, self._names, torch.tensor(LEVEL_UP)))
        self._verbs.append(observation.verb)
        self._weights.append(observation.weight)

    def typical(self, members: Sequence[int], mirrored: Sequence[int] = ()) -> TypicalPoses:
        """Typical poses of some people, and of the mirror images of others."""
        rows = [self._directions[n] for n in members]
        rows += [bones.mirrored(self._directions[n]) for n in mirrored]
        return typical(torch.stack(rows), torch.tensor([self._weights[n] for n in (*members, *mirrored)]))

    def uses(self, members: Sequence[int]) -> tuple[Use, ...]:
        """What some people do by the verbs of their prompts, with their shares, the most common first."""
        mass: dict[str, float] = {}
        for number in members:
            verb = self._verbs[number]
            mass[verb] = mass.get(verb, 0.0) + self._weights[number]
        whole = sum(mass.values())
        found = [Use(_phrase(verb), share / whole) for verb, share in mass.items() if verb]
        return tuple(
            sorted((use for use in found if use.share >= LEAST_USE), key=lambda use: (-use.share, use.text))
        )


def typical(
    directions: Float[Tensor, "b n 3"], weights: Float[Tensor, " b"] | None = None, most: int = MOST
) -> TypicalPoses:
    """Group poses by k-means on their directions; the same rows give the same poses.

    Args:
        directions: of each person (`bones.directions`).
        weights: of each person; equal if None.
        most: the most typical poses.
    """
    mass = torch.ones(len(directions)) if weights is None else weights.float()
    owner = _grouped(directions, mass, max(1, min(most, len(directions) // LEAST_PEOPLE)))
    whole = _mean(directions, mass)
    weight, mean, focus = [], [], []
    for group in range(int(owner.max()) + 1):
        mine = owner == group
        middle = _mean(directions[mine], mass[mine])
        count = float(mine.sum())
        length = (count * middle.norm(dim=-1) + SHRINK * whole.norm(dim=-1)) / (count + SHRINK)
        weight.append(float(mass[mine].sum() / mass.sum()))
        mean.append(torch.nn.functional.normalize(middle, dim=-1))
        focus.append(length.clamp_max(MOST_FOCUS))
    return TypicalPoses(torch.tensor(weight), torch.stack(mean), torch.stack(focus))


def mirrored(poses: TypicalPoses) -> TypicalPoses:
    """The typical poses of the mirrored people."""
    return TypicalPoses(poses.weight, bones.mirrored(poses.mean), bones.mirrored_order(poses.focus))


def _mean(directions: Float[Tensor, "b n 3"], mass: Float[Tensor, " b"]) -> Float[Tensor, "n 3"]:
    return torch.einsum("b,bnd->nd", mass / mass.sum(), directions)


def _grouped(directions: Float[Tensor, "b n 3"], mass: Float[Tensor, " b"], count: int) -> Int[Tensor, " b"]:
    """The group of each person, the largest group first; groups without people are left out.

    The first groups divide the line between the two most different people evenly. An interaction's people are
    spread between two key poses, so this is close to the result.
    """
    flat = directions.flatten(1)
    centre = (flat * mass[:, None]).sum(0) / mass.sum()
    first = flat[(flat - centre).square().sum(1).argmax()]
    last = flat[(flat - first).square().sum(1).argmax()]
    along = torch.argsort(torch.argsort(flat @ (last - first), stable=True))
    owner = along * count // len(flat)
    centres = flat[:count]
    for _ in range(_SWEEPS):
        centres = torch.stack([_centre(flat, mass * (owner == k), centres[k]) for k in range(count)])
        moved = torch.cdist(flat, centres).argmin(1)
        if torch.equal(moved, owner):
            break
        owner = moved
    sizes = torch.bincount(owner, mass, count)
    rank = torch.argsort(torch.argsort(-sizes, stable=True), stable=True)
    return rank[owner]


def _centre(
    flat: Float[Tensor, "b m"], mass: Float[Tensor, " b"], otherwise: Float[Tensor, " m"]
) -> Float[Tensor, " m"]:
    return (flat * mass[:, None]).sum(0) / mass.sum() if float(mass.sum()) > 0 else otherwise


def _phrase(verb: str) -> str:
    return verb if "{it}" in verb else f"{verb} {{it}}"
