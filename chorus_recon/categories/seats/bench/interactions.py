"""Interactions with a bench."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import SIT
from chorus_recon.categories.schema import Interaction
from chorus_recon.categories.seats.shared_interactions import (
    arm_along_back,
    at_left_end,
    leaning_back,
    leaning_forward,
    legs_crossed,
    lying,
    standing_behind,
    with_right_twin,
)


def bench() -> tuple[Interaction, ...]:
    """Sitting at the middle or at an end; an arm along the back; lying; standing behind it."""
    back = leaning_back()
    crossed = legs_crossed()
    forward = leaning_forward()
    return (
        replace(SIT, share=0.14),
        *with_right_twin(at_left_end(SIT), 0.14),
        replace(back, share=0.13),
        *with_right_twin(at_left_end(back), 0.14),
        replace(forward, share=0.11),
        *with_right_twin(at_left_end(forward), 0.1),
        replace(crossed, share=0.05),
        mirrored(crossed, "sit_left_leg_over", 0.05),
        *with_right_twin(arm_along_back(), 0.08),
        *with_right_twin(lying(), 0.06),
        replace(standing_behind(), share=0.01),
    )
