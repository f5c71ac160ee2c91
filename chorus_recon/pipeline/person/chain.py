"""Bend a limb, within what the photo allows, so that its end meets a goal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from chorus_recon.geometry.stature import stature_m
from chorus_recon.types import HumanEstimate, PosedBody

TURN_RAD = 0.25  # standard deviation of the turn of a joint of a limb that is seen
GUESSED_RAD = 0.7  # and where the limb is a guess
SEEN = 0.015  # standard deviation of a joint across the line of sight, in statures
GUESSED = 0.15  # and where it is a guess
FARTHEST_M = 0.4  # gap from which on the use or the placement is wrong, where the limb is seen
FARTHEST_GUESSED_M = 0.6  # and where it is a guess
MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Chain:
    """A limb in cam, and how well its parts are known.

    Attributes:
        points: root, middle and end joint, and the tip, metres [4, 3]. The tip moves with the last bone.
        turn_rad: standard deviation of the turns of the bones [2] or, if the tip turns about the end, [3].
        across_m: standard deviations of middle and end across the line of sight [2].
        farthest_m: gap from which on the goal is not the limb's.
    """

    points: np.ndarray
    turn_rad: np.ndarray
    across_m: np.ndarray
    farthest_m: float


@dataclass(frozen=True, slots=True)
class Bent:
    """A limb after its turns.

    Attributes:
        turns: rotations of the bones in cam [k, 3, 3]; each includes those before it.
        points: as in `Chain`.
    """

    turns: np.ndarray
    points: np.ndarray


def chain_of(
    human: HumanEstimate, body: PosedBody, joints: tuple[int, int, int], tip: torch.Tensor, end_rad: float = 0
) -> Chain:
    """The limb with these joints.

    Args:
        human: tells which joints are guessed.
        body: the same person, posed, in cam.
        joints: root, middle and end.
        tip: its place in cam, metres [3].
        end_rad: standard deviation of a turn about the end; 0 if the tip does not turn about it.
    """
    guessed = human.guessed[list(joints[1:])]
    blind = bool(guessed.any())
    turn = GUESSED_RAD if blind else TURN_RAD
    return Chain(
        points=torch.cat([body.joints[list(joints)], tip[None]]).double().numpy(),
        turn_rad=np.array([turn, turn, *([end_rad] if end_rad else [])]),
        across_m=torch.where(guessed, GUESSED, SEEN).double().numpy() * float(stature_m(body)),
        farthest_m=FARTHEST_GUESSED_M if blind else FARTHEST_M,
    )


def bend(chain: Chain, miss: Callable[[Bent], np.ndarray]) -> Bent:
    """The most probable turns by least squares.

    Args:
        chain: the limb as it is.
        miss: how far a bent limb is from its goal, in standard deviations [r].
    """
    seen = chain.points[1:3, :2] / chain.points[1:3, 2:]

    def residuals(x: np.ndarray) -> np.ndarray:
        bent = _turned(chain, x)
        moved = bent.points[1:3, :2] / bent.points[1:3, 2:] - seen
        across = moved * bent.points[1:3, 2:] / chain.across_m[:, None]
        return np.concatenate(
            [miss(bent), across.ravel(), (x.reshape(-1, 3) / chain.turn_rad[:, None]).ravel()]
        )

    start = np.zeros(3 * len(chain.turn_rad))
    return _turned(chain, least_squares(residuals, start, max_nfev=MOST_STEPS).x)


def _turned(chain: Chain, x: np.ndarray) -> Bent:
    turns = [np.eye(3)]
    for vector in x.reshape(-1, 3):
        turns.append(turns[-1] @ Rotation.from_rotvec(vector).as_matrix())
    del turns[0]
    points = [chain.points[0]]
    for bone, turn in zip(np.diff(chain.points, axis=0), [*turns, turns[-1]], strict=False):
        points.append(points[-1] + turn @ bone)
    return Bent(np.stack(turns), np.stack(points))
