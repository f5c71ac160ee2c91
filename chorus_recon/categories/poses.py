"""Key poses and aligns that several interaction tables share. A pose is a rotation vector per joint."""

import math
from functools import cache

import torch

from chorus_recon.categories.schema import Align, Contact, Interaction, Vector
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.transforms import rotation_about

Pose = tuple[tuple[str, Vector], ...]

# Pairs of places of the body, for `Interaction.ground`, `balance` and `across`.
SOLES = ("left_sole", "right_sole")
BALLS_OF_FEET = ("left_ball", "right_ball")
BOTH_HANDS = ("left_hand", "right_hand")


@cache  # the tables of interactions are built repeatedly, from the same few hundred arms
def arm(side: str, x: float, y: float, z: float, elbow: float = 0.3, twist: float = 0.0) -> Pose:
    """An arm whose upper arm points along (x, y, z), by the shortest rotation from the T-pose.

    `elbow` bends the elbow forward (radians). `twist` first turns the arm about its own axis (radians):
    at -1.5 a bent forearm points up instead of forward.
    """
    sign = 1.0 if side == "left" else -1.0
    along = torch.nn.functional.normalize(torch.tensor([x, y, z]), dim=0)
    axis = torch.linalg.cross(torch.tensor([sign, 0.0, 0.0]), along)
    sine = float(axis.norm())
    swing = axis / max(sine, 1e-9) * math.atan2(sine, sign * float(along[0]))
    turn = convert.to_vector(convert.from_vector(swing) @ rotation_about("x", twist))
    shoulder = (round(float(turn[0]), 5), round(float(turn[1]), 5), round(float(turn[2]), 5))
    return ((f"{side}_shoulder", shoulder), (f"{side}_elbow", (0.0, -sign * elbow, 0.0)))


def legs(hip: float, knee: float, spread: float = 0.05, ankle: float | None = None) -> Pose:
    """Both legs alike: flexion of hip and knee and sideways spread (radians).

    The soles are parallel to the ground unless `ankle` is given.
    """
    flat = hip - knee if ankle is None else ankle
    return (
        ("left_hip", (-hip, 0.0, spread)),
        ("right_hip", (-hip, 0.0, -spread)),
        ("left_knee", (knee, 0.0, 0.0)),
        ("right_knee", (knee, 0.0, 0.0)),
        ("left_ankle", (flat, 0.0, -spread)),
        ("right_ankle", (flat, 0.0, spread)),
    )


def leg(side: str, hip: float, knee: float, ankle: float = 0.0, out: float = 0.08) -> Pose:
    """One leg: flexion at hip, knee and ankle, and `out`, the abduction of the hip (radians)."""
    sign = 1.0 if side == "left" else -1.0
    return (
        (f"{side}_hip", (-hip, 0.0, sign * out)),
        (f"{side}_knee", (knee, 0.0, 0.0)),
        (f"{side}_ankle", (ankle, 0.0, 0.0)),
    )


def lean(pelvis: float, spine: float, twist: float = 0.0) -> Pose:
    """Forward lean of the pelvis, bend and twist of the trunk (radians; twist > 0 is to the left)."""
    return (
        ("pelvis", (pelvis, 0.0, 0.0)),
        ("spine1", (spine / 3, twist / 3, 0.0)),
        ("spine2", (spine / 3, twist / 3, 0.0)),
        ("spine3", (spine / 3, twist / 3, 0.0)),
    )


LEFT_DOWN = arm("left", 0.25, -1.0, 0.05)
RIGHT_DOWN = arm("right", -0.25, -1.0, 0.05)
STANDING_LEGS = legs(0.08, 0.12, 0.08)
STAND = (*lean(0.0, 0.05), *STANDING_LEGS)
STRIDE: Pose = (
    ("left_hip", (-0.42, 0.0, 0.04)),
    ("left_knee", (0.15, 0.0, 0.0)),
    ("left_ankle", (-0.05, 0.0, 0.0)),
    ("right_hip", (0.3, 0.0, -0.04)),
    ("right_knee", (0.3, 0.0, 0.0)),
    ("right_ankle", (0.1, 0.0, 0.0)),
)
LUNGE: Pose = (
    ("left_hip", (-0.7, 0.0, 0.15)),
    ("left_knee", (0.8, 0.0, 0.0)),
    ("right_hip", (0.1, 0.0, -0.25)),
    ("right_knee", (0.5, 0.0, 0.0)),
    ("right_ankle", (0.2, 0.0, 0.0)),
)
# Legs of a seated person: the first for poses without a seat, the others on seats.
SEATED_LEGS = legs(1.45, 1.4, 0.12, 0.0)
LEGS_FLAT = legs(1.45, 1.4, 0.15, 0.0)
LEGS_TUCKED = legs(1.4, 1.75, 0.1, 0.2)
HANDS_ON_LAP = (*arm("left", 0.25, -0.9, 0.25, 1.0), *arm("right", -0.25, -0.9, 0.25, 1.0))
HANDS_ON_KNEES = (*arm("left", 0.25, -0.8, 0.55, 0.5), *arm("right", -0.25, -0.8, 0.55, 0.5))
ARMS_ON_BELLY = (*arm("left", 0.45, -0.9, -0.05, 1.5, 1.1), *arm("right", -0.45, -0.9, -0.05, 1.5, 1.1))

LEVEL = Align("up", (0.0, 1.0, 0.0), spread_deg=4.0, sigma_deg=3.0)
AHEAD = Align("forward", (0.0, 0.0, 1.0), spread_deg=6.0, sigma_deg=4.0)
ON_FLOOR = Align("up", (0.0, 1.0, 0.0), spread_deg=1.0, sigma_deg=1.5)  # furniture stands level

SIT = Interaction(
    "sit",
    "sits on",
    0.25,
    pose=(*lean(0.0, 0.1), *LEGS_FLAT, *HANDS_ON_LAP),
    other=(*lean(0.1, 0.25), *LEGS_TUCKED, *HANDS_ON_KNEES),
    contacts=(Contact("seat", ("seat_rear", "seat", 0.6), 0.0, 0.015),),
    aligns=(ON_FLOOR, AHEAD),
    ground=SOLES,
    gaze=(0.0, -0.15, 1.0),
    facing_deg=(-6.0, 6.0),
)
