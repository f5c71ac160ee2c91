"""A build from rendered scenes in a folder: its settings, its pieces, and how its records are counted."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.protocols import Renderer
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.categories import own
from chorus_recon.categories.own import Own
from chorus_recon.categories.words import said as words_of
from chorus_recon.errors import PriorError
from chorus_recon.geometry.threads import one_thread
from chorus_recon.io import category_names
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.build import Plan
from chorus_recon.priors.clustering import provenance, statistics
from chorus_recon.priors.clustering.gather import Gathered, Step
from chorus_recon.priors.clustering.grouping import Grouping
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.chunks import number_of
from chorus_recon.priors.jobs.settings import BuildManifest, SceneSettings, Settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.scenes import counting, pieces, recorded
from chorus_recon.priors.scenes.maker import MakeScenes
from chorus_recon.priors.scenes.pieces import BLOCK, BuildConfig, Row
from chorus_recon.priors.scenes.scene_count import Shown
from chorus_recon.priors.scenes.subject import Subject, fingerprint, named, subject_of
from chorus_recon.types import Prompt, Shot

SOURCE = "rendered"
MESHES = "mesh"  # the folder of the copy of the user's mesh
MOST = 1024  # default limit on the scenes of an interaction until convergence


def settings_of(noun: str, said: Own, config: BuildConfig) -> Settings:
    """What determines the records of a build.

    Raises:
        PriorError: nothing is known of the noun, too little is said of it, or no interaction fits its shapes.
        InputError: the user's mesh cannot be used.
    """
    subject = subject_of(noun, said)
    rows = pieces.rendered_rows(subject)
    if not rows:
        raise PriorError(f"No scene of {noun!r} could be made.", "No shape has what its interactions touch.")
    scenes = SceneSettings(
        noun=noun,
        thing=own.facts(said),
        subject=fingerprint(subject, {}),
        shapes=tuple(len(row.shapes) for row in rows),
        views=config.views,
        steps=config.steps,
    )
    return Settings(
        category=category_names.words(named(subject, noun).category.name),
        source=SOURCE,
        prompts=(),
        phrases="none",
        seed=config.seed,
        balance=False,
        screening="",
        camera="",
        segmenter="",
        human="",
        chunk=BLOCK,
        scenes=scenes,
    )


def keep_mesh(folder: Storage, said: Own) -> None:
    """Copy the user's mesh into a build's folder, so that the folder has all that its prior is made of."""
    if said.mesh is not None:
        folder.write(f"{MESHES}/{said.mesh.name}", said.mesh.read_bytes())


def maker(noun: str, said: Own, config: BuildConfig) -> MakeScenes:
    """Makes a worker for the pieces of a build."""
    located = said if said.mesh is None else replace(said, mesh=said.mesh.absolute())
    return MakeScenes(noun, located, config.views, config.steps)


def plan(context: "SceneContext", chosen: Settings) -> Plan:
    """Gives the shots of a round: those of a piece have its seed, and the interaction as their verb."""
    layout = chosen.layout

    def shots(start: int, end: int, _: Counter[int]) -> list[Shot]:
        made: list[Shot] = []
        for block, count in layout.blocks(start, end):
            for which, row in enumerate(context.rows):
                first = (block * len(context.rows) + which) * layout.stride
                prompt = Prompt(chosen.category, _text(row, chosen.category), row.interaction.name, "table")
                seed = pieces.seed_of(chosen.seed, row.number, block)
                indices = range(first, first + layout.pictures(which, count))
                made += [Shot(index, prompt, "", "", seed) for index in indices]
        return made

    return shots


def context(
    chosen: Settings, said: Own | None = None, folder: Storage | None = None, voxels: int | None = None
) -> "SceneContext":
    """What counts a build's records.

    Args:
        chosen: the build's settings.
        said: what the user says; by default what the folder's settings say.
        folder: the build's folder, which has the user's mesh.
        voxels: along the longest side of the grid, if not the default.

    Raises:
        PriorError: the scenes were made of another description of the noun than this release has.
    """
    scenes = chosen.scenes
    assert scenes is not None
    if said is not None:
        subject = subject_of(scenes.noun, said)
    else:
        subject = _kept_subject(scenes, folder)
    if fingerprint(subject, {}) != scenes.subject:
        raise PriorError(
            f"The scenes of {chosen.category!r} were made of another description than this release has.",
            "Count them with the release that made them, or build them again in another folder.",
        )
    return SceneContext(
        subject=named(subject, scenes.noun), voxels=voxels, body=DefaultBody(), renderer=EmbreeRenderer()
    )


def _kept_subject(scenes: SceneSettings, folder: Storage | None) -> Subject:
    said = own.from_facts(scenes.thing)
    if said.mesh is None or folder is None:
        return subject_of(scenes.noun, said)
    with tempfile.TemporaryDirectory() as scratch:  # the folder may be a bucket
        copy = Path(scratch) / said.mesh.name
        copy.write_bytes(folder.read(f"{MESHES}/{said.mesh.name}"))
        return subject_of(scenes.noun, replace(said, mesh=copy))


@dataclass(frozen=True, slots=True)
class SceneContext:
    """Counts the records of rendered scenes. It is a `Context`."""

    subject: Subject
    voxels: int | None
    body: DefaultBody
    renderer: Renderer

    @property
    def rows(self) -> list[Row]:
        """The interactions that are rendered, one per row of the layout."""
        return pieces.rendered_rows(self.subject)

    def gather(
        self,
        folder: Storage,
        chunks: Sequence[str],
        mode: Mode,
        step: Step | None = None,
        by: Grouping = Grouping.AUTO,
    ) -> Gathered:
        """Count the given chunks. Each interaction is a cluster, whatever the grouping."""
        rows = [row.interaction.name for row in self.rows]
        bins = views.BANDED_BINS
        mass = torch.zeros(bins.count, dtype=torch.float64)

        def shown_of(row: Row) -> list[Shown]:
            if row.interaction.name not in rows:
                return []
            which = rows.index(row.interaction.name)
            shown: list[Shown] = []
            for name in chunks:
                if number_of(name) % len(rows) == which:
                    records = collect.read(folder, name).records
                    shown += recorded.restore(records, self.body, self.renderer)
            for picture in (picture for scene in shown for picture in scene.pictures):
                mass[views.bin_of(picture.cam_from_canon, bins)] += picture.weight
            return shown

        def done(_: str, number: int, total: int) -> None:
            if step:
                step(number, total)

        with one_thread():
            summary = statistics.take(folder, chunks)
            counted = counting.count(self.subject, (mode,), self.voxels, self.body, shown_of, done)
        coverage = views.coverage(mass, summary.kept, bins) if summary.kept else None
        return Gathered(counted.clusters[mode], coverage, summary)

    def provenance(
        self, manifest: BuildManifest, gathered: Gathered, mode: Mode, by: Grouping
    ) -> dict[str, object]:
        """As of a prior that is built in memory; `by` does not apply."""
        scenes = manifest.settings.scenes
        assert scenes is not None
        pictures = {each.text: each.kept for each in gathered.statistics.prompts}
        table = pieces.table_of(self.subject.category, self.subject.shapes)
        kept = {
            row.interaction.name: pictures.get(_text(row, manifest.settings.category), 0) // scenes.views
            for row in table
        }
        made = counting.provenance(
            self.subject, manifest.images, scenes.views, manifest.settings.seed, kept, mode
        )
        return made | provenance.incomplete(manifest, gathered.statistics)


def _text(row: Row, category: str) -> str:
    """What is done, in words; unique among the interactions."""
    name = category_names.words(row.interaction.name)
    return f"{name}: {words_of(row.interaction).format(it=f'the {category}')}"
