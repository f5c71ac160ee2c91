"""Interactions with a golf club."""

from dataclasses import replace

from chorus_recon.categories.poses import (
    BALLS_OF_FEET,
    BOTH_HANDS,
    LEFT_DOWN,
    RIGHT_DOWN,
    SOLES,
    STAND,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_STANCE = legs(0.45, 0.5, 0.2)
_GRIPS = (Contact("left_palm", "grip", 0.015), Contact("right_palm", "lower_grip", 0.015))


def golf_club() -> tuple[Interaction, ...]:
    """A right-handed swing in five phases; leaning on the club; carrying it."""
    address = Interaction(
        "address",
        "aims with",
        0.22,
        pose=(
            *lean(0.4, 0.3),
            *_STANCE,
            *arm("left", -0.1, -0.9, 0.4, 0.1),
            *arm("right", 0.15, -0.9, 0.4, 0.2),
            ("neck", (0.25, 0.0, 0.0)),
        ),
        other=(
            *lean(0.5, 0.45),
            *legs(0.6, 0.6, 0.15),
            *arm("left", -0.05, -0.85, 0.5, 0.2),
            *arm("right", 0.1, -0.85, 0.5, 0.4),
            ("neck", (0.3, 0.0, 0.0)),
        ),
        contacts=_GRIPS,
        aligns=(
            Align("forward", (0.05, -0.85, 0.5), spread_deg=6.0, sigma_deg=6.0),
            Align("up", (1.0, 0.0, 0.1), spread_deg=8.0, sigma_deg=6.0),
        ),
        ground=SOLES,
        balance=SOLES,
        across=BOTH_HANDS,
        gaze=(0.0, -0.8, 0.6),
        facing_deg=(-8.0, 8.0),
    )
    air = replace(address, ground=BALLS_OF_FEET, own_ground=True, balance=BALLS_OF_FEET, loose_rad=0.16)
    backswing = replace(
        air,
        name="backswing",
        verb="swings",
        share=0.2,
        pose=(
            *lean(0.3, 0.2, -0.9),
            *_STANCE,
            *arm("left", -0.45, -0.35, 0.85, 0.1),
            *arm("right", -0.5, -0.7, 0.3, 1.4),
        ),
        other=(
            *lean(0.25, 0.2, -1.1),
            *_STANCE,
            *arm("left", -0.5, 0.2, 0.85, 0.15),
            *arm("right", -0.8, -0.2, 0.35, 1.7, -0.9),
        ),
        aligns=(Align("forward", (-0.35, 0.9, -0.1), spread_deg=18.0, sigma_deg=12.0),),
        gaze=(0.1, -0.6, 0.8),
    )
    top = replace(
        backswing,
        name="top_of_swing",
        share=0.12,
        pose=backswing.other,
        other=(),
        aligns=(Align("forward", (0.6, 0.5, -0.6), spread_deg=18.0, sigma_deg=15.0),),
    )
    impact = replace(
        air,
        name="through_the_ball",
        verb="hits with",
        share=0.1,
        pose=(*lean(0.4, 0.3, 0.3), *_STANCE, *address.pose[-5:]),
        other=(*lean(0.35, 0.3, 0.6), *_STANCE, *address.pose[-5:]),
        aligns=(
            Align("forward", (0.25, -0.85, 0.45), spread_deg=22.0, sigma_deg=10.0),
            Align("up", (1.0, 0.2, 0.0), spread_deg=15.0, sigma_deg=15.0),
        ),
    )
    finish = replace(
        air,
        name="finish",
        verb="follows through with",
        share=0.16,
        pose=(
            *lean(0.0, 0.0, 1.1),
            *legs(0.1, 0.15, 0.12),
            ("right_knee", (0.7, 0.0, 0.0)),
            ("right_ankle", (0.5, 0.0, 0.0)),
            *arm("left", 0.8, 0.1, 0.3, 1.6, -1.2),
            *arm("right", 0.5, 0.15, 0.85, 0.7),
        ),
        other=(
            *lean(0.1, 0.1, 0.9),
            *legs(0.15, 0.2, 0.12),
            ("right_knee", (0.6, 0.0, 0.0)),
            ("right_ankle", (0.4, 0.0, 0.0)),
            *arm("left", 0.7, 0.4, 0.5, 1.2, -1.2),
            *arm("right", 0.4, 0.5, 0.8, 0.5),
        ),
        aligns=(Align("forward", (-0.35, 0.1, -0.9), spread_deg=25.0, sigma_deg=15.0),),
        ground=("left_sole",),
        balance=("left_sole",),
        gaze=(0.9, 0.0, 0.4),
        facing_deg=(10.0, 50.0),
    )
    cane = replace(
        address,
        name="lean_on",
        verb="leans on",
        share=0.08,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.9, 0.2, 0.3)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.35, 0.5)),
        contacts=(Contact("right_palm", (-1.0, 0.0, 0.0), 0.01, 0.02),),
        aligns=(Align("forward", (-0.15, -1.0, 0.05), spread_deg=8.0, sigma_deg=5.0),),
        across=(),
        gaze=(0.0, 0.0, 1.0),
    )
    hang = replace(
        cane,
        name="hold_at_side",
        verb="holds",
        share=0.07,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.2, 0.5)),
        contacts=(Contact("right_palm", "grip", 0.015),),
        aligns=(Align("forward", (-0.1, -0.9, 0.5), spread_deg=18.0, sigma_deg=12.0),),
        across=("right_hand",),
        own_ground=True,
    )
    shoulder = replace(
        hang,
        name="on_right_shoulder",
        said="carries {it} on the right shoulder",
        verb="carries",
        share=0.05,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.3, 1.9, -0.4)),
        other=(),
        contacts=(
            Contact("right_palm", "lower_grip", 0.015),
            Contact("right_shoulder_top", (-0.1, 0.0, 0.0), -0.015, 0.03),
        ),
        aligns=(Align("forward", (-0.05, 0.55, -0.85), spread_deg=10.0, sigma_deg=12.0),),
        across=(),
    )
    return (address, backswing, top, impact, finish, cane, hang, shoulder)
