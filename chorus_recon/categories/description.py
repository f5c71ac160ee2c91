"""A description of a kind of thing, in the words of the table of nouns, and the category made of it."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.archetypes.listed import ARCHETYPES, interactions
from chorus_recon.categories.families.family import Family
from chorus_recon.categories.families.listed import FAMILIES
from chorus_recon.categories.schema import HANDS, WIDE, Category, Interaction, Predicate
from chorus_recon.categories.template import Template
from chorus_recon.geometry.grid import PAPER_GRID, cube
from chorus_recon.types import VoxelGrid

# Archetypes whose things stay in the space of the grid HANDS.
_AT_HAND = frozenset(
    "hold_small vessel drink tip_to_mouth eat to_ear before_eyes read use_small point at_hair wear_on_eyes "
    "wear_on_mouth wear_on_ears wear_on_ear wear_on_wrist wear_on_hand wear_at_throat hand_on "
    "shaft_one_hand hold_upright play_at_mouth play_down".split()
)
_FAR = frozenset("stand_beside near_raised fly_above lead hit sit_in touch open operate lie_on".split())
_SMALL_M, _LARGE_M, _HUGE_M = 0.3, 1.1, 2.8
_THIN_M = 0.06  # about the side of a voxel
_MODE, _SCALE = 0.6, 0.8  # of the spread: how much of it is in each size alone, and in all sizes together
_EQUAL = 0.02  # sizes that differ by less are one diameter


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a kind of thing.

    Attributes:
        name: the key, lower case with underscores.
        size: the typical size.
        spread: standard deviation of a size, as a fraction of it.
        family: the shape family.
        uses: archetype -> its share of all uses. The shares sum to 1.
        proportions: of the family, where they are not its defaults.
        synonyms: other nouns for it.
        hypernym: the noun for the wider kind; empty for the widest.
        settings: its surroundings, from `surroundings.SETTINGS`.
    """

    name: str
    size: Extent
    spread: float
    family: str
    uses: Mapping[str, float]
    proportions: Mapping[str, float] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    hypernym: str = ""
    settings: tuple[str, ...] = ()


def category_of(about: Description) -> Category:
    """The category: the family's shape, and the archetypes' interactions for the typical size."""
    longest = max(about.size.length_m, about.size.width_m, about.size.height_m)
    rows = _Rows(tuple(about.uses.items()), about.size)
    middle = sorted((about.size.length_m, about.size.width_m, about.size.height_m))[1]
    return Category(
        name=about.name,
        longest_side_m=(longest * max(0.2, 1 - 2.5 * about.spread), longest * (1 + 2.5 * about.spread)),
        templates=(template(about),),
        interactions=rows,
        predicates=tuple(
            Predicate(ARCHETYPES[name].text, tuple(row.name for row in ARCHETYPES[name].rows(about.size)))
            for name, _ in sorted(about.uses.items(), key=lambda use: -use[1])
        ),
        grid=_grid(longest, about.uses),
        thicken_px=1 if middle < _THIN_M else 0,
        far_from_body=longest > 1.6 or bool(_FAR & about.uses.keys()),
        synonyms=about.synonyms,
        settings=about.settings or ("room",),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The interactions, made when they are asked for."""

    uses: tuple[tuple[str, float], ...]
    size: Extent

    def __call__(self) -> tuple[Interaction, ...]:
        return interactions(dict(self.uses), self.size)


def template(about: Description) -> Template:
    """The parametric shape of a description. Sizes that are equal across an axis vary together."""
    family = FAMILIES[about.family]
    size = about.size
    values = {"length_m": size.length_m, "width_m": size.width_m, "height_m": size.height_m}
    pairs = {"x": ("length_m", "height_m"), "y": ("length_m", "width_m"), "z": ("width_m", "height_m")}
    across = tuple(values) if family.round_about == "xyz" else pairs.get(family.round_about, ())
    build: Callable[..., object] = partial(family.make, **about.proportions)
    symmetry = "none"
    if across and max(values[name] for name in across) < (1 + _EQUAL) * min(values[name] for name in across):
        build = partial(_round, family, dict(about.proportions), across)
        symmetry = "sphere" if family.round_about == "xyz" else f"axis_{family.round_about}"
        values = {"diameter_m": values[across[0]]} | {k: v for k, v in values.items() if k not in across}
    return Template(
        build=build,  # pyright: ignore[reportArgumentType]
        sizes={name: (value, _MODE * about.spread * value) for name, value in values.items()},
        symmetry=symmetry,
        scale_sd=_SCALE * about.spread,
        upright=family.upright,
    )


def _round(
    family: Family, proportions: dict[str, float], across: tuple[str, ...], diameter_m: float, **rest: float
):
    return family.make(**dict.fromkeys(across, diameter_m), **rest, **proportions)


def _grid(longest_m: float, uses: Mapping[str, float]) -> VoxelGrid:
    if longest_m > _HUGE_M:
        return cube(6.0, 56)
    if longest_m > _LARGE_M or _FAR & uses.keys():
        return WIDE
    return HANDS if longest_m < _SMALL_M and uses.keys() <= _AT_HAND else PAPER_GRID


def like(about: Description, **changes: object) -> Description:
    """The description with some fields replaced; new uses replace all uses."""
    return dataclasses.replace(about, **changes)  # pyright: ignore[reportArgumentType]
