"""Build a category's prior from rendered scenes with true masks and cameras."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.protocols import ShapeSource
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.categories.schema import Category, Interaction
from chorus_recon.errors import PriorError
from chorus_recon.geometry import bones, warp
from chorus_recon.geometry.grid import PAPER_GRID, with_voxels
from chorus_recon.geometry.threads import one_thread
from chorus_recon.io import category_names
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import poses
from chorus_recon.priors.scenes import seeds
from chorus_recon.priors.scenes.scene_count import PerInteraction, Pooled, SceneCount, Typical, uses_of
from chorus_recon.priors.scenes.subject import Subject, subject_of
from chorus_recon.types import ObjectShape, Observation, PlacementSeed, PriorSet, Rigid, TypicalPoses
from chorus_recon.version import __version__

Progress = Callable[[str, int, int], None]  # (interaction, clusters done, clusters in all)


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """The number of scenes, views, steps and voxels of a build."""

    scenes: int = 64  # people per interaction
    views: int = 4  # pictures per scene, from random directions
    steps: int = ik.STEPS  # of inverse kinematics
    voxels: int | None = None  # along the grid's longest side; None: the category's own grid
    seed: int = 0


def build(
    category: str | Subject,
    config: BuildConfig | None = None,
    shapes: ShapeSource | None = None,
    progress: Progress | None = None,
) -> PriorSet:
    """Build a category's prior; the same arguments give the same prior, bit for bit.

    The category is bundled, a noun of the table, or a described `Subject`. Each of its interactions is posed
    by inverse kinematics, rendered from random directions with known cameras and masks, and aggregated in
    canonical space.

    Raises:
        PriorError: the category or its shape is unknown, or no scene could be made.
    """
    return build_modes(category, (Mode.ROBUST,), config, shapes, progress)[Mode.ROBUST]


def build_modes(
    category: str | Subject,
    modes: Sequence[Mode],
    config: BuildConfig | None = None,
    shapes: ShapeSource | None = None,
    progress: Progress | None = None,
) -> dict[Mode, PriorSet]:
    """Build a category's priors by several aggregation methods from the same pictures.

    `Mode.PAPER` gives one cluster of all pictures on the published grid (`scene_count.Pooled`).
    """
    config = config or BuildConfig()
    subject = category if isinstance(category, Subject) else subject_of(category)
    row = subject.category
    objects = list(subject.shapes) if shapes is None else shapes.shapes(row.name)
    if not objects:
        raise PriorError(f"No shape is known for {row.name!r}.", "Pass a shape source that has it.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums over several threads differ in their last bits
    try:
        rig = ik.Rig(DefaultBody())
        table = row.interactions()
        counts = [_count(mode, rig, row, config.voxels) for mode in modes]
        kept: dict[str, int] = {}
        for number, interaction in enumerate(table):
            if interaction.twin_of in kept:
                for count in counts:
                    count.mirror(interaction)
            else:
                generator = _generator(config, number)
                made = _scenes(rig, interaction, objects, row, config, generator)
                kept[interaction.name] = len(made)
                if made:
                    pictures = _photographed(rig, made, row, config, generator)
                    typical = Typical(_seeds(rig, made, objects[0]), _poses(rig, made))
                    for count in counts:
                        count.add(interaction, pictures, typical)
            if progress:
                progress(interaction.name, number + 1, len(table))
    finally:
        torch.set_num_threads(threads)
    if not any(kept.values()):
        raise PriorError(f"No scene of {row.name!r} could be made.", "Ask for more scenes.")
    about = {"description": subject.about} if subject.about else {}
    return {
        mode: PriorSet(
            category_names.words(row.name),
            count.clusters(rig.body.id),
            _provenance(objects, config, kept, mode) | about,
        )
        for mode, count in zip(modes, counts, strict=True)
    }


def with_poses(prior: PriorSet) -> PriorSet:
    """A prior of `build_modes` with typical poses and uses counted again, which takes no pictures.

    Its scenes are posed again, by the seed and the numbers in its provenance. What was counted in pictures
    stays.

    Raises:
        PriorError: the prior was not built from rendered scenes of this category's table.
    """
    facts = prior.provenance
    subject = subject_of(prior.category)
    row = subject.category
    table = {interaction.name: (n, interaction) for n, interaction in enumerate(row.interactions())}
    if facts.get("source") != "rendered" or not {c.cluster for c in prior.clusters} <= table.keys():
        raise PriorError(
            f"The prior of {prior.category!r} was not built from the scenes of this release.",
            f"Build it again: chorus-recon prior build {row.name}",
        )
    config = BuildConfig(scenes=facts["scenes_asked"], views=facts["views"], seed=facts["seed"])
    objects = list(subject.shapes)
    found: dict[str, TypicalPoses] = {}
    with one_thread():
        rig = ik.Rig(DefaultBody())
        for cluster in prior.clusters:
            number, interaction = table[cluster.cluster]
            if interaction.twin_of in found:
                found[cluster.cluster] = poses.mirrored(found[interaction.twin_of])
            else:
                generator = _generator(config, number)
                made = _scenes(rig, interaction, objects, row, config, generator)
                found[cluster.cluster] = _poses(rig, made)
    clusters = tuple(
        replace(cluster, poses=found[cluster.cluster], uses=uses_of(table[cluster.cluster][1]))
        for cluster in prior.clusters
    )
    return replace(prior, clusters=clusters)


def _generator(config: BuildConfig, number: int) -> torch.Generator:
    """Random numbers of the interaction with this number in the table: of its scenes, then of cameras."""
    return torch.Generator().manual_seed(config.seed * 1000 + number)


def _scenes(
    rig: ik.Rig,
    interaction: Interaction,
    objects: list[ObjectShape],
    row: Category,
    config: BuildConfig,
    generator: torch.Generator,
) -> list[scenes.Scene]:
    fitting = scenes.shapes_for(objects, interaction)
    each = -(-config.scenes // max(1, len(fitting)))
    made: list[scenes.Scene] = []
    for shape in fitting:
        made += scenes.make_scenes(rig, interaction, shape, row.frame, each, generator, config.steps)
    return made


def _photographed(
    rig: ik.Rig,
    made: list[scenes.Scene],
    row: Category,
    config: BuildConfig,
    generator: torch.Generator,
) -> list[list[Observation]]:
    """Render the pictures of each scene."""
    renderer = EmbreeRenderer()
    return [
        list(scenes.photograph(scene, rig, renderer, config.views, generator, row.thicken_px))
        for scene in made
    ]


def _count(mode: Mode, rig: ik.Rig, row: Category, voxels: int | None) -> SceneCount:
    grid = with_voxels(PAPER_GRID if mode is Mode.PAPER else row.grid, voxels)
    weights = warp.weight_field(rig.body.canonical()[0], rig.body.skin_weights, grid)
    return Pooled(grid, weights) if mode is Mode.PAPER else PerInteraction(grid, weights)


def _seeds(rig: ik.Rig, made: list[scenes.Scene], shape: ObjectShape) -> tuple[PlacementSeed, ...]:
    posed = [rig.body.pose(scenes.placed(scene)) for scene in made]
    low, high = shape.vertices.amin(0), shape.vertices.amax(0)
    corners = (low + high) / 2 + (high - low) / 2 * (torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3))
    return seeds.choose(
        torch.stack([body.cam_from_canon for body in posed]),
        rig.body.canonical()[1],
        rig.body.joint_names,
        Rigid(
            torch.stack([scene.world_from_object.rotation for scene in made]),
            torch.stack([scene.world_from_object.translation_m for scene in made]),
        ),
        torch.tensor([scene.scale for scene in made]),
        corners,
        shape.symmetry,
    )


def _poses(rig: ik.Rig, made: list[scenes.Scene]) -> TypicalPoses:
    """How the people of the scenes hold themselves; the vertical is that of the world."""
    joints = torch.stack([rig.body.pose(scenes.placed(scene)).joints for scene in made])
    return poses.typical(bones.directions(joints, rig.body.joint_names, torch.tensor([0.0, 1.0, 0.0])))


def _provenance(
    objects: list[ObjectShape], config: BuildConfig, kept: dict[str, int], mode: Mode
) -> dict[str, object]:
    optional: dict[str, object] = {} if mode is Mode.ROBUST else {"aggregation": mode.value}
    return optional | {
        "source": "rendered",
        "chorus_recon": __version__,
        "seed": config.seed,
        "scenes_asked": config.scenes,
        "views": config.views,
        "scenes_kept": kept,
        "shapes": sorted({f"{shape.name}: {shape.source}" for shape in objects}),
    }
