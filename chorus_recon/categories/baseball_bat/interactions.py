"""Interactions with a baseball bat. The pitcher is to the batter's left."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    BALLS_OF_FEET,
    BOTH_HANDS,
    LEFT_DOWN,
    RIGHT_DOWN,
    STAND,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_STANCE = legs(0.45, 0.6, 0.22)
_STRIDE = (
    ("left_hip", (-0.25, 0.0, 0.4)),
    ("left_knee", (0.25, 0.0, 0.0)),
    ("right_hip", (-0.05, 0.0, -0.25)),
    ("right_knee", (0.7, 0.0, 0.0)),
    ("right_ankle", (0.5, 0.0, 0.0)),
)


def baseball_bat() -> tuple[Interaction, ...]:
    """A right-handed stance, swing and follow-through; holding the bat; and their mirror images."""
    stance = Interaction(
        "stance",
        "waits with",
        0.26,
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
        contacts=(Contact("left_palm", "grip", 0.015), Contact("right_palm", "upper_grip", 0.015)),
        aligns=(Align("forward", (-0.2, 0.9, -0.45), spread_deg=18.0, sigma_deg=10.0),),
        ground=BALLS_OF_FEET,
        own_ground=True,
        balance=BALLS_OF_FEET,
        across=BOTH_HANDS,
        gaze=(0.9, -0.05, 0.4),
        loose_rad=0.16,
    )
    swing = replace(
        stance,
        name="swing",
        verb="swings",
        share=0.2,
        pose=(
            *lean(0.2, 0.2, 0.3),
            *_STRIDE,
            *arm("left", 0.1, -0.55, 0.85, 0.4),
            *arm("right", -0.05, -0.7, 0.7, 0.9),
        ),
        other=(
            *lean(0.15, 0.15, 0.8),
            *_STRIDE,
            *arm("left", 0.3, -0.4, 0.85, 0.3),
            *arm("right", 0.1, -0.5, 0.85, 0.5),
        ),
        aligns=(Align("forward", (0.25, -0.1, 0.95), spread_deg=30.0, sigma_deg=15.0),),
        gaze=(0.6, -0.4, 0.7),
    )
    finish = replace(
        swing,
        name="follow_through",
        verb="follows through with",
        share=0.18,
        pose=(
            *lean(0.0, 0.05, 1.0),
            *_STRIDE,
            *arm("left", 0.8, -0.1, 0.4, 1.5, -0.9),
            *arm("right", 0.4, -0.1, 0.9, 0.8),
        ),
        other=(
            *lean(0.1, 0.1, 0.8),
            *_STRIDE,
            *arm("left", 0.8, -0.3, 0.5, 1.0, -0.9),
            *arm("right", 0.3, -0.3, 0.9, 0.6),
        ),
        aligns=(Align("forward", (0.55, 0.25, -0.8), spread_deg=30.0, sigma_deg=18.0),),
        gaze=(0.9, 0.1, 0.4),
        facing_deg=(10.0, 40.0),
    )
    side = replace(
        stance,
        name="hold_at_side",
        verb="holds",
        share=0.09,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.2, 0.5)),
        contacts=(Contact("right_palm", "grip", 0.015),),
        aligns=(Align("forward", (-0.1, -0.9, 0.5), spread_deg=18.0, sigma_deg=12.0),),
        across=("right_hand",),
        gaze=(0.0, 0.0, 1.0),
    )
    shoulder = replace(
        side,
        name="on_shoulder",
        said="rests {it} on the right shoulder",
        verb="rests on the shoulder",
        share=0.07,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.3, 1.9, -0.4)),
        other=(),
        contacts=(
            Contact("right_palm", "grip", 0.015),
            Contact("right_shoulder_top", (0.1, 0.0, 0.0), -0.02, 0.03),
        ),
        aligns=(Align("forward", (-0.05, 0.6, -0.8), spread_deg=10.0, sigma_deg=12.0),),
        across=(),
    )
    rows = (stance, swing, finish, side, shoulder)
    return (
        *rows,
        *(mirrored(row, f"{row.name}_left_handed", round(row.share * 0.2 / 0.8, 4)) for row in rows),
    )
