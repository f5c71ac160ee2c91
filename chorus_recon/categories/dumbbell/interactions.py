"""Interactions with a dumbbell."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, SOLES, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_WEIGHT = Interaction(
    "hold_right",
    "holds",
    0.12,
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    other=(*lean(0.35, 0.2), *legs(1.1, 1.4, 0.15), *LEFT_DOWN, *RIGHT_DOWN),
    contacts=(Contact("right_palm", "grip", 0.02),),
    aligns=(Align("forward", (0.0, 0.0, 1.0), "right_hand", 8.0, 8.0),),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    across=("right_hand",),
    gaze=(0.0, 0.0, 1.0),
    facing_deg=(-20.0, 20.0),
)


def dumbbell() -> tuple[Interaction, ...]:
    """Holding, curling, pressing, raising sideways and rowing; in some poses the other arm does the same."""
    curl = replace(
        _WEIGHT,
        name="curl_right",
        verb="curls",
        share=0.15,
        pose=(*STAND, *arm("left", 0.2, -1.0, 0.1, 1.2), *arm("right", -0.2, -1.0, 0.1, 1.2)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.2, -1.0, 0.15, 2.2)),
        aligns=(*_WEIGHT.aligns, Align("forward", (1.0, 0.0, 0.2), spread_deg=25.0, sigma_deg=50.0)),
    )
    press = replace(
        _WEIGHT,
        name="press_right",
        verb="presses",
        share=0.14,
        pose=(*STAND, *arm("left", 0.95, -0.1, 0.2, 1.6, -1.4), *arm("right", -0.95, -0.1, 0.2, 1.6, -1.4)),
        other=(*STAND, *arm("left", 0.3, 0.95, 0.1, 0.2, -1.4), *arm("right", -0.3, 0.95, 0.1, 0.2, -1.4)),
        aligns=(*_WEIGHT.aligns, Align("forward", (1.0, 0.0, 0.0), spread_deg=15.0, sigma_deg=20.0)),
    )
    side = replace(
        _WEIGHT,
        name="raise_right",
        verb="raises",
        share=0.08,
        pose=(*STAND, *arm("left", 0.95, -0.35, 0.2, 0.2), *arm("right", -0.95, -0.35, 0.2, 0.2)),
        other=(*STAND, *arm("left", 0.95, 0.05, 0.2, 0.2), *arm("right", -0.95, 0.05, 0.2, 0.2)),
        aligns=(*_WEIGHT.aligns, Align("forward", (0.1, 0.0, 1.0), spread_deg=20.0, sigma_deg=20.0)),
    )
    row = replace(
        _WEIGHT,
        name="row_right",
        verb="rows",
        share=0.08,
        pose=(
            *lean(0.9, 0.3),
            *legs(1.2, 0.5, 0.1),
            *arm("left", 0.2, -0.8, 0.5, 0.2),
            *arm("right", -0.2, -0.9, 0.4, 0.2),
        ),
        other=(
            *lean(0.9, 0.2),
            *legs(1.2, 0.5, 0.1),
            *arm("left", 0.2, -0.8, 0.5, 0.2),
            *arm("right", -0.3, -0.5, -0.7, 1.6),
        ),
        aligns=(*_WEIGHT.aligns, Align("forward", (0.1, 0.0, 1.0), spread_deg=15.0, sigma_deg=20.0)),
        gaze=(0.0, -0.5, 1.0),
    )
    rows = (_WEIGHT, curl, press, side, row)
    left = [0.1, 0.12, 0.1, 0.06, 0.05]
    return (
        *rows,
        *left_twins(rows, left),
    )
