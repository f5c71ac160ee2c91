"""Interactions with a surfboard."""

from chorus_recon.categories.boards.shared_interactions import (
    ARMS_OUT,
    ARMS_WIDE,
    riding,
    under_arm,
    upright_beside,
)
from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import AHEAD, LEFT_DOWN, LEVEL, RIGHT_DOWN, SOLES, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_SURF_CROUCH = (*lean(0.3, 0.45, 0.45), *legs(1.1, 1.5, 0.45), *ARMS_WIDE, ("neck", (-0.2, 0.45, 0.0)))
_SURF_UP = (*lean(0.15, 0.2, 0.4), *legs(0.5, 0.8, 0.35), *ARMS_OUT, ("neck", (0.0, 0.4, 0.0)))


def surfboard() -> tuple[Interaction, ...]:
    """Riding, paddling, sitting on it, carrying it, standing beside it."""
    ride = riding(
        0.3,
        tilt_deg=14.0,
        crouched=_SURF_CROUCH,
        upright=_SURF_UP,
        front=("deck_center", "deck_front", 0.3),
        back=("deck_center", "deck_back", 0.85),
    )
    carry = under_arm(0.1)
    on_head = Interaction(
        "carry_on_head",
        "carries on the head",
        0.05,
        ground=SOLES,
        own_ground=True,
        balance=SOLES,
        pose=(*STAND, *arm("left", 0.7, 0.5, 0.2, 1.1), *arm("right", -0.7, 0.5, 0.2, 1.1)),
        contacts=(
            Contact("head_top", (0.0, -0.6, 0.0), 0.0, 0.02),
            Contact("left_palm", (0.05, -0.3, 0.95), 0.01, 0.015),
            Contact("right_palm", (0.05, -0.3, -0.95), 0.01, 0.015),
        ),
        aligns=(LEVEL, AHEAD),
        gaze=(0.0, 0.0, 1.0),
        said="carries {it} on the head",
    )
    paddle = Interaction(
        "paddle",
        "paddles on",
        0.14,
        pose=(
            ("pelvis", (1.5, 0.0, 0.0)),
            ("spine2", (-0.2, 0.0, 0.0)),
            ("spine3", (-0.25, 0.0, 0.0)),
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.45, 0.0, 0.0)),
            *legs(0.0, 0.05, 0.02, 0.7),
            *arm("left", 0.7, 0.6, 0.5, 0.6),
            *arm("right", -0.75, -0.45, 0.6, 0.5),
        ),
        other=(
            ("pelvis", (1.5, 0.0, 0.0)),
            ("spine2", (-0.25, 0.0, 0.0)),
            ("spine3", (-0.3, 0.0, 0.0)),
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.45, 0.0, 0.0)),
            *legs(0.0, 0.1, 0.02, 0.7),
            *arm("left", 0.75, -0.45, 0.6, 0.5),
            *arm("right", -0.7, 0.6, 0.5, 0.6),
        ),
        contacts=(Contact("belly", (-0.1, 1.0, 0.0), 0.0, 0.02),),
        aligns=(LEVEL, AHEAD, Align("up", (0.0, 0.0, -1.0), "spine1", 4.0, 4.0)),
        gaze=(0.0, 0.1, 1.0),
        facing_deg=(-4.0, 4.0),
    )
    sit = Interaction(
        "sit",
        "sits on",
        0.06,
        pose=(*lean(0.0, 0.2), *legs(1.25, 1.3, 0.55, 0.2), *LEFT_DOWN, *RIGHT_DOWN),
        other=(*lean(0.05, 0.4), *legs(1.1, 1.0, 0.6, 0.3), *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(Contact("seat", (-0.25, 0.9, 0.0), 0.0, 0.02),),
        aligns=(
            Align("forward", (0.0, 0.2, 1.0), spread_deg=5.0),
            Align("up", (0.0, 1.0, -0.2), spread_deg=4.0),
        ),
    )
    upright = upright_beside(0.04)
    return (
        ride,
        mirrored(ride, "ride_goofy", 0.2),
        carry,
        mirrored(carry, "carry_right", 0.08),
        on_head,
        paddle,
        sit,
        upright,
        mirrored(upright, "beside_right", 0.03),
    )
