"""Archetypes of musical instruments."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    FACING_AHEAD,
    STANDING,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    SEATED_LEGS,
    STAND,
    STANDING_LEGS,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_FREE = replace(STANDING, balance=())
_REACH = (*arm("left", 0.2, -0.85, 0.45, 1.2), *arm("right", -0.2, -0.85, 0.45, 1.2))


def _at_chest(size: Extent) -> tuple[Interaction, ...]:
    """A guitar, a banjo: the body before the belly, the neck (forward) to the left."""
    row = replace(
        STANDING,
        name="play_at_chest_right",
        verb="plays",
        share=0.5,
        pose=(
            *STAND,
            *arm("left", 0.25, -0.95, 0.15, 1.9, -0.5),
            *arm("right", -0.45, -0.85, -0.05, 1.3, 0.6),
        ),
        other=(
            *lean(-0.05, 0.15),
            *legs(0.12, 0.2, 0.15),
            *arm("left", 0.4, -0.85, 0.3, 1.4, -0.4),
            *arm("right", -0.45, -0.85, -0.05, 1.3, 0.6),
        ),
        contacts=(
            Contact("belly", size.spot(-0.45, -1.0), 0.0, 0.04),
            Contact("left_palm", size.spot(0.55, 0.0), 0.01, 0.04),
            Contact("right_palm", size.spot(-0.4, 1.0), 0.02, 0.04),
        ),
        aligns=(
            Align("forward", (0.9, 0.35, 0.1), spread_deg=14.0, sigma_deg=8.0),
            Align("up", (-0.05, 0.15, 1.0), spread_deg=8.0, sigma_deg=8.0),
        ),
        gaze=(0.15, -0.2, 1.0),
    )
    seated = replace(
        row,
        name="play_at_chest_seated_right",
        pose=(*lean(0.05, 0.2), *SEATED_LEGS, *row.pose[-4:]),
        other=(*lean(0.15, 0.3), *legs(1.55, 1.5, 0.1, 0.1), *row.other[-4:]),
        ground=(),
        balance=(),
    )
    made = two_sided(row, seated)
    shares = (0.92, 0.08) * 2  # few play it left-handed
    return tuple(replace(each, share=0.5 * share) for each, share in zip(made, shares, strict=True))


def _at_shoulder(size: Extent) -> tuple[Interaction, ...]:
    """A violin: its end on the left collar, the neck (forward) away to the left."""
    row = replace(
        STANDING,
        name="play_at_shoulder",
        verb="plays",
        pose=(*STAND, *arm("left", 0.4, -0.5, 0.75, 1.7, -1.0), *arm("right", -0.5, -0.5, 0.7, 1.5, -0.3)),
        other=(
            *lean(0.05, 0.05),
            *STANDING_LEGS,
            *arm("left", 0.5, -0.4, 0.75, 1.5, -1.0),
            *arm("right", -0.7, -0.4, 0.6, 1.3, -0.3),
        ),
        contacts=(
            Contact("left_collar", size.spot(-0.9, -0.6), 0.0, 0.03),
            Contact("left_palm", size.spot(0.75, -0.3), 0.01, 0.04),
        ),
        aligns=(
            Align("forward", (0.7, -0.1, 0.7), spread_deg=12.0, sigma_deg=10.0),
            Align("up", (-0.15, 0.9, 0.2), spread_deg=12.0, sigma_deg=15.0),
        ),
        gaze=(0.4, -0.2, 0.9),
    )
    return (row,)


def _between_knees(size: Extent) -> tuple[Interaction, ...]:
    """A cello, a drum: upright before a seated player, between the knees."""
    row = replace(
        _FREE,
        name="play_between_knees",
        verb="plays",
        pose=(*lean(0.0, 0.15), *legs(1.4, 1.4, 0.45, 0.0), *_REACH),
        other=(*lean(0.1, 0.2), *legs(1.45, 1.5, 0.4, 0.0), *_REACH),
        contacts=(
            Contact("belly", size.spot(-1.0, 0.3, forward_m=-0.12), 0.0, 0.06),
            *pair("palm", size.spot(0.2, 0.75, 0.6), size.spot(0.2, 0.4, -0.6), 0.02, 0.08),
        ),
        aligns=(Align("up", (0.0, 1.0, -0.2), spread_deg=6.0, sigma_deg=8.0), FACING_AHEAD),
        ground=(),
        gaze=(0.0, -0.3, 1.0),
    )
    return (row,)


def _wind(size: Extent) -> tuple[Interaction, ...]:
    """A trumpet, a trombone, a megaphone: the rear end at the mouth, both hands along it, about level."""
    row = replace(
        STANDING,
        name="play_at_mouth",
        verb="plays",
        pose=(*STAND, *arm("left", 0.25, -0.7, 0.6, 1.8, -0.3), *arm("right", -0.25, -0.7, 0.6, 1.6, -0.3)),
        other=(
            *lean(0.05, 0.1),
            *STANDING_LEGS,
            *arm("left", 0.35, -0.5, 0.75, 1.6, -0.5),
            *arm("right", -0.35, -0.5, 0.75, 1.4, -0.5),
        ),
        contacts=(
            Contact("mouth", size.spot(-1.0), 0.0, 0.012),
            Contact("left_palm", size.spot(-0.2), 0.015, 0.03),
            Contact("right_palm", size.spot(0.25), 0.015, 0.04),
        ),
        aligns=(Align("forward", (0.0, -0.15, 1.0), spread_deg=14.0, sigma_deg=10.0),),
        gaze=(0.0, -0.05, 1.0),
    )
    return (row,)


def _wind_down(size: Extent) -> tuple[Interaction, ...]:
    """A clarinet, a recorder, a saxophone: the rear end at the mouth, the other before the belly."""
    (level,) = _wind(size)
    row = replace(
        level,
        name="play_down",
        pose=(*STAND, *arm("left", 0.3, -0.85, 0.35, 2.0, -0.4), *arm("right", -0.3, -0.9, 0.2, 1.5, -0.3)),
        other=(
            *lean(0.05, 0.1),
            *STANDING_LEGS,
            *arm("left", 0.4, -0.75, 0.5, 1.8, -0.5),
            *arm("right", -0.4, -0.8, 0.4, 1.3, -0.5),
        ),
        aligns=(Align("forward", (0.0, -0.8, 0.6), spread_deg=16.0, sigma_deg=10.0),),
    )
    return (row,)


def _across_mouth(size: Extent) -> tuple[Interaction, ...]:
    """A flute: to the right of the mouth, both hands on it."""
    row = replace(
        STANDING,
        name="play_across",
        verb="plays",
        pose=(*STAND, *arm("left", 0.1, -0.5, 0.8, 2.0, -0.4), *arm("right", -0.6, -0.5, 0.6, 1.8, -0.6)),
        contacts=(
            Contact("mouth", size.spot(-0.75, 0.5), 0.0, 0.012),
            Contact("left_palm", size.spot(-0.25), 0.015, 0.04),
            Contact("right_palm", size.spot(0.45), 0.015, 0.04),
        ),
        aligns=(Align("forward", (-0.95, -0.15, 0.15), spread_deg=10.0, sigma_deg=8.0),),
        gaze=(0.1, -0.05, 1.0),
    )
    return (row,)


def _strike(size: Extent) -> tuple[Interaction, ...]:
    """A drum or a cymbal: before the hips, both hands above it."""
    row = replace(
        _FREE,
        name="play_drum",
        verb="plays",
        pose=(*STAND, *_REACH),
        other=(*lean(0.05, 0.2), *SEATED_LEGS, *_REACH),
        contacts=(
            Contact("belly", size.spot(-1.0, 0.3, forward_m=-0.15), 0.0, 0.1),
            *pair("palm", size.spot(0.0, 1.0, 0.5), size.spot(0.0, 1.0, -0.5), 0.06, 0.08),
        ),
        aligns=(Align("up", (0.0, 1.0, -0.15), spread_deg=8.0, sigma_deg=8.0), FACING_AHEAD),
        ground=(),
        gaze=(0.0, -0.4, 1.0),
    )
    return (row,)


ARCHETYPES = (
    Archetype("play_at_chest", "plays {it}", _at_chest, (0.4, 1.4)),
    Archetype("play_at_shoulder", "plays {it} at the shoulder", _at_shoulder, (0.4, 0.8)),
    Archetype("play_between_knees", "plays {it} between the knees", _between_knees, (0.3, 2.0)),
    Archetype("play_at_mouth", "blows {it}", _wind, (0.1, 1.4)),
    Archetype("play_down", "blows {it}", _wind_down, (0.2, 1.4)),
    Archetype("play_across", "plays {it} across the mouth", _across_mouth, (0.3, 0.9)),
    Archetype("play_drum", "drums on {it}", _strike, (0.15, 1.2)),
)
