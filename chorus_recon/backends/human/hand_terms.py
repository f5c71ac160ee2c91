"""Hands as evidence in a body fit: where wrist and knuckles are, and how the palm is turned.

They count once the best start is found, so that they turn hands and arms and do not choose the pose. In all
stages they threw other limbs into other poses, for the better in some scenes with 3D truth and for the worse
in others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import terms
from chorus_recon.backends.human.hands import INDEX, PINKY, WRIST
from chorus_recon.backends.human.start import Problem
from chorus_recon.geometry.kinematics import (
    Posed,
    Skeleton,
    SkinnedPoints,
    place_points,
    points_jacobian,
    skinned_points,
)
from chorus_recon.types import Camera, Hand

SIDES = ("left", "right")
CORNERS = 3  # of a hand: wrist, index knuckle, little finger's knuckle
# The network's wrist lies at the root of the palm: this far from the joint to the knuckles' middle, the
# median of hands in 26 scenes with 3D truth.
_PALM_ROOT = 0.15


@dataclass(frozen=True, slots=True)
class HandConfig:
    """Deviations are one standard deviation; metres are metres at the person's distance.

    The network's own deviations, on the hands of 26 scenes with 3D truth, are about 0.8 cm a picture axis for
    knuckles and 1.2 cm an axis for the grip. The deviations here are wider and the weight makes up for it, so
    that the robust kernel does not take a hand that the gate let in for an outlier. `aim_m` is wider again:
    a wrist is stiff, so what is wrong with a hand's aim turns the forearm.
    """

    pixel_m: float = 0.02  # of wrist and knuckles on the picture
    grip_m: float = 0.03  # of one outer knuckle from the other, in space
    aim_m: float = 0.06  # of the knuckles' middle from the wrist, in space
    weight: float = 6.0  # of a hand believed fully, in landmarks


@dataclass(frozen=True, slots=True)
class HandEvidence:
    """The hands of several people, a row a person: left, then right. `belief` 0 = no such hand.

    `seen_px` are a hand's corners on the picture. `aim_m` is the way from its wrist to the middle of its
    outer knuckles and `grip_m` that from the little finger's knuckle to the index finger's, in cam, as long
    as on a body of mean shape. `points` are the same corners of the body, left hand first.
    """

    points: SkinnedPoints
    seen_px: Float[Tensor, "b 2 3 2"]
    aim_m: Float[Tensor, "b 2 3"]
    grip_m: Float[Tensor, "b 2 3"]
    belief: Float[Tensor, "b 2"]
    config: HandConfig

    @property
    def weight(self) -> Float[Tensor, "b 2"]:
        """What each hand counts, in landmarks."""
        return self.config.weight * self.belief


def hand_points(body: DefaultBody) -> SkinnedPoints:
    """Corners of the left and the right hand [6], where the hand network puts them, in double precision."""
    corners = []
    for side in SIDES:
        wrist, index, pinky = (
            body.landmark_weights[body.landmark_names.index(f"{side}_{part}")]
            for part in ("wrist", "index", "pinky")
        )
        corners += [(1 - _PALM_ROOT) * wrist + _PALM_ROOT * (index + pinky) / 2, index, pinky]
    rows = torch.stack(corners)
    used = rows.abs().sum(0) > 0
    return skinned_points(
        rows[:, used], body.template[used], body.shapedirs[:, used], body.skin_weights[used]
    ).double()


def evidence(
    points: SkinnedPoints, people: Sequence[Sequence[Hand]], config: HandConfig | None = None
) -> HandEvidence | None:
    """The hands of several people as evidence for a fit; None where nobody has any.

    Args:
        points: the hands' corners on the body, from `hand_points`.
        people: the hands of each, at most one a side.
        config: how far to believe them.
    """
    if not any(people):
        return None
    config = config or HandConfig()
    shape = (len(people), len(SIDES))
    seen = torch.zeros(*shape, CORNERS, 2, dtype=torch.float64)
    aim, grip = torch.zeros(2, *shape, 3, dtype=torch.float64)
    belief = torch.zeros(shape, dtype=torch.float64)
    own = points.moments.sum(1).unflatten(0, (len(SIDES), CORNERS))
    for row, hands in enumerate(people):
        for hand in hands:
            k = SIDES.index(hand.side)
            seen[row, k] = hand.points_px[[WRIST, INDEX, PINKY]].double()
            corners = hand.points_m[[WRIST, INDEX, PINKY]].double()
            corners = corners * (_around(own[k]) / _around(corners))
            aim[row, k], grip[row, k] = _aim(corners), _grip(corners)
            belief[row, k] = hand.confidence
    return HandEvidence(points, seen, aim, grip, belief, config)


def residuals(
    tree: Skeleton,
    posed: Posed,
    shape: Float[Tensor, "b s"],
    camera: Camera,
    px_per_m: Float[Tensor, " b"],
    hands: HandEvidence,
) -> tuple[terms.Residuals, terms.Residuals]:
    """Distances of the body's hands from those seen: on the picture a corner, in space a hand."""
    points, shares = place_points(posed, hands.points, shape)
    eye = torch.eye(3, dtype=points.dtype).expand(*points.shape[:2], 3, 3)
    moved = points_jacobian(tree, posed, hands.points, shares, eye)
    moved = torch.nn.functional.pad(moved, (0, 1))  # the scale of the pose network's metres
    sigma_px = (hands.config.pixel_m * px_per_m)[:, None].expand(points.shape[:2])
    weight = hands.weight.repeat_interleave(CORNERS, 1)
    flat = terms.reprojection(camera, points, moved, hands.seen_px.flatten(1, 2), sigma_px, weight)
    return flat, turned(points, moved, hands)


def turned(
    points_cam: Float[Tensor, "b 6 3"], jacobian: Float[Tensor, "b 6 3 p"], hands: HandEvidence
) -> terms.Residuals:
    """How far aim and grip are from where the hand network has them; a group a hand."""
    points = points_cam.unflatten(1, (len(SIDES), CORNERS))
    moved = jacobian.unflatten(1, (len(SIDES), CORNERS))
    sd = hands.config
    value = torch.cat(
        [(_aim(points, 2) - hands.aim_m) / sd.aim_m, (_grip(points, 2) - hands.grip_m) / sd.grip_m], -1
    )
    slope = torch.cat([_aim(moved, 2) / sd.aim_m, _grip(moved, 2) / sd.grip_m], -2)
    return terms.Residuals(value, slope, hands.weight)


def without_fingers(problem: Problem, landmark_names: Sequence[str], hands: HandEvidence) -> Problem:
    """The problem without the pose's own fingers, as far as the hand network's are believed.

    On hands in 26 scenes with 3D truth the pose's knuckles were 9 px off in the median, the hand network's 3.
    """
    kept = torch.ones_like(problem.pixel_weight)
    for k, side in enumerate(SIDES):
        rows = [landmark_names.index(f"{side}_{part}") for part in ("pinky", "index", "thumb")]
        kept[:, rows] = 1.0 - hands.belief[:, k : k + 1]
    return replace(
        problem, pixel_weight=kept * problem.pixel_weight, world_weight=kept * problem.world_weight
    )


def _aim(corners: Tensor, axis: int = 0) -> Tensor:
    """From the wrist to the middle of the outer knuckles; `axis` counts wrist, index, little finger."""
    wrist, index, pinky = corners.unbind(axis)
    return (index + pinky) / 2 - wrist


def _grip(corners: Tensor, axis: int = 0) -> Tensor:
    """From the little finger's knuckle to the index finger's."""
    _, index, pinky = corners.unbind(axis)
    return index - pinky


def _around(corners: Float[Tensor, "3 3"]) -> Float[Tensor, ""]:
    """The perimeter of a triangle."""
    return (corners - corners.roll(1, 0)).norm(dim=-1).sum()
