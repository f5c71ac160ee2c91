"""Interactions with a horse."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, SOLES, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_AHEAD = Align("forward", (0.0, 0.0, 1.0), spread_deg=4.0, sigma_deg=3.0)
_REINS = (Contact("left_palm", "left_rein", 0.015, 0.03), Contact("right_palm", "right_rein", 0.015, 0.03))
_STIRRUPS = (
    Contact("left_ball", "left_stirrup", 0.01, 0.03),
    Contact("right_ball", "right_stirrup", 0.01, 0.03),
)
_HOLD = (*arm("left", 0.15, -0.95, 0.25, 1.1), *arm("right", -0.15, -0.95, 0.25, 1.1))
_REACH = (*arm("left", 0.15, -0.8, 0.6, 0.7), *arm("right", -0.15, -0.8, 0.6, 0.7))
_ASTRIDE = legs(1.1, 1.2, 0.5, -0.1)


def horse() -> tuple[Interaction, ...]:
    """Riding upright, leaning forward or on a rearing horse; leading it; patting it; standing beside it."""
    ride = Interaction(
        "ride",
        "rides",
        0.44,
        pose=(*lean(-0.05, 0.05), *_ASTRIDE, *_HOLD),
        other=(*lean(0.1, 0.15), *legs(1.0, 1.0, 0.5, -0.1), *_HOLD),
        contacts=(Contact("seat", "saddle", 0.0, 0.015), *_REINS, *_STIRRUPS),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=3.0), _AHEAD),
        gaze=(0.0, -0.05, 1.0),
        facing_deg=(-3.0, 3.0),
        loose_rad=0.08,
        kinds=("horse",),
    )
    forward = replace(
        ride,
        name="ride_forward",
        share=0.14,
        pose=(*lean(0.5, 0.35), *legs(1.3, 1.2, 0.5, 0.1), *_REACH, ("neck", (-0.35, 0.0, 0.0))),
        other=(*lean(0.75, 0.45), *legs(1.5, 1.4, 0.5, 0.1), *_REACH, ("neck", (-0.45, 0.0, 0.0))),
        contacts=(
            Contact("seat", ("saddle", "back", -0.3), -0.05, 0.08),
            Contact("left_palm", ("left_rein", "left_neck", 0.35), 0.015, 0.06),
            Contact("right_palm", ("right_rein", "right_neck", 0.35), 0.015, 0.06),
            *_STIRRUPS,
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=10.0, sigma_deg=3.0), _AHEAD),
        kinds=(),
    )
    rear = replace(
        ride,
        name="ride_rearing",
        share=0.04,
        pose=(*lean(0.15, 0.2), *_ASTRIDE, *_REACH),
        other=(*lean(0.35, 0.3), *_ASTRIDE, *_REACH),
        contacts=(Contact("seat", "saddle", 0.0, 0.03), *_REINS, *_STIRRUPS),
        aligns=(
            Align("forward", (0.0, 0.45, 0.9), spread_deg=8.0, sigma_deg=4.0),
            Align("up", (0.0, 0.9, -0.45), spread_deg=5.0, sigma_deg=3.0),
        ),
        kinds=("leaping_horse",),
    )
    lead = Interaction(
        "lead_from_left",
        "leads",
        0.1,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.7, -0.5, 0.2, 1.2)),
        other=(
            *lean(0.05, 0.1),
            *legs(0.25, 0.2, 0.05),
            *arm("left", 0.2, -0.95, 0.25, 1.0),
            *arm("right", -0.7, -0.7, -0.2, 0.9),
        ),
        contacts=(
            Contact("right_palm", "lead", 0.015, 0.03),
            Contact("left_sole", (0.66, -1.0, 1.45), 0.0, 0.1),
            Contact("right_sole", (0.62, -1.0, 1.0), 0.0, 0.1),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=1.5, sigma_deg=2.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=15.0, sigma_deg=8.0),
        ),
        across=("right_hand",),
        ground=SOLES,
        balance=SOLES,
        gaze=(0.0, 0.0, 1.0),
        facing_deg=(-30.0, 15.0),
        kinds=("horse",),
    )
    pat = replace(
        lead,
        name="pat_left",
        verb="pats",
        share=0.08,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, 0.1, 0.95, 0.4)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, 0.3, 0.8, 0.7)),
        contacts=(
            Contact("right_palm", "left_neck", 0.01, 0.03),
            Contact("left_sole", (0.55, -1.0, 1.45), 0.0, 0.1),
            Contact("right_sole", (0.36, -1.0, 1.4), 0.0, 0.1),
        ),
        across=(),
        gaze=(-0.4, 0.0, 0.9),
        facing_deg=(-100.0, -40.0),
    )
    beside = replace(
        pat,
        name="stand_left_of",
        verb="stands beside",
        share=0.06,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.7, -0.4, 0.3, 0.9)),
        other=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(
            Contact("left_sole", (0.45, -1.0, 1.9), 0.0, 0.12),
            Contact("right_sole", (0.4, -1.0, 1.5), 0.0, 0.12),
        ),
        gaze=(0.0, 0.0, 1.0),
        facing_deg=(-30.0, 80.0),
    )
    return (
        ride,
        forward,
        rear,
        lead,
        mirrored(lead, "lead_from_right", 0.04),
        pat,
        mirrored(pat, "pat_right", 0.05),
        beside,
        mirrored(beside, "stand_right_of", 0.05),
    )
