"""Build a category's prior: make pictures, observe them and aggregate the records.

The build's folder holds its whole state. A build that was interrupted resumes; a build run with more pictures
adds them. The prior's bytes depend only on the settings and the number of pictures.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import torch

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.errors import ConfigError
from chorus_recon.execution.executors import Local
from chorus_recon.execution.interface import Executor, WorkerPool
from chorus_recon.geometry.threads import one_thread
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering.gather import Gathered, Step
from chorus_recon.priors.clustering.grouping import Grouping
from chorus_recon.priors.jobs import collect, record_table, settings
from chorus_recon.priors.jobs.chunks import WHOLE, Chunk, Share, number_of
from chorus_recon.priors.jobs.collect import SHARDS, MakeObserver, Outcome
from chorus_recon.priors.jobs.records import Seen
from chorus_recon.priors.jobs.settings import BuildManifest, Settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import OccupancyPrior, PriorSet, Shot

RECORDS = "records.parquet"
ENOUGH = 0.05  # a build has converged when doubling the pictures changes the prior by less than this
USUAL = 1000  # default number of pictures
MOST = 50_000  # default limit on the pictures of a build until convergence


@dataclass(frozen=True, slots=True)
class Extent:
    """How many pictures, or scenes per interaction, a build makes: `images`, or fewer if the prior converges.

    With a `tolerance`, the prior is computed at the end of each round, as it would be delivered (same
    aggregation, grouping and smoothing). The build stops when `change` from the round before is below
    the tolerance.
    """

    images: int
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a build's stage: `done` of `total` pictures; `total` may be an upper bound.

    `counts` is the number of pictures per outcome. `found` of the `done` pictures are from earlier runs.
    """

    stage: str  # "pictures" or "counting"
    done: int
    total: int
    counts: Counter[str]
    found: int = 0


@dataclass(frozen=True, slots=True)
class Built:
    """A prior, the data it was computed from and the number of missing chunks.

    `prior` is None while chunks of other shards are missing, or if no picture was kept.
    """

    prior: PriorSet | None
    gathered: Gathered | None
    missing: int
    images: int = 0
    changes: tuple[float, ...] = ()


@runtime_checkable
class Context(Protocol):
    """What counts the records of a build into a prior, and draws them in its report."""

    @property
    def body(self) -> BodyModel:
        """The body of the records."""
        ...

    @property
    def renderer(self) -> Renderer:
        """Renders the body."""
        ...

    def gather(
        self, folder: Storage, chunks: Sequence[str], mode: Mode, step: Step | None = None, by: Grouping = ...
    ) -> Gathered:
        """Aggregate the records of the given chunks."""
        ...

    def provenance(
        self, manifest: BuildManifest, gathered: Gathered, mode: Mode, by: Grouping
    ) -> dict[str, object]:
        """What the prior's file says of how it was made."""
        ...


Plan = Callable[[int, int, Counter[int]], list[Shot]]  # (first, end, kept pictures per view bin so far)
Watch = Callable[[Progress], None]


def build(
    folder: Storage,
    chosen: Settings,
    extent: Extent,
    plan: Plan,
    observer: MakeObserver,
    context: Context,
    *,
    executor: Executor | None = None,
    share: Share = WHOLE,
    mode: Mode = Mode.ROBUST,
    by: Grouping = Grouping.AUTO,
    watch: Watch | None = None,
) -> Built:
    """Make the missing chunks of a build, then its prior.

    Args:
        folder: the build's folder.
        chosen: the settings that determine the records; they must match those in the folder.
        extent: how many pictures.
        plan: gives the shots of a range, from the views of the pictures kept in the rounds before.
        observer: makes a worker's models; it is sent to other processes.
        context: restores and aggregates records.
        executor: where chunks are made.
        share: this machine's share of the chunks.
        mode: the aggregation method.
        by: how pictures are grouped into clusters.
        watch: called with the progress.

    Raises:
        ConfigError: the settings do not match the folder, the shard or the executor.
    """
    where = executor or Local()
    _check(chosen, extent, share, where, folder)
    record_table.check()
    layout = chosen.layout
    manifest = settings.start_or_resume(folder, chosen, extent.images)
    meter = _Meter(watch, share.pictures(layout, extent.images), ticks=where.name == "local")
    judged: Gathered | None = None
    kept_per_bin: Counter[int] = Counter()
    changes: list[float] = []
    made = 0
    uses_rounds = share == WHOLE and (chosen.balance or extent.tolerance is not None)
    opening = collect.Opening(folder.absolute(), observer, meter.add if meter.ticks else None)
    meter.add(Counter())  # starts the watcher's clock
    with where.open(opening) as worker_pool:
        rounds = layout.rounds(extent.images) if uses_rounds else [(0, extent.images)]
        for start, end in rounds:
            cut = layout.cut(plan(start, end, kept_per_bin))
            mine = [chunk for chunk in cut if share.owns(number_of(chunk.name))]
            _collect(folder, manifest, mine, worker_pool, meter)
            made = end
            if not uses_rounds or end == extent.images:
                continue
            if chosen.balance:
                kept_per_bin.update(_kept_per_bin(folder, cut))
            if extent.tolerance is not None:
                previous = judged
                judged = context.gather(folder, layout.names(end), mode, by=by)
                if previous is not None and previous.clusters:
                    changes.append(change(previous.clusters, judged.clusters))
                    if changes[-1] < extent.tolerance:
                        break
    names = layout.names(made)
    collect.tidy(folder, names)
    missing = set(names) - collect.finished(folder)
    if missing:
        return Built(prior=None, gathered=None, missing=len(missing))
    converged = made < extent.images
    if converged:  # pictures that were not needed must not count as missing
        reached = layout.reach(collect.finished(folder))
        settings.save(folder, replace(manifest, images=reached))
    manifest = replace(manifest, images=made)
    built = finish(folder, manifest, names, context, mode, watch, by, judged if converged else None)
    return replace(built, changes=tuple(changes), images=made)


def finish(
    folder: Storage,
    manifest: BuildManifest,
    names: list[str],
    context: Context,
    mode: Mode,
    watch: Watch | None = None,
    by: Grouping = Grouping.AUTO,
    gathered: Gathered | None = None,
) -> Built:
    """Write all records into one table and aggregate them into a prior.

    Args:
        folder: the build's folder.
        manifest: the build's settings and number of pictures.
        names: its chunks. The provenance records how many of the build's pictures are not in them.
        context: restores and aggregates records.
        mode: the aggregation method.
        watch: called with the progress.
        by: how pictures are grouped into clusters.
        gathered: the aggregated chunks, if they have been aggregated already.
    """
    with folder.writing(RECORDS) as file:
        paths = (f"{SHARDS}/{name}.parquet" for name in names)
        tables = ((folder.path(path), folder.read(path)) for path in paths)
        record_table.join(file, tables, scenes=manifest.settings.scenes is not None)

    def step(done: int, total: int) -> None:
        if watch:
            watch(Progress("counting", done, total, Counter()))

    gathered = gathered or context.gather(folder, names, mode, step, by)
    if not gathered.clusters:
        return Built(prior=None, gathered=gathered, missing=0)
    provenance = context.provenance(manifest, gathered, mode, by)
    prior = PriorSet(manifest.settings.category.replace("_", " "), gathered.clusters, provenance)
    return Built(prior=prior, gathered=gathered, missing=0)


def change(before: Sequence[OccupancyPrior], after: Sequence[OccupancyPrior]) -> float:
    """How far two states of a prior differ, in [0, 1]: 1 minus their overlap (sum of minima over maxima).

    Clusters are weighted by their shares and matched greedily by overlap, because their names may change
    between the states. A cluster without a match counts as a complete difference.
    """
    with one_thread():
        old, new = (
            [cluster.share * cluster.expected.double() for cluster in clusters]
            for clusters in (before, after)
        )
        pairs = itertools.product(enumerate(old), enumerate(new))
        shared = {(a, b): float(torch.minimum(x, y).sum()) for (a, x), (b, y) in pairs}
        mass = sum(float(weighted.sum()) for weighted in (*old, *new))
    overlap = 0.0
    while shared:
        best = max(shared, key=lambda pair: (shared[pair], -pair[0], -pair[1]))
        overlap += shared[best]
        shared = {pair: v for pair, v in shared.items() if pair[0] != best[0] and pair[1] != best[1]}
    return 1 - overlap / max(mass - overlap, 1e-9)


@dataclass(slots=True)
class _Meter:
    """Counts pictures as they are done, and reports to the watcher."""

    watch: Watch | None
    images: int
    ticks: bool  # counts are added per picture, not per chunk
    counts: Counter[str] = field(default_factory=Counter)
    found: int = 0

    def add(self, more: Counter[str], found: bool = False) -> None:
        self.found += found * more.total()
        self.counts.update(more)
        self.counts = +self.counts  # drops zeros: the count of pictures in hand rises and falls
        if self.watch:
            self.watch(Progress("pictures", self.counts.total(), self.images, self.counts, self.found))


def _collect(
    folder: Storage,
    manifest: BuildManifest,
    mine: list[Chunk],
    worker_pool: WorkerPool[Chunk, Outcome],
    meter: "_Meter",
) -> None:
    """Make a round's missing chunks and count the pictures of all its chunks."""
    there = collect.finished(folder)
    if not there.issuperset(chunk.name for chunk in mine):
        settings.check_release(manifest, folder)
    for chunk in mine:
        if chunk.name in there:
            meter.add(Counter(map(collect.became, collect.read(folder, chunk.name).records)), found=True)
    first = not there
    for outcome in collect.collect(folder, mine, worker_pool):
        if first:
            first = False
            _check_still_owned(folder, manifest, outcome.chunk)
        if not meter.ticks:
            meter.add(outcome.counts)


def _check_still_owned(folder: Storage, manifest: BuildManifest, chunk: str) -> None:
    """Check that no other build has taken the folder; it can until the first chunk is finished.

    Raises:
        ConfigError: another build has; the chunk is removed.
    """
    if not folder.has(settings.FILE):
        return
    try:
        settings.check_same(manifest.settings, settings.load(folder).settings, folder)
    except ConfigError:
        folder.remove(f"{SHARDS}/{chunk}.parquet")
        raise


def _check(chosen: Settings, extent: Extent, share: Share, executor: Executor, folder: Storage) -> None:
    if share != WHOLE and (chosen.balance or extent.tolerance is not None):
        raise ConfigError(
            "Shards do not see each other's pictures: they cannot balance views or detect convergence.",
            "Give every shard --no-balance and the same --images.",
        )
    if executor.name != "local" and not folder.is_shared:
        raise ConfigError(f"{folder.url}: other processes cannot see this folder.", "Use --executor local.")


def _kept_per_bin(folder: Storage, made: list[Chunk]) -> Counter[int]:
    """Count the kept pictures of some chunks by the published view bin of their camera."""
    records = (record for chunk in made for record in collect.read(folder, chunk.name).records)
    return Counter(_bin(record.seen) for record in records if record.seen is not None)


def _bin(seen: Seen) -> int:
    cam_from_body = torch.eye(4)[None]
    cam_from_body[0, :3, :3] = seen.body.cam_from_body.rotation
    cam_from_body[0, :3, 3] = seen.body.cam_from_body.translation_m
    return views.bin_of(cam_from_body, views.PAPER_BINS)
