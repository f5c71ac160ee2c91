"""Interactions with a handbag. Its front is its broad face."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, SOLES, STAND, STRIDE, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_HANGING = Align("up", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=4.0)
_IN_HAND = Interaction(
    "in_right_hand",
    "carries",
    0.18,
    pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *RIGHT_DOWN),
    other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -1.0, 0.1, 0.5)),
    contacts=(Contact("right_palm", "handle", 0.015),),
    aligns=(_HANGING, Align("forward", (-1.0, 0.0, 0.0), spread_deg=25.0, sigma_deg=15.0)),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    across=("right_hand",),
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-15.0, 15.0),
    kinds=("handbag",),
)


def handbag() -> tuple[Interaction, ...]:
    """Carrying it in the hand, on a forearm, on a shoulder or across the body; holding it in front."""
    crook = replace(
        _IN_HAND,
        name="in_right_crook",
        said="carries {it} on the right forearm",
        share=0.12,
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.05, 1.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.15, 1.9)),
        contacts=(Contact("right_forearm", "handle", 0.0, 0.012),),
        aligns=(_HANGING, Align("forward", (-0.3, 0.0, 1.0), spread_deg=15.0, sigma_deg=12.0)),
        across=(),
    )
    shoulder = replace(
        _IN_HAND,
        name="on_right_shoulder",
        said="carries {it} on the right shoulder",
        verb="shoulders",
        share=0.14,
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.55, -0.8, 0.1, 0.8)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.55, -0.8, 0.2, 1.9)),
        contacts=(Contact("right_collar", "crest", 0.0, 0.01), Contact("right_flank", "inner", 0.0, 0.05)),
        aligns=(_HANGING, Align("forward", (-0.95, 0.0, -0.15), spread_deg=10.0, sigma_deg=8.0)),
        across=(),
        kinds=("shoulder_bag",),
    )
    cross = replace(
        shoulder,
        name="across_to_right_hip",
        said="wears {it} across the body, at the right hip",
        verb="wears",
        share=0.08,
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.4, -0.95, 0.0, 0.3)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.45, -0.9, 0.1, 0.8)),
        contacts=(
            Contact("left_collar", "crest", 0.0, 0.025),
            Contact("right_hip_side", "inner", 0.0, 0.04),
            Contact("chest", "left_strap", 0.0, 0.02),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=4.0, sigma_deg=6.0),
            Align("forward", (-1.0, 0.0, 0.0), spread_deg=8.0, sigma_deg=8.0),
        ),
        kinds=("crossbody_bag",),
    )
    before = replace(
        _IN_HAND,
        name="before_both_hands",
        verb="holds",
        share=0.03,
        pose=(*STAND, *arm("left", 0.05, -0.95, 0.25, 0.5), *arm("right", -0.05, -0.95, 0.25, 0.5)),
        other=(),
        contacts=(
            Contact("left_palm", (0.0, 0.95, 0.2), 0.015, 0.02),
            Contact("right_palm", (0.0, 0.95, -0.2), 0.015, 0.02),
        ),
        aligns=(_HANGING, Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0, sigma_deg=6.0)),
        across=(),
    )
    lap = replace(
        before,
        name="on_lap",
        said="holds {it} on the lap",
        share=0.05,
        pose=(
            *lean(0.0, 0.1),
            *legs(1.45, 1.4, 0.08, 0.0),
            *arm("left", 0.25, -0.85, 0.45, 1.2),
            *arm("right", -0.25, -0.85, 0.45, 1.2),
        ),
        contacts=(
            Contact("left_lap", (0.0, -1.0, 0.4), 0.0, 0.02),
            Contact("right_lap", (0.0, -1.0, -0.4), 0.0, 0.02),
            Contact("left_palm", (0.2, 0.2, 0.6), 0.01, 0.04),
            Contact("right_palm", (0.2, 0.2, -0.6), 0.01, 0.04),
        ),
        ground=(),
        balance=(),
    )
    rows = (_IN_HAND, crook, shoulder, cross)
    left = (0.12, 0.1, 0.12, 0.06)
    return (*rows, *left_twins(rows, left), before, lap)
