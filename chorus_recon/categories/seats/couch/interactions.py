"""Interactions with a couch."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import SIT
from chorus_recon.categories.schema import Contact, Interaction
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


def couch() -> tuple[Interaction, ...]:
    """The interactions with a bench, on a deeper seat: the knees bend at its front edge."""
    back, crossed, along = map(_on_deep_seat, (leaning_back(), legs_crossed(), arm_along_back()))
    sit = _on_deep_seat(SIT)
    forward = leaning_forward()
    return (
        replace(sit, share=0.13),
        *with_right_twin(at_left_end(sit), 0.1),
        replace(back, share=0.12),
        *with_right_twin(at_left_end(back), 0.2),
        replace(forward, share=0.05),
        *with_right_twin(at_left_end(forward), 0.06),
        replace(crossed, share=0.04),
        mirrored(crossed, "sit_left_leg_over", 0.04),
        *with_right_twin(along, 0.1),
        *with_right_twin(lying(), 0.15),
        replace(standing_behind(), share=0.01),
    )


def _on_deep_seat(row: Interaction) -> Interaction:
    seat, *rest = row.contacts
    knees = Contact("knee_hollows", "front", 0.0, 0.03)
    return replace(row, contacts=(replace(seat, sigma_m=0.06), knees, *rest))
