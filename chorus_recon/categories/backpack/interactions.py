"""Interactions with a backpack. Its front is the side away from the wearer."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    HANDS_ON_LAP,
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

_AT_STRAPS = (*arm("left", 0.3, -0.95, 0.1, 2.3, 0.3), *arm("right", -0.3, -0.95, 0.1, 2.3, 0.3))
_WEAR = Interaction(
    "wear",
    "wears",
    0.36,
    pose=(*lean(0.05, 0.1), *STRIDE, *LEFT_DOWN, *RIGHT_DOWN),
    other=(*STAND, *arm("left", 0.3, -0.95, 0.1, 0.7), *arm("right", -0.3, -0.95, 0.1, 0.7)),
    contacts=(Contact("upper_back", "back_high", 0.0, 0.012), Contact("lower_back", "back_low", 0.0, 0.02)),
    aligns=(
        Align("up", (0.0, 1.0, 0.0), "spine3", 4.0, 5.0),
        Align("forward", (0.0, 0.0, -1.0), "spine3", 3.0, 5.0),
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-20.0, 20.0),
    kinds=("backpack",),
)


def backpack() -> tuple[Interaction, ...]:
    """Wearing it on the back, one shoulder or the chest; carrying it by its loop; holding it on the lap."""
    straps = replace(
        _WEAR,
        name="wear_holding_straps",
        share=0.12,
        pose=(*STAND, *_AT_STRAPS),
        other=(*lean(0.05, 0.1), *STRIDE, *_AT_STRAPS),
        contacts=(
            *_WEAR.contacts,
            Contact("left_palm", "left_strap", 0.01, 0.03),
            Contact("right_palm", "right_strap", 0.01, 0.03),
        ),
    )
    bent = replace(
        _WEAR,
        name="wear_bent",
        share=0.07,
        pose=(
            *lean(0.35, 0.3),
            *STRIDE,
            *arm("left", 0.25, -0.9, 0.3, 0.8),
            *arm("right", -0.25, -0.9, 0.3, 0.8),
        ),
        other=(
            *lean(0.2, 0.6),
            *legs(0.5, 0.45, 0.1),
            *arm("left", 0.25, -0.8, 0.5, 0.6),
            *arm("right", -0.25, -0.8, 0.5, 0.6),
        ),
        gaze=(0.0, -0.4, 1.0),
    )
    seated = replace(
        _WEAR,
        name="wear_seated",
        share=0.06,
        pose=(*lean(0.0, 0.1), *SEATED_LEGS, *HANDS_ON_LAP),
        other=(*lean(0.15, 0.3), *SEATED_LEGS, *HANDS_ON_LAP),
        ground=(),
        balance=(),
    )
    one_strap = replace(
        _WEAR,
        name="on_right_shoulder",
        said="carries {it} on the right shoulder",
        verb="shoulders",
        share=0.09,
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.2, 2.1, 0.2)),
        contacts=(
            Contact("right_collar", "right_crest", 0.0, 0.015),
            Contact("lower_back", "back_low", 0.0, 0.08),
        ),
        aligns=(
            Align("up", (0.25, 0.97, 0.0), spread_deg=5.0, sigma_deg=6.0),
            Align("forward", (-0.3, 0.0, -1.0), "spine3", 8.0, 8.0),
        ),
    )
    loop = replace(
        _WEAR,
        name="carry_right",
        verb="carries",
        share=0.07,
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -1.0, 0.1, 0.4)),
        contacts=(Contact("right_palm", "handle", 0.015),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=6.0, sigma_deg=5.0),
            Align("forward", (-1.0, 0.0, 0.2), spread_deg=35.0, sigma_deg=20.0),
        ),
        across=("right_hand",),
        kinds=("slack_backpack",),
    )
    front = replace(
        _WEAR,
        name="wear_in_front",
        said="wears {it} on the chest",
        share=0.06,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.45, -0.85, 0.2, 1.1), *arm("right", -0.45, -0.85, 0.2, 1.1)),
        contacts=(Contact("chest", "back_high", 0.0, 0.02), Contact("belly", "back_low", 0.0, 0.06)),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "spine3", 4.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "spine3", 3.0, 5.0),
        ),
    )
    lap = replace(
        front,
        name="hold_on_lap",
        said="holds {it} on the lap",
        verb="holds",
        share=0.06,
        pose=(
            *lean(0.0, 0.1),
            *SEATED_LEGS,
            *arm("left", 0.4, -0.8, 0.4, 1.2),
            *arm("right", -0.4, -0.8, 0.4, 1.2),
        ),
        other=(),
        contacts=(
            Contact("left_lap", (-0.3, -1.0, 0.5), 0.0, 0.03),
            Contact("right_lap", (-0.3, -1.0, -0.5), 0.0, 0.03),
            Contact("left_palm", (0.3, 0.1, 1.0), 0.01, 0.03),
            Contact("right_palm", (0.3, 0.1, -1.0), 0.01, 0.03),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=6.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=10.0, sigma_deg=8.0),
        ),
        ground=(),
        balance=(),
        kinds=("slack_backpack",),
    )
    return (
        _WEAR,
        straps,
        bent,
        seated,
        one_strap,
        mirrored(one_strap, "on_left_shoulder", 0.06),
        loop,
        mirrored(loop, "carry_left", 0.05),
        front,
        lap,
    )
