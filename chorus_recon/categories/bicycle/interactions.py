"""How people use bicycles and motorcycles, as data; `interactions.py` says how to read a row."""

from dataclasses import replace

from chorus_recon.categories.poses import AHEAD, LEFT_DOWN, LEVEL, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, mirrored

_LEFT_GRIP = Contact("left_palm", "left_grip", 0.015)
_RIGHT_GRIP = Contact("right_palm", "right_grip", 0.015)
_BOTH = ("left_hand", "right_hand")
_REACH = (*arm("left", 0.25, -0.6, 0.85, 0.3), *arm("right", -0.25, -0.6, 0.85, 0.3))
_REACH_LOW = (*arm("left", 0.2, -0.8, 0.7, 0.4), *arm("right", -0.2, -0.8, 0.7, 0.4))
_TUCKED = (*arm("left", 0.5, -0.85, 0.3, 1.5), *arm("right", -0.5, -0.85, 0.3, 1.5))


def bicycle() -> tuple[Interaction, ...]:
    """Riding, standing over it, and walking it."""
    ride = Interaction(
        "ride",
        "rides",
        0.66,
        pose=(*lean(0.3, 0.3), *legs(1.1, 1.2, 0.0, 0.1), *_REACH, ("neck", (-0.2, 0.0, 0.0))),
        other=(
            *lean(0.65, 0.5),
            *legs(1.1, 1.2, 0.0, 0.1),
            *_REACH_LOW,
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.2, 0.0, 0.0)),
        ),
        contacts=(
            Contact("seat", "saddle", 0.0, 0.012),
            _LEFT_GRIP,
            _RIGHT_GRIP,
            Contact("left_ball", "left_pedal", 0.01, 0.012, turning=True),
            Contact("right_ball", "right_pedal", 0.01, 0.012, turning=True),
        ),
        aligns=(LEVEL, AHEAD),
        across=_BOTH,
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
            _LEFT_GRIP,
            _RIGHT_GRIP,
            Contact("left_sole", (0.0, -1.0, 0.8), 0.0, 0.06),
            Contact("right_sole", (0.0, -1.0, -0.8), 0.0, 0.06),
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=6.0), AHEAD),
        ground=("left_sole", "right_sole"),
        across=_BOTH,
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
            *STAND[4:],
            *arm("left", 0.0, -0.7, 0.7, 0.4),
            *arm("right", -0.7, -0.7, 0.3, 0.3),
        ),
        contacts=(
            _LEFT_GRIP,
            Contact("right_palm", "saddle", 0.0, 0.02),
            Contact("left_sole", (0.1, -1.0, 2.6), 0.0, 0.12),
            Contact("right_sole", (0.05, -1.0, 1.7), 0.0, 0.12),
        ),
        aligns=(
            Align("up", (0.05, 1.0, 0.0), spread_deg=5.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0),
        ),
        ground=("left_sole", "right_sole"),
        facing_deg=(-25.0, 5.0),
    )
    stand = replace(
        walk,
        name="stand_left_of",
        verb="stands with",
        share=0.05,
        contacts=(
            replace(_LEFT_GRIP, sigma_m=0.012),
            _RIGHT_GRIP,
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


def motorcycle() -> tuple[Interaction, ...]:
    """Riding upright or tucked, waiting with a foot down, standing beside it."""
    ride = Interaction(
        "ride",
        "rides",
        0.5,
        pose=(*lean(0.05, 0.2), *legs(1.2, 1.4, 0.25, 0.1), *_REACH),
        other=(*lean(0.3, 0.4), *legs(1.4, 1.6, 0.25, 0.1), *_REACH, ("neck", (-0.3, 0.0, 0.0))),
        contacts=(
            Contact("seat", "saddle", 0.0, 0.015),
            _LEFT_GRIP,
            _RIGHT_GRIP,
            Contact("left_ball", "left_peg", 0.01, 0.02),
            Contact("right_ball", "right_peg", 0.01, 0.02),
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=8.0), AHEAD),
        across=_BOTH,
        facing_deg=(-2.0, 2.0),
        loose_rad=0.08,
    )
    tucked = replace(
        ride,
        name="ride_tucked",
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
            *STAND[4:],
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
        ground=("left_sole", "right_sole"),
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
