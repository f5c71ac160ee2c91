"""All archetypes by name, and the interactions of a thing that is used by several."""

from collections.abc import Mapping
from dataclasses import replace

from chorus_recon.categories.archetypes import (
    both_hands,
    carried,
    hands,
    music,
    near,
    shafts,
    sitting,
    small_tools,
    sport,
    standing_at,
    table_top,
    worn,
)
from chorus_recon.categories.archetypes.archetype import Archetype, Extent
from chorus_recon.categories.schema import Interaction

ARCHETYPES: dict[str, Archetype] = {
    each.name: each
    for module in (
        shafts,
        small_tools,
        hands,
        both_hands,
        carried,
        worn,
        sitting,
        near,
        standing_at,
        table_top,
        sport,
        music,
    )
    for each in module.ARCHETYPES
}


def interactions(uses: Mapping[str, float], size: Extent) -> tuple[Interaction, ...]:
    """The interactions of the archetypes named, each with its share of the uses.

    Args:
        uses: archetype -> its share of all uses.
        size: the object's typical size.
    """
    return tuple(
        replace(row, share=round(share * row.share, 6))
        for name, share in uses.items()
        for row in ARCHETYPES[name].rows(size)
    )
