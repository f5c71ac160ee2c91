"""Interactions with a chair."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    LEGS_FLAT,
    LEGS_TUCKED,
    LEVEL,
    ON_FLOOR,
    SIT,
    SOLES,
    STAND,
    STANDING_LEGS,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction
from chorus_recon.categories.seats.shared_interactions import (
    ELBOWS_ON_KNEES,
    LEGS_STRETCHED,
    leaning_back,
    leaning_forward,
    legs_crossed,
    standing_behind,
)

_HANDS_AT_TABLE = (*arm("left", 0.3, -0.85, 0.5, 1.3), *arm("right", -0.3, -0.85, 0.5, 1.3))
_ON_RESTS = (*arm("left", 0.35, -0.9, 0.1, 1.1), *arm("right", -0.35, -0.9, 0.1, 1.1))


def chair() -> tuple[Interaction, ...]:
    """Sitting upright, leaning, with crossed legs, at a table, astride; standing behind it; carrying it."""
    back = leaning_back()
    crossed = legs_crossed()
    table = replace(
        SIT,
        name="sit_at_table",
        said="sits on {it} at a table",
        pose=(*lean(0.05, 0.15), *LEGS_FLAT, *_HANDS_AT_TABLE),
        other=(*lean(0.2, 0.3), *LEGS_TUCKED, *_HANDS_AT_TABLE),
    )
    astride = replace(
        SIT,
        name="sit_astride",
        said="sits astride {it}",
        pose=(*lean(0.1, 0.2), *legs(1.1, 1.3, 0.65, 0.1), *ELBOWS_ON_KNEES),
        other=(*lean(0.15, 0.3), *legs(1.2, 1.5, 0.7, 0.1), *ELBOWS_ON_KNEES),
        contacts=(
            Contact("seat", "seat", 0.0, 0.02),
            Contact("left_palm", "right_back_top", 0.015, 0.03),
            Contact("right_palm", "left_back_top", 0.015, 0.03),
        ),
        aligns=(ON_FLOOR, Align("forward", (0.0, 0.0, -1.0), spread_deg=4.0, sigma_deg=3.0)),
        kinds=("chair",),
    )
    carry = replace(
        SIT,
        name="carry",
        verb="carries",
        pose=(*STAND, *arm("left", 0.3, -0.9, 0.4, 1.0), *arm("right", -0.3, -0.9, 0.4, 1.0)),
        other=(
            *lean(-0.1, 0.0),
            *STANDING_LEGS,
            *arm("left", 0.3, -0.9, 0.3, 0.7),
            *arm("right", -0.3, -0.9, 0.3, 0.7),
        ),
        contacts=(
            Contact("left_palm", "left_edge", 0.01, 0.015),
            Contact("right_palm", "right_edge", 0.01, 0.015),
        ),
        aligns=(LEVEL, Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0)),
        own_ground=True,
        balance=SOLES,
        gaze=(0.0, 0.0, 1.0),
        kinds=("chair",),
    )
    arms = replace(
        back,
        name="sit_arms_on_rests",
        said="leans back on {it}, arms on its rests",
        pose=(*lean(-0.2, 0.1), *LEGS_STRETCHED, *_ON_RESTS),
        other=(*lean(-0.1, 0.05), *LEGS_FLAT, *_ON_RESTS),
        contacts=(
            *back.contacts,
            Contact("left_palm", "left_arm", 0.01, 0.06),
            Contact("right_palm", "right_arm", 0.01, 0.06),
        ),
    )
    return (
        replace(SIT, share=0.22),
        replace(back, share=0.22),
        replace(leaning_forward(), share=0.12),
        replace(crossed, share=0.08),
        mirrored(crossed, "sit_left_leg_over", 0.07),
        replace(table, share=0.14),
        replace(arms, share=0.05),
        replace(astride, share=0.03),
        replace(standing_behind(), share=0.03),
        replace(carry, share=0.04),
    )
