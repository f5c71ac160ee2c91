"""Archetypes of things with a grip and a shaft: forward is from the grip to the head."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    SKILLED_RIGHT,
    STANDING,
    Archetype,
    Extent,
    two_sided,
)
from chorus_recon.categories.poses import (
    BALLS_OF_FEET,
    BOTH_HANDS,
    LEFT_DOWN,
    LUNGE,
    RIGHT_DOWN,
    STAND,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

# A fist closes around a shaft that leaves it on the thumb's side (+z of the hand at rest).
_IN_FIST = Align("forward", (-0.65, 0.0, 0.75), "right_hand", 14.0, 12.0)
# The flat of a racket, an axe or a sword lies in the plane of the palm.
_FLAT = Align("up", (0.0, 1.0, 0.0), "right_hand", 20.0, 18.0)
_PALM = Contact("right_palm", "grip", 0.015)
_NEAR, _FAR = arm("right", -0.3, -0.95, 0.1, 1.4), arm("right", -0.3, -0.8, 0.5, 1.2)
_HELD = replace(STANDING, verb="holds", contacts=(_PALM,), aligns=(_IN_FIST, _FLAT), across=("right_hand",))
_STANCE = legs(0.45, 0.6, 0.2)


def _one_hand(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="shaft_one_hand_right",
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *_FAR),
    )
    return two_sided(row)


def _swing_one_hand(size: Extent) -> tuple[Interaction, ...]:
    low = replace(
        _HELD,
        name="swing_one_hand_right",
        verb="swings",
        share=0.45,
        pose=(
            *lean(0.15, 0.2, -0.5),
            *LUNGE,
            *arm("left", 0.7, -0.2, 0.7, 0.5),
            *arm("right", -1.0, -0.25, -0.2, 0.3, -1.1),
        ),
        other=(
            *lean(0.15, 0.2, 0.5),
            *LUNGE,
            *arm("left", 0.5, -0.6, 0.4, 0.9),
            *arm("right", -0.3, -0.2, 1.0, 0.5, -1.1),
        ),
        ground=BALLS_OF_FEET,
        balance=BALLS_OF_FEET,
        gaze=(-0.2, -0.1, 1.0),
        loose_rad=0.2,
    )
    high = replace(
        low,
        name="swing_one_hand_overhead_right",
        share=0.3,
        pose=(
            *lean(-0.05, -0.1, -0.3),
            *legs(0.2, 0.35, 0.12),
            *arm("left", 0.4, -0.2, 0.6, 0.7),
            *arm("right", -0.95, 0.2, -0.1, 1.8, -1.3),
        ),
        other=(
            *lean(0.15, 0.1, 0.3),
            *legs(0.1, 0.15, 0.1),
            *arm("left", 0.4, -0.5, 0.4, 1.0),
            *arm("right", -0.3, 0.75, 0.6, 0.15, -1.0),
        ),
        gaze=(0.0, 0.15, 0.95),
    )
    across = replace(
        low,
        name="swing_one_hand_across_right",
        share=0.25,
        pose=(
            *lean(0.15, 0.2, 0.6),
            *_STANCE,
            *arm("left", 0.9, -0.5, -0.2, 0.5),
            *arm("right", 0.3, -0.65, 0.75, 0.4, -0.6),
        ),
        other=(
            *lean(0.1, 0.2, 0.1),
            *LUNGE,
            *arm("left", 0.7, -0.6, -0.5, 0.4),
            *arm("right", -0.5, -0.3, 0.85, 0.2, -1.1),
        ),
        gaze=(0.1, -0.1, 1.0),
    )
    return two_sided(low, across, high, right=SKILLED_RIGHT)


def _swing_two_hands(size: Extent) -> tuple[Interaction, ...]:
    grips = (Contact("left_palm", "grip", 0.015), Contact("right_palm", "near_grip", 0.015))
    ready = replace(
        _HELD,
        name="swing_two_hands_ready_right",
        verb="waits with",
        share=0.55,
        pose=(
            *lean(0.2, 0.15, -0.2),
            *_STANCE,
            *arm("left", -0.35, -0.35, 0.85, 1.2, -0.6),
            *arm("right", -0.75, -0.55, 0.3, 2.0, -0.8),
        ),
        other=(
            *lean(0.15, 0.15, -0.4),
            *_STANCE,
            *arm("left", -0.5, -0.15, 0.85, 0.8, -0.6),
            *arm("right", -0.9, -0.25, 0.1, 2.0, -0.8),
        ),
        contacts=grips,
        aligns=(Align("forward", (-0.2, 0.9, -0.45), spread_deg=18.0, sigma_deg=10.0),),
        ground=BALLS_OF_FEET,
        balance=BALLS_OF_FEET,
        across=BOTH_HANDS,
        gaze=(0.7, -0.1, 0.7),
        loose_rad=0.16,
    )
    swing = replace(
        ready,
        name="swing_two_hands_right",
        verb="swings",
        share=0.45,
        pose=(
            *lean(0.2, 0.2, 0.3),
            *LUNGE,
            *arm("left", 0.1, -0.55, 0.85, 0.4),
            *arm("right", -0.05, -0.7, 0.7, 0.9),
        ),
        other=(
            *lean(0.15, 0.15, 0.7),
            *LUNGE,
            *arm("left", 0.3, -0.4, 0.85, 0.3),
            *arm("right", 0.1, -0.5, 0.85, 0.5),
        ),
        aligns=(Align("forward", (0.2, -0.1, 0.95), spread_deg=30.0, sigma_deg=15.0),),
        gaze=(0.4, -0.4, 0.8),
    )
    return two_sided(ready, swing, right=SKILLED_RIGHT)


def _strike_low(size: Extent) -> tuple[Interaction, ...]:
    """Hands together on the grip, the head near the ground: golf, hockey, croquet, a metal detector."""
    row = replace(
        _HELD,
        name="strike_low_right",
        verb="hits with",
        pose=(
            *lean(0.4, 0.3),
            *_STANCE,
            *arm("left", -0.1, -0.9, 0.4, 0.1),
            *arm("right", 0.15, -0.9, 0.4, 0.2),
            ("neck", (0.25, 0.0, 0.0)),
        ),
        other=(
            *lean(0.35, 0.3, 0.3),
            *legs(0.6, 0.6, 0.15),
            *arm("left", -0.05, -0.85, 0.5, 0.2),
            *arm("right", 0.1, -0.85, 0.5, 0.4),
            ("neck", (0.3, 0.0, 0.0)),
        ),
        contacts=(Contact("left_palm", "grip", 0.015), Contact("right_palm", "near_grip", 0.015)),
        aligns=(Align("forward", (0.1, -0.85, 0.5), spread_deg=14.0, sigma_deg=8.0),),
        own_ground=False,
        across=BOTH_HANDS,
        gaze=(0.0, -0.7, 0.7),
    )
    return two_sided(row, right=SKILLED_RIGHT)


def _two_hands(size: Extent) -> tuple[Interaction, ...]:
    """One hand near the end of a long handle and one further down, the head on the ground ahead."""
    row = replace(
        _HELD,
        name="shaft_two_hands_right",
        verb="works with",
        pose=(
            *lean(0.1, 0.15),
            *legs(0.2, 0.25, 0.12),
            *arm("left", 0.1, -0.85, 0.5, 0.5),
            *arm("right", -0.25, -0.85, 0.2, 1.5),
        ),
        other=(
            *lean(0.35, 0.3, 0.2),
            *STRIDE,
            *arm("left", 0.2, -0.8, 0.6, 0.3),
            *arm("right", -0.2, -0.8, 0.3, 1.3),
        ),
        contacts=(Contact("right_palm", "grip", 0.015, 0.015), Contact("left_palm", "far_grip", 0.015, 0.02)),
        aligns=(Align("forward", (0.15, -0.75, 0.65), spread_deg=18.0, sigma_deg=12.0),),
        own_ground=False,
        across=BOTH_HANDS,
        gaze=(0.1, -0.5, 0.9),
    )
    return two_sided(row)


def _lean_on(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="lean_on_right",
        verb="leans on",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.9, 0.2, 0.4)),
        other=(*lean(0.1, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.85, 0.45, 0.6)),
        contacts=(Contact("right_palm", "grip", 0.01, 0.02),),
        aligns=(Align("forward", (-0.1, -1.0, 0.1), spread_deg=8.0, sigma_deg=5.0),),
        own_ground=False,
        across=(),
        gaze=(0.0, -0.1, 1.0),
    )
    return two_sided(row)


def _on_shoulder(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="shaft_on_shoulder_right",
        verb="shoulders",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.3, 1.9, -0.4)),
        contacts=(
            Contact("right_palm", "near_grip", 0.015, 0.02),
            Contact("right_shoulder_top", "middle", -0.015, 0.06),
        ),
        aligns=(Align("forward", (-0.05, 0.55, -0.85), spread_deg=12.0, sigma_deg=14.0),),
        across=(),
    )
    return two_sided(row)


def _upright(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="hold_upright_right",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -1.0, 0.1, 1.7)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.6, 0.7, 1.3)),
        aligns=(
            Align("forward", (0.0, 1.0, 0.1), spread_deg=14.0, sigma_deg=6.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=25.0, sigma_deg=25.0),
            Align("forward", (-0.15, 0.0, 1.0), "right_hand", 10.0, 18.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    return two_sided(row)


def _upright_both(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="hold_upright_both_hands",
        pose=(*STAND, *arm("left", 0.3, -0.9, 0.3, 1.8), *arm("right", -0.3, -0.9, 0.3, 1.8)),
        other=(*STAND, *arm("left", 0.3, -0.6, 0.6, 1.5), *arm("right", -0.3, -0.6, 0.6, 1.5)),
        contacts=(_PALM, Contact("left_palm", "near_grip", 0.015)),
        aligns=(
            Align("forward", (0.0, 1.0, 0.1), spread_deg=12.0, sigma_deg=6.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=20.0),
        ),
        across=BOTH_HANDS,
        gaze=(0.0, 0.0, 1.0),
    )
    return (row,)


def _ready(size: Extent) -> tuple[Interaction, ...]:
    """Both hands low before the body, the head up and ahead: waiting with a racket, a club, a sword."""
    row = replace(
        _HELD,
        name="ready_right",
        verb="waits with",
        pose=(
            *lean(0.3, 0.25),
            *_STANCE,
            *arm("left", 0.35, -0.8, 0.45, 1.1, -0.5),
            *arm("right", -0.35, -0.85, 0.35, 1.2, -0.5),
        ),
        other=(
            *lean(0.15, 0.1),
            *legs(0.2, 0.3, 0.15),
            *arm("left", 0.3, -0.8, 0.5, 1.2, -0.5),
            *arm("right", -0.3, -0.85, 0.3, 1.3, -0.5),
        ),
        contacts=(_PALM, Contact("left_palm", "far_grip", 0.015, 0.04)),
        aligns=(
            Align("forward", (0.25, 0.5, 0.83), spread_deg=18.0, sigma_deg=10.0),
            Align("up", (1.0, 0.2, 0.0), spread_deg=25.0, sigma_deg=20.0),
        ),
        ground=BALLS_OF_FEET,
        balance=BALLS_OF_FEET,
        gaze=(0.0, 0.0, 1.0),
    )
    return two_sided(row, right=SKILLED_RIGHT)


ARCHETYPES = (
    Archetype("shaft_one_hand", "holds {it} in one hand", _one_hand, (0.1, 2.6)),
    Archetype("swing_one_hand", "swings {it}", _swing_one_hand, (0.15, 1.6)),
    Archetype("swing_two_hands", "swings {it} with both hands", _swing_two_hands, (0.4, 2.2)),
    Archetype("strike_low", "bends over and hits with {it}", _strike_low, (0.6, 1.8)),
    Archetype("shaft_two_hands", "works with {it} in both hands", _two_hands, (0.7, 2.8)),
    Archetype("lean_on", "leans on {it}", _lean_on, (0.6, 2.2)),
    Archetype("shaft_on_shoulder", "carries {it} on one shoulder", _on_shoulder, (0.5, 3.5)),
    Archetype("hold_upright", "holds up {it}", _upright, (0.08, 3.0)),
    Archetype("hold_upright_both_hands", "holds up {it} with both hands", _upright_both, (0.25, 3.0)),
    Archetype("ready", "waits with {it}", _ready, (0.3, 1.6)),
)
