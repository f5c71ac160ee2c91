"""Archetypes of things on a table, and of controls held in both hands."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    FACING_USER,
    STANDING,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    LEVEL,
    SEATED_LEGS,
    STAND,
    STANDING_LEGS,
    Pose,
    arm,
    lean,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_FREE = replace(STANDING, balance=())
_LOOKS_DOWN: Pose = (("neck", (0.3, 0.0, 0.0)), ("head", (0.15, 0.0, 0.0)))
_ASIDE_M, _ASIDE = 0.4, 0.8  # how far to either side of its user a thing on a table stands, of its size
_REACH = (*arm("left", 0.2, -0.85, 0.45, 1.2), *arm("right", -0.2, -0.85, 0.45, 1.2))


def _on_table(size: Extent) -> tuple[Interaction, ...]:
    """Seated or standing before it: it stands on a table, with no hand on it or one, the larger the freer."""
    aside = min(_ASIDE_M, _ASIDE * max(size.length_m, size.width_m))
    near = Contact("belly", size.spot(1.0, -1.0, forward_m=0.2, up_m=0.0), 0.0, 0.09)
    seated = replace(
        _FREE,
        name="on_table",
        verb="sits before",
        share=0.7,
        pose=(*lean(0.0, 0.1), *SEATED_LEGS, *_REACH),
        other=(*lean(0.2, 0.3), *SEATED_LEGS, *_REACH, *_LOOKS_DOWN),
        contacts=(near,),
        aligns=(LEVEL, Align("forward", (0.0, 0.0, -1.0), spread_deg=25.0, sigma_deg=10.0)),
        ground=(),
        gaze=(0.0, -0.4, 1.0),
        facing_deg=(-25.0, 25.0),
        shift_m=((-aside / 4, -0.05, -aside), (aside, 0.05, aside)),
    )
    standing = replace(
        seated,
        name="on_counter",
        verb="stands before",
        share=0.3,
        pose=(*STAND, *_REACH),
        other=(*lean(0.2, 0.25), *STANDING_LEGS, *_REACH, *_LOOKS_DOWN),
        ground=STANDING.ground,
    )
    return seated, standing


def _hands_on(size: Extent) -> tuple[Interaction, ...]:
    """A keyboard, a laptop, a board game, a sewing machine: on a table, both hands on it."""
    apart = min(0.85, 0.22 / size.width_m)
    reach = 1.0 if size.height_m < 0.12 else 0.2
    row = replace(
        _FREE,
        name="hands_on",
        verb="uses",
        pose=(*lean(0.0, 0.15), *SEATED_LEGS, *_REACH, *_LOOKS_DOWN),
        other=(*lean(0.2, 0.35), *SEATED_LEGS, *_REACH, *_LOOKS_DOWN),
        contacts=pair("palm", size.spot(0.3, reach, -apart), size.spot(0.3, reach, apart), 0.02, 0.02),
        aligns=(
            LEVEL,
            FACING_USER,
            Align("up", (0.0, 1.0, 0.0), "left_hand", 8.0, 16.0),
            Align("up", (0.0, 1.0, 0.0), "right_hand", 8.0, 16.0),
        ),
        ground=(),
        gaze=(0.0, -0.5, 1.0),
    )
    return (row,)


def _one_hand_on(size: Extent) -> tuple[Interaction, ...]:
    """A mouse, a kettle, a toaster: on a table, the right hand on it."""
    row = replace(
        _FREE,
        name="hand_on_right",
        verb="uses",
        pose=(*lean(0.05, 0.15), *SEATED_LEGS, *_REACH),
        other=(*lean(0.2, 0.3), *STANDING_LEGS, *_REACH),
        contacts=(Contact("right_palm", size.spot(0.2, 1.0), 0.015, 0.025),),
        aligns=(
            LEVEL,
            Align("forward", (0.0, 0.0, -1.0), spread_deg=25.0, sigma_deg=10.0),
            Align("up", (0.0, 1.0, 0.0), "right_hand", 10.0, 16.0),
        ),
        ground=(),
        gaze=(-0.1, -0.5, 1.0),
    )
    return two_sided(row)


def _steer(size: Extent) -> tuple[Interaction, ...]:
    """A steering wheel, oars, a game pad: its front to the person, a hand at either side."""
    row = replace(
        _FREE,
        name="steer",
        verb="holds",
        pose=(*lean(-0.1, 0.1), *SEATED_LEGS, *_REACH),
        other=(
            *lean(0.1, 0.2),
            *SEATED_LEGS,
            *arm("left", 0.25, -0.6, 0.75, 0.7),
            *arm("right", -0.25, -0.6, 0.75, 0.7),
        ),
        contacts=pair("palm", size.spot(0.0, 0.1, -0.95), size.spot(0.0, 0.1, 0.95), 0.01, 0.02),
        aligns=(
            Align("forward", (0.0, 0.4, -0.9), spread_deg=14.0, sigma_deg=10.0),
            Align("up", (0.0, 0.9, 0.4), spread_deg=10.0, sigma_deg=10.0),
        ),
        ground=(),
        gaze=(0.0, -0.1, 1.0),
    )
    return (row,)


ARCHETYPES = (
    Archetype("on_table", "sits before {it} at a table", _on_table, (0.01, 1.2)),
    Archetype("hands_on", "uses {it} with both hands", _hands_on, (0.12, 1.5)),
    Archetype("hand_on", "uses {it} with one hand", _one_hand_on, (0.04, 0.7)),
    Archetype("steer", "holds {it} with both hands", _steer, (0.1, 0.6)),
)
