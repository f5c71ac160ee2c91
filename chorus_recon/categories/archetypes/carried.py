"""Archetypes of things that hang from a hand or an arm, or rest on the body."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    STANDING,
    UPRIGHT,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    STAND,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_CARRIED = replace(STANDING, verb="carries", facing_deg=(-25.0, 25.0), loose_rad=0.2)
_WALKS = (*lean(0.0, 0.05), *STRIDE)
_SHEET = 0.15  # an upright thing that is thinner than this share of its height lies on the lap


def _handle(size: Extent) -> tuple[Interaction, ...]:
    ahead = Align(size.level, (0.0, 0.0, 1.0), spread_deg=25.0, sigma_deg=15.0)
    row = replace(
        _CARRIED,
        name="carry_by_handle_right",
        pose=(*_WALKS, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -1.0, 0.1, 0.7)),
        contacts=(Contact("right_palm", "handle", 0.015),),
        aligns=(UPRIGHT, ahead),
        across=("right_hand",),
        loose_rad=0.12,
    )
    return two_sided(row)


def _forearm(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _CARRIED,
        name="on_forearm_right",
        pose=(*_WALKS, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.05, 1.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.15, 1.9)),
        contacts=(Contact("right_forearm", "handle", 0.0, 0.012),),
        aligns=(UPRIGHT, Align(size.level, (0.3, 0.0, 1.0), spread_deg=20.0, sigma_deg=15.0)),
        loose_rad=0.12,
    )
    return two_sided(row)


def _hip(size: Extent) -> tuple[Interaction, ...]:
    """Hanging from a strap at the hip, its broad face against the body."""
    flat = "side" if size.width_m < size.length_m else "forward"
    row = replace(
        _CARRIED,
        name="at_hip_right",
        verb="wears",
        pose=(*_WALKS, *LEFT_DOWN, *arm("right", -0.5, -0.85, 0.0, 0.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, -0.8, 0.2, 1.4)),
        contacts=(Contact("right_hip_side", size.on({flat: 1.0, "up": 0.2}), 0.0, 0.035),),
        aligns=(UPRIGHT, Align(flat, (1.0, 0.0, 0.0), spread_deg=14.0, sigma_deg=10.0)),
    )
    return two_sided(row)


def _on_top_of_head(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _CARRIED,
        name="balance_on_head",
        pose=(*_WALKS, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, 0.8, 0.15, 0.9, -1.3)),
        contacts=(Contact("head_top", size.spot(0.0, -1.0), 0.0, 0.015),),
        aligns=(UPRIGHT, Align("forward", (0.0, 0.0, 1.0), spread_deg=30.0, sigma_deg=10.0)),
    )
    return (row,)


def _lap(size: Extent) -> tuple[Interaction, ...]:
    """Standing on the thighs with a hand at each side; a sheet (a blanket, a towel) lies on its back."""
    flat = size.length_m < _SHEET * size.height_m
    top, ahead = ("forward", "up") if flat else ("up", "forward")
    left = -1.0 if flat else 1.0  # its side at the person's left
    across = left * min(0.9, 0.18 / size.width_m)
    hold = left * min(0.95, 0.34 / size.width_m)
    grip = 1.0 if flat else 0.2
    row = replace(
        STANDING,
        name="on_lap",
        verb="holds on the lap",
        pose=(
            *lean(0.0, 0.1),
            *SEATED_LEGS,
            *arm("left", 0.3, -0.85, 0.4, 1.1),
            *arm("right", -0.3, -0.85, 0.4, 1.1),
        ),
        other=(
            *lean(0.1, 0.2),
            *legs(1.55, 1.5, 0.1, 0.0),
            *arm("left", 0.25, -0.8, 0.5, 1.3),
            *arm("right", -0.25, -0.8, 0.5, 1.3),
        ),
        contacts=(
            *pair(
                "lap",
                size.on({ahead: -0.1, top: -1.0, "side": across}),
                size.on({ahead: -0.1, top: -1.0, "side": -across}),
                0.0,
                0.03,
            ),
            *pair(
                "palm",
                size.on({ahead: 0.2, top: grip, "side": hold}),
                size.on({ahead: 0.2, top: grip, "side": -hold}),
                0.01,
                0.05,
            ),
        ),
        aligns=(
            Align(top, (0.0, 1.0, 0.0), spread_deg=10.0, sigma_deg=8.0),
            Align(ahead, (0.0, 0.0, 1.0), spread_deg=12.0, sigma_deg=10.0),
        ),
        ground=(),
        balance=(),
        gaze=(0.0, -0.3, 1.0),
    )
    return (row,)


ARCHETYPES = (
    Archetype("carry_by_handle", "carries {it} in one hand", _handle, (0.08, 1.2)),
    Archetype("on_forearm", "carries {it} on one forearm", _forearm, (0.12, 0.7)),
    Archetype("at_hip", "wears {it} at the hip", _hip, (0.08, 0.8)),
    Archetype("balance_on_head", "carries {it} on the head", _on_top_of_head, (0.1, 1.2)),
    Archetype("on_lap", "sits with {it} on the lap", _lap, (0.1, 1.2)),
)
