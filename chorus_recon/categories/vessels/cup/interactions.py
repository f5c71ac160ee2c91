"""Interactions with a mug. Its front is the handle."""

from dataclasses import replace

from chorus_recon.categories.poses import STAND, arm
from chorus_recon.categories.schema import Align, Contact, Interaction
from chorus_recon.categories.vessels.shared_interactions import HOLD, hold_sit_drink, with_left_twins

_BY_HANDLE = (  # the cup beyond the knuckles
    Align("forward", (-0.8, 0.0, -0.4), spread_deg=15.0, sigma_deg=20.0),
    Align("forward", (0.6, 0.8, 0.0), "right_hand", 8.0, 20.0),
)


def cup() -> tuple[Interaction, ...]:
    """Holding it by its handle standing or seated; drinking; holding it with both hands."""
    rows = hold_sit_drink("handle", (0.0, 1.0, -0.8), (0.0, 0.8, -0.6))
    shares = (0.3, 0.22, 0.28)
    one_hand = tuple(
        replace(row, share=share, aligns=(*row.aligns[:2], *_BY_HANDLE))
        for row, share in zip(rows, shares, strict=True)
    )
    warm = replace(
        HOLD,
        name="hold_both",
        pose=(*STAND, *arm("left", 0.25, -0.9, 0.2, 1.7), *arm("right", -0.25, -0.9, 0.2, 1.7)),
        other=(*STAND, *arm("left", 0.3, -0.8, 0.4, 1.9), *arm("right", -0.3, -0.8, 0.4, 1.9)),
        contacts=(
            Contact("right_palm", (-0.25, 0.0, -0.95), 0.01, 0.015),
            Contact("left_palm", (-0.25, 0.0, 0.95), 0.01, 0.015),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=6.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=15.0, sigma_deg=15.0),
            Align("side", (0.0, 1.0, 0.0), "left_hand", 8.0, 20.0),
            Align("side", (0.0, -1.0, 0.0), "right_hand", 8.0, 20.0),
        ),
        across=(),
    )
    return (*with_left_twins(*one_hand), warm)
