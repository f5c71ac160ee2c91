"""Archetypes of tools and other things that one hand holds by a grip: their tip is forward."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    SKILLED_RIGHT,
    STANDING,
    Archetype,
    Extent,
    two_sided,
)
from chorus_recon.categories.poses import LEFT_DOWN, SEATED_LEGS, STAND, arm, lean
from chorus_recon.categories.schema import Align, Contact, Interaction

_HELD = replace(STANDING, verb="holds")
_NEAR, _FAR = arm("right", -0.3, -0.95, 0.1, 1.4), arm("right", -0.3, -0.8, 0.5, 1.2)


def _use_small(size: Extent) -> tuple[Interaction, ...]:
    """The tip down and ahead: a pen, a knife, a brush, a screwdriver."""
    standing = replace(
        _HELD,
        name="use_small_right",
        verb="works with",
        share=0.5,
        pose=(*lean(0.1, 0.15), *STAND[4:], *arm("left", 0.3, -0.85, 0.4, 1.2), *_NEAR),
        other=(*lean(0.2, 0.25), *STAND[4:], *arm("left", 0.2, -0.85, 0.5, 1.0), *_FAR),
        contacts=(Contact("right_palm", "grip", 0.025, 0.015),),
        aligns=(
            Align("forward", (0.25, -0.6, 0.75), spread_deg=22.0, sigma_deg=18.0),
            Align("forward", (-0.75, -0.3, 0.5), "right_hand", 18.0, 25.0),
        ),
        across=(),
        gaze=(0.0, -0.7, 0.8),
    )
    seated = replace(
        standing,
        name="use_small_seated_right",
        pose=(*lean(0.1, 0.2), *SEATED_LEGS, *arm("left", 0.3, -0.85, 0.4, 1.2), *_NEAR),
        other=(*lean(0.25, 0.3), *SEATED_LEGS, *arm("left", 0.2, -0.85, 0.5, 1.0), *_FAR),
        ground=(),
        balance=(),
    )
    return two_sided(standing, seated, right=SKILLED_RIGHT)


def _point(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _HELD,
        name="point_right",
        verb="points with",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.25, -0.9, 0.35, 1.3)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.25, 0.95, 0.3)),
        contacts=(Contact("right_palm", "grip", 0.015, 0.015),),
        aligns=(
            Align("forward", (0.05, 0.0, 1.0), spread_deg=15.0, sigma_deg=12.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=15.0, sigma_deg=15.0),
        ),
        across=(),
        gaze=(0.0, -0.05, 1.0),
    )
    return two_sided(row)


def _hold_level(size: Extent) -> tuple[Interaction, ...]:
    """A pan: by its handle, its top up, before the belly."""
    row = replace(
        _HELD,
        name="hold_level_right",
        pose=(*STAND, *LEFT_DOWN, *_NEAR),
        other=(*lean(0.1, 0.1), *STAND[4:], *LEFT_DOWN, *_FAR),
        contacts=(Contact("right_palm", "grip", 0.015, 0.015),),
        aligns=(
            Align("forward", (0.3, -0.05, 0.95), spread_deg=18.0, sigma_deg=10.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=7.0, sigma_deg=6.0),
        ),
        across=(),
        gaze=(0.1, -0.5, 0.9),
    )
    return two_sided(row, right=SKILLED_RIGHT)


def _at_hair(size: Extent) -> tuple[Interaction, ...]:
    """A hair drier, a comb, a hairbrush: the tip at the side of the head."""
    row = replace(
        _HELD,
        name="at_hair_right",
        verb="does the hair with",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.8, -0.3, 0.4, 2.1, -0.9)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.85, 0.1, 0.3, 2.2, -1.2)),
        contacts=(
            Contact("right_palm", "grip", 0.015, 0.015),
            Contact("right_ear", "tip", 0.0, 0.07),
        ),
        aligns=(
            Align("forward", (0.7, 0.1, -0.4), spread_deg=30.0, sigma_deg=30.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=30.0, sigma_deg=30.0),
        ),
        across=(),
        gaze=(0.0, -0.05, 1.0),
    )
    return two_sided(row)


ARCHETYPES = (
    Archetype("use_small", "works with {it}", _use_small, (0.05, 0.6)),
    Archetype("point", "points with {it}", _point, (0.05, 1.2)),
    Archetype("hold_level", "holds {it} level by its handle", _hold_level, (0.1, 0.9)),
    Archetype("at_hair", "does the hair with {it}", _at_hair, (0.08, 0.4)),
)
