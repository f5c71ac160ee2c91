"""Split a build from rendered scenes into pieces, and pose the scenes of a piece.

A piece is up to `BLOCK` scenes of one interaction. It depends only on the subject, the settings and its own
random numbers, so pieces may be made anywhere and in any order.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.images.scenes.scene import Scene
from chorus_recon.categories.schema import Category, Interaction
from chorus_recon.priors.scenes.subject import Subject
from chorus_recon.types import ObjectShape, PosedBody

BLOCK = 64  # scenes of an interaction that are posed together


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """The number of scenes, views, steps and voxels of a build."""

    scenes: int = BLOCK  # people per interaction
    views: int = 4  # pictures per scene, from random directions
    steps: int = ik.STEPS  # of inverse kinematics
    voxels: int | None = None  # along the grid's longest side; None: the category's own grid
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """An interaction whose scenes are rendered, with its number in the table and the shapes it applies to."""

    number: int
    interaction: Interaction
    shapes: tuple[ObjectShape, ...]


@dataclass(frozen=True, slots=True)
class Posed:
    """A scene, with its person posed in world coordinates."""

    scene: Scene
    world: PosedBody


def table_of(category: Category, shapes: Sequence[ObjectShape]) -> list[Row]:
    """The interactions of a table that are rendered: not those that mirror an earlier one.

    A row without shapes has no scenes.
    """
    rows: list[Row] = []
    for number, interaction in enumerate(category.interactions()):
        if interaction.twin_of not in {row.interaction.name for row in rows}:
            fitting = scenes.shapes_for(shapes, interaction)
            rows.append(Row(number, interaction, tuple(fitting)))
    return rows


def rendered_rows(subject: Subject) -> list[Row]:
    """The rows of a subject that have scenes."""
    return [row for row in table_of(subject.category, subject.shapes) if row.shapes]


def blocks(count: int) -> Iterator[tuple[int, int]]:
    """(number, scenes) of the pieces of an interaction with `count` scenes."""
    for first in range(0, count, BLOCK):
        yield first // BLOCK, min(BLOCK, count - first)


def seed_of(seed: int, number: int, block: int) -> int:
    """The seed of a piece's random numbers: of its scenes, then of their cameras."""
    if block == 0:
        return seed * 1000 + number
    text = f"{seed} {number} {block}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def pose(
    rig: ik.Rig, row: Row, category: Category, count: int, steps: int, generator: torch.Generator
) -> list[Posed]:
    """Pose `count` scenes of an interaction, as many with each shape; scenes that fail are left out."""
    made: list[Scene] = []
    for shape in row.shapes:
        each = -(-count // len(row.shapes))
        made += scenes.make_scenes(rig, row.interaction, shape, category.frame, each, generator, steps)
    return [Posed(scene, rig.body.pose(scenes.placed(scene))) for scene in made]
