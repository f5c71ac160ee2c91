"""Interactions with a motorcycle."""

from dataclasses import replace

from chorus_recon.categories.grips import LEFT_GRIP, REACH_AHEAD, RIGHT_GRIP
from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    AHEAD,
    BOTH_HANDS,
    LEFT_DOWN,
    SOLES,
    STAND,
    STANDING_LEGS,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_TUCKED = (*arm("left", 0.5, -0.85, 0.3, 1.5), *arm("right", -0.5, -0.85, 0.3, 1.5))


def motorcycle() -> tuple[Interaction, ...]:
    """Riding upright or tucked, sitting on it with a foot down, standing beside it."""
    ride = Interaction(
        "ride",
        "rides",
        0.5,
        pose=(*lean(0.05, 0.2), *legs(1.2, 1.4, 0.25, 0.1), *REACH_AHEAD),
        other=(*lean(0.3, 0.4), *legs(1.4, 1.6, 0.25, 0.1), *REACH_AHEAD, ("neck", (-0.3, 0.0, 0.0))),
        contacts=(
            Contact("seat", "saddle", 0.0, 0.015),
            LEFT_GRIP,
            RIGHT_GRIP,
            Contact("left_ball", "left_peg", 0.01, 0.02),
            Contact("right_ball", "right_peg", 0.01, 0.02),
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=8.0), AHEAD),
        across=BOTH_HANDS,
        facing_deg=(-2.0, 2.0),
        loose_rad=0.08,
    )
    tucked = replace(
        ride,
        name="ride_tucked",
        said="rides {it}, tucked",
        share=0.16,
        pose=(
            *lean(0.7, 0.6),
            *legs(1.6, 1.8, 0.25, 0.2),
            *_TUCKED,
            ("neck", (-0.45, 0.0, 0.0)),
            ("head", (-0.3, 0.0, 0.0)),
        ),
        other=(
            *lean(0.9, 0.7),
            *legs(1.6, 1.9, 0.25, 0.2),
            *_TUCKED,
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.3, 0.0, 0.0)),
        ),
    )
    foot_down = replace(
        ride,
        name="sit_left_foot_down",
        said="sits on {it}, left foot down",
        verb="sits on",
        share=0.12,
        contacts=(
            *ride.contacts[:3],
            Contact("right_ball", "right_peg", 0.01, 0.02),
            Contact("left_sole", (-0.05, -1.0, 0.75), 0.0, 0.08),
        ),
        aligns=(Align("up", (0.1, 1.0, 0.0), spread_deg=3.0), AHEAD),
        ground=("left_sole",),
    )
    beside = Interaction(
        "stand_left_of",
        "stands beside",
        0.1,
        pose=(
            *lean(0.1, 0.15, -0.2),
            *STANDING_LEGS,
            *arm("left", 0.1, -0.8, 0.6, 0.6),
            *arm("right", -0.6, -0.8, 0.4, 0.5),
        ),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.6, -0.8, 0.3, 0.4)),
        contacts=(
            Contact("right_palm", "saddle", 0.0, 0.03),
            Contact("left_sole", (0.1, -1.0, 1.9), 0.0, 0.12),
            Contact("right_sole", (0.05, -1.0, 1.4), 0.0, 0.12),
        ),
        aligns=(
            Align("up", (0.05, 1.0, 0.0), spread_deg=4.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=15.0),
        ),
        ground=SOLES,
        facing_deg=(-50.0, 10.0),
    )
    return (
        ride,
        tucked,
        foot_down,
        mirrored(foot_down, "sit_right_foot_down", 0.07),
        beside,
        mirrored(beside, "stand_right_of", 0.05),
    )
