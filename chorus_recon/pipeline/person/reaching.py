"""Bend the person's arms, within what the photo allows, so that the hands are at the grips of the object.

The depth of a wrist is poorly seen, and hidden arms are a guess of the pose prior. Where the use says which
hand holds the object at which spot, the spot says more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.categories.index import categories
from chorus_recon.categories.spots import axes_of, place_of
from chorus_recon.geometry import rig, transforms
from chorus_recon.geometry.stature import stature_m
from chorus_recon.types import HumanEstimate, ObjectShape, Placement, PosedBody

PARTS = ("shoulder", "elbow", "wrist", "hand")
HAND_M = 0.05  # from the joint of a hand to a spot that the hand is at
LEAST_SURE = 0.3  # probability of the placement below which no arm is bent towards it
FARTHEST_M = 0.4  # gap from which on the use or the placement is wrong, where the arm is seen
FARTHEST_GUESSED_M = 0.6  # and where it is a guess
GRIP_M = 0.03  # standard deviation of the gap that is left
TURN_RAD = 0.25  # standard deviation of the turns of a shoulder and an elbow that are seen
GUESSED_RAD = 0.7  # and where the arm is a guess
SEEN = 0.015  # standard deviation of an elbow and a wrist across the line of sight, in statures
GUESSED = 0.15  # and where they are a guess
LEFT_M = 0.03  # gap that may be left: where the photo keeps the hand farther away, it is not at the grip


@dataclass(frozen=True, slots=True)
class _Arm:
    """An arm in cam, metres, and how well its parts are known."""

    points: np.ndarray  # shoulder, elbow, wrist, hand [4, 3]
    turn_rad: float
    across_m: np.ndarray  # standard deviations of elbow and wrist [2]
    farthest_m: float


def with_hands_at_grips(
    human: HumanEstimate,
    body: PosedBody,
    model: BodyModel,
    best: Placement,
    shapes: Sequence[ObjectShape],
    category: str,
) -> tuple[HumanEstimate, PosedBody]:
    """The person with their arms bent towards the object's grips; as they are where nothing is gripped.

    Args:
        human: the estimate.
        body: the same person, posed, in cam.
        model: the body model.
        best: the best placement, in cam.
        shapes: the shapes that were placed, with their anchors.
        category: the key of the object's category.
    """
    if best.probability < LEAST_SURE:
        return human, body
    params = human.body
    pose, root = params.pose.clone(), params.cam_from_body.rotation
    world = root @ rig.world_turns(params.pose, model.parents)
    for side, spot in grips(best, shapes, category).items():
        shoulder, elbow, wrist, hand = (model.joint_names.index(f"{side}_{part}") for part in PARTS)
        turns = _bent(_arm(human, body, [shoulder, elbow, wrist, hand]), spot.double().numpy())
        if turns is None:
            continue
        upper, lower = (torch.from_numpy(turn).float() for turn in turns)
        rig.turn_limb(pose, world, model.parents, (shoulder, elbow), (upper, lower))
    if torch.equal(pose, params.pose):
        return human, body
    params = replace(params, pose=pose)
    return replace(human, body=params), model.pose(params)


def grips(best: Placement, shapes: Sequence[ObjectShape], category: str) -> dict[str, Float[Tensor, " 3"]]:
    """Where the hands hold the object by the use of the placement: side to a point in cam, metres.

    Empty where the table of interactions does not know the use, or the shape does not have the spot.
    """
    known = categories().get(category)
    uses = {row.name: row for row in known.interactions()} if known is not None else {}
    shape = next((shape for shape in shapes if shape.name == best.shape.name), None)
    if known is None or shape is None or best.cluster not in uses:
        return {}
    code = best.shape_code.to(shape.modes)
    vertices = shape.vertices + torch.einsum("m,mvd->vd", code, shape.modes)
    found: dict[str, Float[Tensor, " 3"]] = {}
    for contact in uses[best.cluster].contacts:
        side, _, part = contact.place.partition("_")
        if part != "palm":
            continue
        try:
            spot = place_of(contact.spot, shape, vertices[None], axes_of(known.frame))[0]
        except KeyError:  # the user's own mesh has no anchors
            continue
        found[side] = transforms.apply_scale_first(best.cam_from_object, spot[None])[0]
    return found


def _arm(human: HumanEstimate, body: PosedBody, joints: list[int]) -> _Arm:
    guessed = human.guessed[joints]
    stature = stature_m(body)
    across = torch.where(guessed[1:3], GUESSED, SEEN) * stature
    points = body.joints[joints].double().numpy()
    if bool(guessed[1:3].any()):
        return _Arm(points, GUESSED_RAD, across.double().numpy(), FARTHEST_GUESSED_M)
    return _Arm(points, TURN_RAD, across.double().numpy(), FARTHEST_M)


def _bent(arm: _Arm, spot: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The turns of shoulder and elbow, rotations in cam, that bring the hand to a spot; None to leave it.

    The turn of the elbow includes that of the shoulder: both are of the bones below the joint.
    """
    gap = _gap_m(arm.points[3], spot)
    if not 0 < gap < arm.farthest_m:
        return None
    seen = arm.points[1:3, :2] / arm.points[1:3, 2:]

    def residuals(x: np.ndarray) -> np.ndarray:
        _, points = _turned(arm, x)
        away = spot - points[3]
        length = max(float(np.linalg.norm(away)), 1e-6)
        left = away / length * max(length - HAND_M, 0.0)
        moved = (points[1:3, :2] / points[1:3, 2:] - seen) * arm.points[1:3, 2:] / arm.across_m[:, None]
        return np.concatenate([left / GRIP_M, moved.reshape(-1), x / arm.turn_rad])

    solved = least_squares(residuals, np.zeros(6), max_nfev=60).x
    turns, points = _turned(arm, solved)
    if _gap_m(points[3], spot) > LEFT_M:
        return None
    return turns


def _turned(arm: _Arm, x: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    shoulder = Rotation.from_rotvec(x[:3]).as_matrix()
    elbow = shoulder @ Rotation.from_rotvec(x[3:]).as_matrix()
    bones = np.diff(arm.points, axis=0)
    first = arm.points[0] + shoulder @ bones[0]
    second = first + elbow @ bones[1]
    return (shoulder, elbow), np.stack([arm.points[0], first, second, second + elbow @ bones[2]])


def _gap_m(hand: np.ndarray, spot: np.ndarray) -> float:
    return max(float(np.linalg.norm(hand - spot)) - HAND_M, 0.0)
