"""Interactions with a suitcase. The pulled-out handle is at its back."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import LEFT_DOWN, SOLES, STAND, STRIDE, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_HANGING = arm("right", -0.25, -1.0, 0.05, 0.1)
_PULL = Interaction(
    "pull_right",
    "pulls",
    0.24,
    pose=(*lean(0.05, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.9, -0.4, 0.1)),
    other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.95, -0.2, 0.15)),
    contacts=(Contact("right_palm", "handle", 0.015),),
    aligns=(
        Align("up", (0.0, 0.78, 0.62), spread_deg=14.0, sigma_deg=16.0),
        Align("side", (-1.0, 0.0, 0.0), spread_deg=10.0, sigma_deg=6.0),
    ),
    ground=SOLES,
    balance=SOLES,
    across=("right_hand",),
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-12.0, 12.0),
    kinds=("suitcase",),
)
_ON_LAP = (*arm("left", 0.2, -0.85, 0.45, 0.8), *arm("right", -0.2, -0.85, 0.45, 0.8))
_UPRIGHT = Align("up", (0.0, 1.0, 0.0), spread_deg=1.5, sigma_deg=1.5)


def suitcase() -> tuple[Interaction, ...]:
    """Pulling, rolling and pushing it; carrying it by either loop; lifting it; sitting on it."""
    beside = replace(
        _PULL,
        name="beside_right",
        verb="rolls",
        share=0.13,
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.45, -0.85, 0.05, 0.5)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.85, 0.2, 0.7)),
        aligns=(_UPRIGHT, Align("forward", (-0.1, 0.0, 1.0), spread_deg=25.0, sigma_deg=15.0)),
    )
    ahead = replace(
        _PULL,
        name="push_ahead",
        verb="pushes",
        share=0.05,
        pose=(
            *lean(0.1, 0.1),
            *STRIDE,
            *arm("left", 0.2, -0.9, 0.4, 0.8),
            *arm("right", -0.2, -0.9, 0.4, 0.8),
        ),
        other=(*STAND, *arm("left", 0.2, -0.9, 0.35, 1.0), *arm("right", -0.2, -0.9, 0.35, 1.0)),
        contacts=(
            Contact("left_palm", ("handle", "left_end", 0.55), 0.015, 0.02),
            Contact("right_palm", ("handle", "right_end", 0.55), 0.015, 0.02),
        ),
        aligns=(_UPRIGHT, Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0, sigma_deg=5.0)),
        across=(),
        gaze=(0.0, -0.1, 1.0),
    )
    carry = replace(
        _PULL,
        name="carry_right",
        verb="carries",
        share=0.09,
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *_HANGING),
        other=(*STAND, *LEFT_DOWN, *_HANGING),
        contacts=(Contact("right_palm", "side_handle", 0.015),),
        aligns=(
            Align("side", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=4.0),
            Align("forward", (-1.0, 0.0, 0.0), spread_deg=8.0, sigma_deg=6.0),
        ),
        own_ground=True,
        kinds=("closed_suitcase",),
    )
    by_top = replace(
        carry,
        name="carry_by_top_right",
        share=0.07,
        contacts=(Contact("right_palm", "top_handle", 0.015),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=4.0),
            Align("forward", (-1.0, 0.0, 0.0), spread_deg=12.0, sigma_deg=8.0),
        ),
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.35, -1.0, 0.05, 0.5)),
    )
    sit = replace(
        carry,
        name="sit",
        verb="sits on",
        share=0.06,
        pose=(*lean(0.0, 0.15), *legs(1.25, 1.3, 0.12), *_ON_LAP),
        other=(
            *lean(0.25, 0.35),
            *legs(1.2, 1.2, 0.2),
            *arm("left", 0.15, -0.8, 0.6, 1.2),
            *arm("right", -0.15, -0.8, 0.6, 1.2),
        ),
        contacts=(Contact("seat", (0.35, 0.92, 0.0), 0.0, 0.02),),
        aligns=(_UPRIGHT, Align("forward", (0.0, 0.0, 1.0), spread_deg=10.0, sigma_deg=6.0)),
        own_ground=False,
        balance=(),
        across=(),
    )
    bend = (*lean(0.5, 0.5), *legs(0.75, 0.6, 0.15))
    lift = replace(
        carry,
        name="lift",
        verb="lifts",
        share=0.06,
        pose=(*bend, *arm("left", 0.25, -0.8, 0.6, 0.3), *arm("right", -0.25, -0.8, 0.6, 0.3)),
        other=(
            *lean(0.15, 0.2),
            *legs(0.3, 0.35, 0.1),
            *arm("left", 0.3, -0.85, 0.5, 0.8),
            *arm("right", -0.3, -0.85, 0.5, 0.8),
        ),
        contacts=(
            Contact("left_palm", "side_handle", 0.01, 0.02),
            Contact("right_palm", (0.0, 0.0, -1.0), 0.01, 0.03),
        ),
        aligns=(
            Align("up", (0.0, 0.95, -0.3), spread_deg=12.0, sigma_deg=8.0),
            Align("forward", (0.0, 0.3, 0.95), spread_deg=15.0, sigma_deg=10.0),
        ),
        across=(),
        gaze=(0.0, -0.6, 0.8),
    )
    rows = (_PULL, beside, carry, by_top)
    left = (0.12, 0.08, 0.05, 0.05)
    return (
        *rows,
        *left_twins(rows, left),
        ahead,
        lift,
        sit,
    )
