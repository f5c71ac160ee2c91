"""Interactions with a bottle."""

from dataclasses import replace

from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, STAND, STANDING_LEGS, arm, lean
from chorus_recon.categories.schema import Align, Interaction
from chorus_recon.categories.vessels.shared_interactions import IN_FIST, hold_sit_drink, with_left_twins


def bottle() -> tuple[Interaction, ...]:
    """Holding it standing or seated; drinking; pouring; carrying it."""
    hold, seated, drink = hold_sit_drink("grip", (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
    pour = replace(
        hold,
        name="pour_right",
        verb="pours from",
        share=0.14,
        pose=(*lean(0.1, 0.1), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.35, -0.7, 0.5, 1.1)),
        other=(*lean(0.1, 0.1), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.4, -0.4, 0.8, 0.9)),
        aligns=(Align("up", (0.8, -0.3, 0.4), spread_deg=15.0, sigma_deg=10.0), IN_FIST),
        gaze=(0.2, -0.4, 0.9),
    )
    side = replace(
        hold,
        name="carry_right",
        verb="carries",
        share=0.2,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.1, 0.6)),
        aligns=(Align("up", (0.0, 0.6, 0.8), spread_deg=20.0, sigma_deg=20.0), IN_FIST),
    )
    return with_left_twins(
        replace(hold, share=0.24), replace(seated, share=0.12), replace(drink, share=0.3), pour, side
    )
