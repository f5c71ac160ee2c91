"""Interactions with a wine glass."""

from dataclasses import replace

from chorus_recon.categories.poses import LEFT_DOWN, STAND, arm
from chorus_recon.categories.schema import Contact, Interaction
from chorus_recon.categories.vessels.shared_interactions import hold_sit_drink, with_left_twins


def wine_glass() -> tuple[Interaction, ...]:
    """Holding it by stem or bowl, standing or seated; drinking; raising it for a toast."""
    hold, seated, drink = hold_sit_drink("stem", (-0.85, 1.0, 0.0), (0.0, 0.7, -0.75))
    bowl = replace(hold, name="cradle_right", share=0.14, contacts=(Contact("right_palm", "bowl", 0.04),))
    toast = replace(
        hold,
        name="toast_right",
        verb="raises",
        share=0.14,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.3, 0.9, 1.0, -0.7)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, 0.1, 0.95, 0.5, -0.7)),
        gaze=(-0.1, 0.05, 1.0),
    )
    return with_left_twins(
        replace(hold, share=0.3), bowl, replace(seated, share=0.18), replace(drink, share=0.24), toast
    )
