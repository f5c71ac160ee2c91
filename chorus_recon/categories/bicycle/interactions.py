"""Interactions with a bicycle."""

from dataclasses import replace

from chorus_recon.categories.grips import LEFT_GRIP, REACH_AHEAD, RIGHT_GRIP
from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import AHEAD, BOTH_HANDS, LEVEL, SOLES, STANDING_LEGS, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_REACH_LOW = (*arm("left", 0.2, -0.8, 0.7, 0.4), *arm("right", -0.2, -0.8, 0.7, 0.4))


def bicycle() -> tuple[Interaction, ...]:
    """Riding, standing over it, walking it and standing beside it."""
    ride = Interaction(
        "ride",
        "rides",
        0.66,
        pose=(*lean(0.3, 0.3), *legs(1.1, 1.2, 0.0, 0.1), *REACH_AHEAD, ("neck", (-0.2, 0.0, 0.0))),
        other=(
            *lean(0.65, 0.5),
            *legs(1.1, 1.2, 0.0, 0.1),
            *_REACH_LOW,
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.2, 0.0, 0.0)),
        ),
        contacts=(
            Contact("seat", "saddle", 0.0, 0.012),
            LEFT_GRIP,
            RIGHT_GRIP,
            Contact("left_ball", "left_pedal", 0.01, 0.012, turning=True),
            Contact("right_ball", "right_pedal", 0.01, 0.012, turning=True),
        ),
        aligns=(LEVEL, AHEAD),
        across=BOTH_HANDS,
        facing_deg=(-2.0, 2.0),
        loose_rad=0.08,
    )
    straddle = Interaction(
        "straddle",
        "stands over",
        0.12,
        pose=(*lean(0.1, 0.2), *legs(0.1, 0.15, 0.18), *_REACH_LOW),
        other=(*lean(0.25, 0.3), *legs(0.2, 0.2, 0.2), *_REACH_LOW),
        contacts=(
            LEFT_GRIP,
            RIGHT_GRIP,
            Contact("left_sole", (0.0, -1.0, 0.8), 0.0, 0.06),
            Contact("right_sole", (0.0, -1.0, -0.8), 0.0, 0.06),
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=6.0), AHEAD),
        ground=SOLES,
        across=BOTH_HANDS,
        facing_deg=(-4.0, 4.0),
        loose_rad=0.08,
    )
    walk = Interaction(
        "walk_left_of",
        "pushes",
        0.12,
        pose=(
            *lean(0.05, 0.1, -0.15),
            *legs(0.1, 0.15, 0.05),
            *arm("left", 0.1, -0.8, 0.6, 0.6),
            *arm("right", -0.6, -0.8, 0.4, 0.5),
        ),
        other=(
            *lean(0.1, 0.15, -0.1),
            *STANDING_LEGS,
            *arm("left", 0.0, -0.7, 0.7, 0.4),
            *arm("right", -0.7, -0.7, 0.3, 0.3),
        ),
        contacts=(
            LEFT_GRIP,
            Contact("right_palm", "saddle", 0.0, 0.02),
            Contact("left_sole", (0.1, -1.0, 2.6), 0.0, 0.12),
            Contact("right_sole", (0.05, -1.0, 1.7), 0.0, 0.12),
        ),
        aligns=(
            Align("up", (0.05, 1.0, 0.0), spread_deg=5.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0),
        ),
        ground=SOLES,
        facing_deg=(-25.0, 5.0),
    )
    stand = replace(
        walk,
        name="stand_left_of",
        verb="stands with",
        share=0.05,
        contacts=(
            replace(LEFT_GRIP, sigma_m=0.012),
            RIGHT_GRIP,
            Contact("left_sole", (0.35, -1.0, 2.4), 0.0, 0.12),
            Contact("right_sole", (0.25, -1.0, 1.8), 0.0, 0.12),
        ),
        facing_deg=(-40.0, -5.0),
    )
    return (
        ride,
        straddle,
        walk,
        mirrored(walk, "walk_right_of", 0.03),
        stand,
        mirrored(stand, "stand_right_of", 0.02),
    )
