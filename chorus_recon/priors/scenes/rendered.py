"""Build a category's prior from rendered scenes with true masks and cameras, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.protocols import ShapeSource
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import PriorError
from chorus_recon.geometry.threads import one_thread
from chorus_recon.io import category_names
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import poses
from chorus_recon.priors.scenes import counting, pieces
from chorus_recon.priors.scenes.pieces import BuildConfig, Posed, Row, table_of
from chorus_recon.priors.scenes.scene_count import Shown, uses_of
from chorus_recon.priors.scenes.subject import Subject, subject_of
from chorus_recon.types import PriorSet, TypicalPoses

Progress = Callable[[str, int, int], None]  # (interaction, clusters done, clusters in all)


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
    if shapes is not None:
        subject = replace(subject, shapes=tuple(shapes.shapes(subject.category.name)))
    name = subject.category.name
    if not subject.shapes:
        raise PriorError(f"No shape is known for {name!r}.", "Pass a shape source that has it.")
    with one_thread():  # sums over several threads differ in their last bits
        rig = ik.Rig(DefaultBody())
        counted = counting.count(
            subject, modes, config.voxels, rig.body, lambda row: _shown(rig, row, subject, config), progress
        )
    if not any(counted.kept.values()):
        raise PriorError(
            f"No scene of {name!r} could be made: the body reaches it in none of its uses.",
            "Check its size, and whether things of such a shape are used so.",
        )
    return {
        mode: PriorSet(
            category_names.words(name),
            clusters,
            counting.provenance(subject, config.scenes, config.views, config.seed, counted.kept, mode),
        )
        for mode, clusters in counted.clusters.items()
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
    table = {interaction.name: interaction for interaction in row.interactions()}
    if facts.get("source") != "rendered" or not {c.cluster for c in prior.clusters} <= table.keys():
        raise PriorError(
            f"The prior of {prior.category!r} was not built from the scenes of this release.",
            f"Build it again: chorus-recon prior build {row.name}",
        )
    config = BuildConfig(scenes=facts["scenes_asked"], views=0, seed=facts["seed"])
    rows = {each.interaction.name: each for each in table_of(row, subject.shapes)}
    found: dict[str, TypicalPoses] = {}
    with one_thread():
        rig = ik.Rig(DefaultBody())
        for cluster in prior.clusters:
            name = cluster.cluster
            if name in rows:
                found[name] = counting.typical_poses(rig.body, _shown(rig, rows[name], subject, config))
            else:
                found[name] = poses.mirrored(found[table[name].twin_of])
    clusters = tuple(
        replace(cluster, poses=found[cluster.cluster], uses=uses_of(table[cluster.cluster]))
        for cluster in prior.clusters
    )
    return replace(prior, clusters=clusters)


def _shown(rig: ik.Rig, row: Row, subject: Subject, config: BuildConfig) -> list[Shown]:
    """The scenes of an interaction with their pictures."""
    shown: list[Shown] = []
    for block, count in pieces.blocks(config.scenes):
        seed = pieces.seed_of(config.seed, row.number, block)
        generator = torch.Generator().manual_seed(seed)
        posed = pieces.pose(rig, row, subject.category, count, config.steps, generator)
        shown += [_photographed(rig, each, subject, config, generator) for each in posed]
    return shown


def _photographed(
    rig: ik.Rig, posed: Posed, subject: Subject, config: BuildConfig, generator: torch.Generator
) -> Shown:
    scene, world = posed.scene, posed.world
    taken = scenes.photograph(
        scene,
        world,
        rig.body,
        EmbreeRenderer(),
        config.views,
        generator,
        subject.category.thicken_px,
    )
    pictures = tuple(picture.observation for picture in taken)
    return Shown(world.cam_from_canon, world.joints, scene.world_from_object, scene.scale, pictures)
