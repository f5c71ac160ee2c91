"""Interactions that chairs, benches and couches share."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    AHEAD,
    ARMS_ON_BELLY,
    HANDS_ON_KNEES,
    HANDS_ON_LAP,
    LEGS_FLAT,
    ON_FLOOR,
    SIT,
    STAND,
    Pose,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot
from chorus_recon.categories.words import said

ELBOWS_ON_KNEES = (*arm("left", 0.1, -0.75, 0.65, 1.3), *arm("right", -0.1, -0.75, 0.65, 1.3))
LEGS_STRETCHED = legs(1.45, 1.0, 0.12, 0.2)
LEGS_CROSSED: Pose = (
    ("left_hip", (-1.5, 0.0, 0.05)),
    ("left_knee", (1.45, 0.0, 0.0)),
    ("left_ankle", (0.0, 0.0, 0.0)),
    ("right_hip", (-1.75, 0.0, 0.42)),
    ("right_knee", (1.15, 0.0, 0.0)),
    ("right_ankle", (0.2, 0.0, 0.0)),
)


def leaning_back() -> Interaction:
    """Sitting with the hips at the rear of the seat and the back against the backrest."""
    return replace(
        SIT,
        name="sit_leaning_back",
        said="leans back on {it}",
        pose=(*lean(-0.2, 0.1), *LEGS_STRETCHED, *HANDS_ON_LAP),
        other=(*lean(-0.12, 0.05), *LEGS_FLAT, *HANDS_ON_KNEES),
        contacts=(Contact("seat", "seat_rear", 0.0, 0.025), Contact("lower_back", "back", 0.0, 0.02)),
        gaze=(0.0, -0.05, 1.0),
    )


def leaning_forward() -> Interaction:
    """Sitting with the elbows on the knees."""
    return replace(
        SIT,
        name="sit_leaning_forward",
        said="sits on {it}, leaning forward",
        pose=(*lean(0.5, 0.65), *legs(1.75, 1.5, 0.2, 0.1), *ELBOWS_ON_KNEES, ("neck", (-0.3, 0.0, 0.0))),
        other=(*lean(0.6, 0.8), *legs(1.85, 1.6, 0.25, 0.1), *ELBOWS_ON_KNEES, ("neck", (-0.1, 0.0, 0.0))),
        gaze=(0.0, -0.4, 1.0),
    )


def legs_crossed() -> Interaction:
    """Sitting with the right leg over the left."""
    return replace(
        leaning_back(),
        name="sit_right_leg_over",
        said="sits on {it}, right leg over left",
        pose=(*lean(-0.15, 0.1), *LEGS_CROSSED, *HANDS_ON_LAP),
        other=(*lean(-0.05, 0.15), *LEGS_CROSSED, *HANDS_ON_KNEES),
        ground=("left_sole",),
    )


def standing_behind() -> Interaction:
    """Standing behind the backrest with a hand on either end of it."""
    reach = (*arm("left", 0.15, -0.85, 0.5, 0.5), *arm("right", -0.15, -0.85, 0.5, 0.5))
    return replace(
        SIT,
        name="stand_behind",
        verb="stands behind",
        pose=(*STAND, *reach),
        other=(*lean(0.2, 0.2), *legs(0.25, 0.15, 0.1), *reach),
        contacts=(
            Contact("left_palm", "left_back_top", 0.015, 0.03),
            Contact("right_palm", "right_back_top", 0.015, 0.03),
        ),
        aligns=(ON_FLOOR, AHEAD),
        gaze=(0.0, 0.0, 1.0),
        facing_deg=(-15.0, 15.0),
    )


def arm_along_back() -> Interaction:
    """Leaning back with the left arm along the backrest."""
    arms = (*arm("left", 0.95, -0.1, -0.15, 0.35), *arm("right", -0.25, -0.9, 0.25, 1.0))
    return replace(
        leaning_back(),
        name="left_arm_along_back",
        said="leans back on {it}, left arm along its back",
        pose=(*lean(-0.2, 0.1, 0.1), *LEGS_STRETCHED, *arms),
        other=(*lean(-0.12, 0.05, 0.2), *LEGS_CROSSED, *arms),
        contacts=(
            Contact("seat", "seat_rear", 0.0, 0.025),
            Contact("lower_back", "back", 0.0, 0.025),
            Contact("left_palm", "left_arm_rest", 0.015, 0.05),
        ),
        gaze=(0.3, -0.05, 1.0),
    )


def lying() -> Interaction:
    """Lying on the back along the seat with the head to the left."""
    flat = (("pelvis", (-1.57, 0.0, 0.0)), ("neck", (0.2, 0.0, 0.0)))
    return replace(
        SIT,
        name="lie_head_left",
        said="lies on {it}, head to the left",
        verb="lies on",
        pose=(*flat, *legs(0.4, 0.75, 0.04, 0.5), *ARMS_ON_BELLY),
        other=(*flat, *legs(0.9, 1.7, 0.05, 0.6), *ARMS_ON_BELLY),
        contacts=(Contact("seat", "left_lying", 0.0, 0.015),),
        aligns=(
            ON_FLOOR,
            Align("forward", (0.0, 0.0, 1.0), spread_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), "pelvis", 2.0, 4.0),
            Align("up", (0.0, 0.0, 1.0), "spine3", 2.0, 4.0),
        ),
        ground=(),
        gaze=(-0.2, 1.0, 0.1),
        facing_deg=(-93.0, -87.0),
    )


def at_left_end(row: Interaction) -> Interaction:
    """The same at the left end of a long seat: every anchor `x` becomes `left_x`."""
    contacts = tuple(replace(contact, spot=_to_left(contact.spot)) for contact in row.contacts)
    return replace(row, name=f"{row.name}_at_left", said=f"{said(row)}, at its left end", contacts=contacts)


def _to_left(spot: Spot) -> Spot:
    if isinstance(spot, str):
        return f"left_{spot}"
    if isinstance(spot[0], str) and isinstance(spot[1], str):
        return f"left_{spot[0]}", f"left_{spot[1]}", spot[2]
    return spot


def with_right_twin(row: Interaction, share: float) -> tuple[Interaction, Interaction]:
    """A left-sided row and its mirror image, with half of `share` each."""
    twin = mirrored(row, row.name.replace("left", "right"), share / 2)
    return replace(row, share=share / 2), twin
