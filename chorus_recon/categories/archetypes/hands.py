"""Archetypes of things in one hand: held, brought to the mouth or to the ear."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    STANDING,
    Archetype,
    Extent,
    two_sided,
)
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    STAND,
    STANDING_LEGS,
    arm,
    lean,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_HELD = replace(STANDING, verb="holds")
_FAR = (*arm("left", 0.3, -0.8, 0.5, 1.4), *arm("right", -0.3, -0.8, 0.5, 1.4))
_TO_FACE = arm("right", -0.45, -0.75, 0.45, 2.1, -0.3)


def _small(size: Extent) -> tuple[Interaction, ...]:
    lift = min(size.least_m, 0.05) + 0.008
    row = replace(
        _HELD,
        name="hold_small_right",
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *_FAR[2:]),
        contacts=(Contact("right_palm", "middle", lift, 0.012),),
        aligns=(
            Align(size.long, (-0.4, 0.0, 0.9), "right_hand", 20.0, 20.0),
            Align(size.thin, (0.0, -1.0, 0.0), "right_hand", 15.0, 15.0),
        ),
    )
    return two_sided(row)


def _upright(size: Extent) -> tuple[Interaction, ...]:
    """A vessel, a candle, a trophy: the fist around it, its top on the thumb's side."""
    lift = min(0.6 * size.width_m / 2, 0.045)
    standing = replace(
        _HELD,
        name="vessel_right",
        share=0.6,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.1, 1.5)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.25, -0.8, 0.5, 1.3)),
        contacts=(Contact("right_palm", "middle", lift, 0.015),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=9.0, sigma_deg=7.0),
            Align("up", (-0.15, 0.0, 1.0), "right_hand", 8.0, 14.0),
        ),
    )
    seated = replace(
        standing,
        name="vessel_seated_right",
        share=0.4,
        pose=(*lean(0.0, 0.1), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *standing.pose[-2:]),
        other=(*lean(0.1, 0.2), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *standing.other[-2:]),
        ground=(),
        balance=(),
    )
    return two_sided(standing, seated)


def _drink(size: Extent) -> tuple[Interaction, ...]:
    slender = size.height_m > 2.0 * size.width_m
    lift = min(0.6 * size.width_m / 2, 0.045)
    row = replace(
        _HELD,
        name="drink_right",
        verb="drinks from",
        pose=(*STAND, *LEFT_DOWN, *_TO_FACE),
        other=(*lean(0.0, -0.1), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.75, -0.4, 0.5, 2.1, -0.7)),
        contacts=(Contact("right_palm", "middle", lift, 0.015), Contact("mouth", "lip", 0.0, 0.012)),
        aligns=(
            Align("up", (0.0, 0.1, -1.0) if slender else (0.0, 0.75, -0.65), spread_deg=16.0, sigma_deg=10.0),
            Align("forward", (0.0, 0.6, 1.0), spread_deg=10.0, sigma_deg=30.0),
            Align("up", (-0.15, 0.0, 1.0), "right_hand", 8.0, 25.0),
        ),
        gaze=(0.0, 0.15, 1.0),
    )
    return two_sided(row)


def _to_mouth(size: Extent) -> tuple[Interaction, ...]:
    """The tip of a fork, a toothbrush or a stick of food at the mouth."""
    standing = replace(
        _HELD,
        name="tip_to_mouth_right",
        verb="eats with",
        share=0.5,
        pose=(*STAND, *LEFT_DOWN, *_TO_FACE),
        other=(*lean(0.1, 0.15), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.75, -0.5, 0.5, 2.1, -0.5)),
        contacts=(Contact("right_palm", "grip", 0.02, 0.015), Contact("mouth", "tip", 0.0, 0.015)),
        aligns=(Align("forward", (0.5, 0.3, -0.8), spread_deg=20.0, sigma_deg=25.0),),
        gaze=(0.0, -0.15, 1.0),
    )
    return two_sided(standing, _seated(standing, "tip_to_mouth_seated_right", 0.5))


def _eat(size: Extent) -> tuple[Interaction, ...]:
    """Food in the hand, at the mouth and before it."""
    lift = min(size.width_m / 2, 0.05) + 0.005
    bite = replace(
        _HELD,
        name="eat_right",
        verb="eats",
        share=0.6,
        pose=(*STAND, *LEFT_DOWN, *_TO_FACE),
        other=(*lean(0.1, 0.15), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.7, -0.5, 0.5, 2.1, -0.5)),
        contacts=(
            Contact("right_palm", "middle", lift, 0.015),
            Contact("mouth", size.spot(-1.0, 0.3), 0.0, 0.015),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=15.0, sigma_deg=15.0),
            Align("forward", (0.0, -0.1, 1.0), spread_deg=15.0, sigma_deg=15.0),
        ),
        gaze=(0.0, -0.1, 1.0),
    )
    return two_sided(bite, _seated(bite, "eat_seated_right", 0.4))


def _seated(row: Interaction, name: str, share: float) -> Interaction:
    return replace(
        row,
        name=name,
        share=share,
        pose=(*lean(0.05, 0.15), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *row.pose[-2:]),
        other=(*lean(0.2, 0.25), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *row.other[-2:]),
        ground=(),
        balance=(),
    )


def _to_ear(size: Extent) -> tuple[Interaction, ...]:
    lift = size.least_m + 0.005
    row = replace(
        _HELD,
        name="to_ear_right",
        verb="talks on",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.45, -0.8, 0.35, 2.4, -0.3)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.75, -0.55, 0.35, 2.4, -0.6)),
        contacts=(
            Contact("right_palm", "middle", lift, 0.015),
            Contact("right_ear", size.on({size.thin: 1.0, size.long: 0.55}), 0.0, 0.012),
        ),
        aligns=(
            Align(size.thin, (1.0, 0.0, -0.15), "head", 8.0, 10.0),
            Align(size.long, (0.0, 0.85, -0.5), "head", 12.0, 14.0),
        ),
    )
    return two_sided(row)


ARCHETYPES = (
    Archetype("hold_small", "holds {it} in one hand", _small, (0.01, 0.6)),
    Archetype("vessel", "holds {it}", _upright, (0.03, 0.6)),
    Archetype("drink", "drinks from {it}", _drink, (0.04, 0.5)),
    Archetype("tip_to_mouth", "eats with {it}", _to_mouth, (0.04, 0.6)),
    Archetype("eat", "eats {it}", _eat, (0.01, 0.45)),
    Archetype("to_ear", "holds {it} at one ear", _to_ear, (0.03, 0.4)),
)
