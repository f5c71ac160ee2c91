"""Interactions with a tie."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    SOLES,
    STAND,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_WEAR = Interaction(
    "wear",
    "wears",
    0.52,
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    other=(
        *lean(0.05, 0.1),
        *STRIDE,
        *arm("left", 0.3, -0.9, 0.2, 1.3),
        *arm("right", -0.3, -0.9, 0.2, 1.3),
    ),
    contacts=(
        Contact("neck_front", "knot", 0.0, 0.03),
        Contact("chest", "chest", 0.0, 0.01),
        Contact("belly", "low", 0.0, 0.02),
    ),
    aligns=(
        Align("up", (0.0, 1.0, 0.0), "spine3", 3.0, 4.0),
        Align("forward", (0.0, 0.0, 1.0), "spine3", 3.0, 4.0),
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    facing_deg=(-25.0, 25.0),
    loose_rad=0.2,
)


def tie() -> tuple[Interaction, ...]:
    """Wearing it, standing or seated; adjusting the knot with one hand."""
    seated = replace(
        _WEAR,
        name="wear_seated",
        share=0.26,
        pose=(
            *lean(0.0, 0.1),
            *SEATED_LEGS,
            *arm("left", 0.25, -0.9, 0.3, 0.9),
            *arm("right", -0.25, -0.9, 0.3, 0.9),
        ),
        other=(
            *lean(0.1, 0.25),
            *legs(1.45, 1.4, 0.2, 0.0),
            *arm("left", 0.2, -0.8, 0.5, 1.2),
            *arm("right", -0.2, -0.8, 0.5, 1.2),
        ),
        ground=(),
        balance=(),
    )
    adjust = replace(
        _WEAR,
        name="adjust_right",
        verb="adjusts",
        share=0.12,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.85, 0.35, 2.3, -0.2)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, -0.7, 0.4, 2.3, -0.3)),
        contacts=(*_WEAR.contacts, Contact("right_palm", "knot", 0.02, 0.04)),
        gaze=(0.0, -0.2, 1.0),
    )
    return _WEAR, seated, adjust, mirrored(adjust, "adjust_left", 0.1)
