"""Interactions with skis."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import AHEAD, RIGHT_DOWN, SOLES, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_PARALLEL = ("skis",)
_POLES_AHEAD = (*arm("left", 0.5, -0.75, 0.45, 1.1), *arm("right", -0.5, -0.75, 0.45, 1.1))
_POLES_DOWN = (*arm("left", 0.45, -0.9, 0.1, 0.6), *arm("right", -0.45, -0.9, 0.1, 0.6))
_TUCKED_ARMS = (*arm("left", 0.2, -0.75, 0.65, 1.8), *arm("right", -0.2, -0.75, 0.65, 1.8))
_ON_SKI = (
    Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
    Align("up", (0.0, 1.0, 0.0), "right_ankle", 2.0, 5.0),
    Align("forward", (0.0, 0.0, 1.0), "left_ankle", 3.0, 6.0),
    Align("forward", (0.0, 0.0, 1.0), "right_ankle", 3.0, 6.0),
)
_DOWN = Interaction(
    "ski",
    "skis on",
    0.24,
    pose=(*lean(0.15, 0.2), *legs(0.35, 0.5, 0.04), *_POLES_AHEAD),
    other=(*lean(0.4, 0.4), *legs(0.9, 1.15, 0.06), *_POLES_AHEAD, ("neck", (-0.3, 0.0, 0.0))),
    contacts=(Contact("left_sole", "left_foot", 0.0, 0.012), Contact("right_sole", "right_foot", 0.0, 0.012)),
    aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=6.0, sigma_deg=4.0), AHEAD, *_ON_SKI),
    balance=SOLES,
    gaze=(0.0, -0.15, 1.0),
    facing_deg=(-20.0, 20.0),
    kinds=_PARALLEL,
)


def skis() -> tuple[Interaction, ...]:
    """Skiing straight, tucked, turning, braking and skating; standing; carrying; standing beside them."""
    stand = replace(
        _DOWN,
        name="stand",
        verb="stands on",
        pose=(*STAND, *_POLES_DOWN),
        other=(*lean(0.1, 0.15), *legs(0.2, 0.25, 0.06), *_POLES_AHEAD),
        gaze=(0.0, 0.0, 1.0),
    )
    tuck = replace(
        _DOWN,
        name="tuck",
        said="skis on {it}, tucked",
        pose=(*lean(0.8, 0.7), *legs(1.5, 1.4, 0.05), *_TUCKED_ARMS, ("neck", (-0.5, 0.0, 0.0))),
        other=(*lean(0.6, 0.5), *legs(1.2, 1.2, 0.05), *_TUCKED_ARMS, ("neck", (-0.4, 0.0, 0.0))),
    )
    turn = replace(
        _DOWN,
        name="turn_left",
        said="turns left on {it}",
        verb="turns on",
        pose=(*lean(0.3, 0.3, -0.25), *legs(0.7, 0.95, 0.06), *_POLES_AHEAD, ("pelvis", (0.3, 0.0, -0.35))),
        other=(*lean(0.4, 0.4, -0.4), *legs(1.0, 1.3, 0.06), *_POLES_AHEAD, ("pelvis", (0.4, 0.0, -0.5))),
        aligns=(Align("up", (0.5, 0.87, 0.0), spread_deg=10.0, sigma_deg=4.0), AHEAD, *_ON_SKI),
        balance=(),
        gaze=(0.0, -0.2, 1.0),
    )
    plough = replace(
        _DOWN,
        name="snowplough",
        verb="brakes on",
        pose=(*lean(0.2, 0.2), *legs(0.4, 0.55, 0.3), *_POLES_AHEAD),
        other=(*lean(0.35, 0.35), *legs(0.7, 0.95, 0.3), *_POLES_AHEAD),
        aligns=(_DOWN.aligns[0], AHEAD, *_ON_SKI[:2]),
        kinds=("snowplough_skis",),
    )
    skate = replace(
        plough,
        name="skate",
        verb="skates on",
        pose=(
            *lean(0.5, 0.4, 0.2),
            *legs(0.8, 0.9, 0.2),
            *arm("left", 0.4, -0.7, 0.6, 1.3),
            *arm("right", -0.5, -0.7, 0.4, 1.0),
            ("neck", (-0.4, 0.0, 0.0)),
        ),
        other=(
            *lean(0.5, 0.4, -0.2),
            *legs(0.6, 0.6, 0.25),
            *arm("left", 0.4, -0.8, -0.5, 0.3),
            *arm("right", -0.4, -0.8, -0.5, 0.3),
            ("neck", (-0.4, 0.0, 0.0)),
        ),
        kinds=("skating_skis",),
    )
    carry = replace(
        _DOWN,
        name="carry_left",
        said="carries {it} on the left shoulder",
        verb="carries",
        pose=(*STAND, *arm("left", 0.3, -0.5, 0.8, 1.2, -0.6), *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.35, -0.3, 0.9, 0.8, -0.6), *RIGHT_DOWN),
        contacts=(
            Contact("left_shoulder_top", (-0.1, -0.3, 0.0), -0.03, 0.02),
            Contact("left_palm", (0.4, 0.0, 0.0), 0.02, 0.05),
        ),
        aligns=(
            Align("forward", (0.05, -0.1, 1.0), spread_deg=10.0, sigma_deg=6.0),
            Align("side", (0.3, 0.9, 0.0), spread_deg=12.0, sigma_deg=8.0),
        ),
        ground=SOLES,
        own_ground=True,
        gaze=(0.0, 0.0, 1.0),
        kinds=("carried_skis",),
    )
    upright = replace(
        carry,
        name="beside_left",
        said="stands beside {it}, left hand on it",
        verb="stands beside",
        pose=(*STAND, *arm("left", 0.8, -0.5, 0.2, 0.7), *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.6, -0.7, 0.4, 1.0), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (0.35, 0.0, 0.9), 0.01, 0.03),
            Contact("left_sole", (-1.0, 0.0, 2.6), 0.0, 0.12),
        ),
        aligns=(
            Align("forward", (-0.05, 1.0, 0.0), spread_deg=6.0, sigma_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=6.0),
        ),
        own_ground=False,
    )
    return (
        _DOWN,
        replace(stand, share=0.18),
        replace(tuck, share=0.06),
        replace(turn, share=0.12),
        mirrored(turn, "turn_right", 0.12),
        replace(plough, share=0.08),
        replace(skate, share=0.1),
        replace(carry, share=0.03),
        mirrored(carry, "carry_right", 0.03),
        replace(upright, share=0.02),
        mirrored(upright, "beside_right", 0.02),
    )
