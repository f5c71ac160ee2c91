"""Count the scenes of a subject's interactions into the clusters of a prior."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.categories.schema import Category
from chorus_recon.geometry import bones, warp
from chorus_recon.geometry.grid import PAPER_GRID, with_voxels
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import poses
from chorus_recon.priors.scenes import seeds
from chorus_recon.priors.scenes.pieces import Row, table_of
from chorus_recon.priors.scenes.scene_count import PerInteraction, Pooled, SceneCount, Shown, Typical
from chorus_recon.priors.scenes.subject import Subject
from chorus_recon.types import ObjectShape, OccupancyPrior, PlacementSeed, Rigid, TypicalPoses
from chorus_recon.version import __version__

Done = Callable[[str, int, int], None]  # (interaction, interactions done, interactions in all)
_UP = torch.tensor([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Counted:
    """The clusters by each aggregation method, and the number of scenes of each rendered interaction."""

    clusters: dict[Mode, tuple[OccupancyPrior, ...]]
    kept: dict[str, int]


def count(
    subject: Subject,
    modes: Sequence[Mode],
    voxels: int | None,
    body: DefaultBody,
    shown_of: Callable[[Row], Sequence[Shown]],
    done: Done | None = None,
) -> Counted:
    """Count all interactions of a subject; `shown_of` gives the scenes of one. To be called on one thread.

    Without any scene there are no clusters.
    """
    interactions = subject.category.interactions()
    rows = {row.interaction.name: row for row in table_of(subject.category, subject.shapes)}
    counts = {mode: _count(mode, body, subject.category, voxels) for mode in modes}
    kept: dict[str, int] = {}
    for number, interaction in enumerate(interactions):
        row = rows.get(interaction.name)
        if row is None:
            for each in counts.values():
                each.mirror(interaction)
        else:
            shown = shown_of(row)
            kept[interaction.name] = len(shown)
            if shown:
                typical = Typical(_seeds(body, shown, subject.shapes[0]), typical_poses(body, shown))
                pictures = [list(scene.pictures) for scene in shown]
                for each in counts.values():
                    each.add(interaction, pictures, typical)
        if done:
            done(interaction.name, number + 1, len(interactions))
    found = any(kept.values())
    return Counted({mode: each.clusters(body.id) if found else () for mode, each in counts.items()}, kept)


def provenance(
    subject: Subject, scenes: int, views: int, seed: int, kept: dict[str, int], mode: Mode
) -> dict[str, object]:
    """What the file of a prior from rendered scenes says of how it was made."""
    facts: dict[str, object] = {} if mode is Mode.ROBUST else {"aggregation": mode.value}
    facts |= {
        "source": "rendered",
        "chorus_recon": __version__,
        "seed": seed,
        "scenes_asked": scenes,
        "views": views,
        "scenes_kept": kept,
        "shapes": sorted({f"{shape.name}: {shape.source}" for shape in subject.shapes}),
    }
    return facts | ({"description": subject.about} if subject.about else {})


def typical_poses(body: DefaultBody, shown: Sequence[Shown]) -> TypicalPoses:
    """How the people of the scenes hold themselves; the vertical is that of the world."""
    joints = torch.stack([scene.joints for scene in shown])
    return poses.typical(bones.directions(joints, body.joint_names, _UP))


def _count(mode: Mode, body: DefaultBody, category: Category, voxels: int | None) -> SceneCount:
    grid = with_voxels(PAPER_GRID if mode is Mode.PAPER else category.grid, voxels)
    weights = warp.weight_field(body.canonical()[0], body.skin_weights, grid)
    return Pooled(grid, weights) if mode is Mode.PAPER else PerInteraction(grid, weights)


def _seeds(body: DefaultBody, shown: Sequence[Shown], shape: ObjectShape) -> tuple[PlacementSeed, ...]:
    low, high = shape.vertices.amin(0), shape.vertices.amax(0)
    corners = (low + high) / 2 + (high - low) / 2 * (torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3))
    return seeds.choose(
        torch.stack([scene.world_from_canon for scene in shown]),
        body.canonical()[1],
        body.joint_names,
        Rigid(
            torch.stack([scene.world_from_object.rotation for scene in shown]),
            torch.stack([scene.world_from_object.translation_m for scene in shown]),
        ),
        torch.tensor([scene.scale for scene in shown]),
        corners,
        shape.symmetry,
    )
