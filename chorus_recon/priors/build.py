"""Build a category's prior: make pictures, observe them and aggregate the records.

The build's folder holds everything: run again after any interruption, it goes on; run with more
pictures, it adds them. The prior's bytes depend on the settings and the number of pictures alone.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch

from chorus_recon.errors import ConfigError
from chorus_recon.geometry.threads import one_thread
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import gather
from chorus_recon.priors.clustering.gather import AggregationContext, Gathered
from chorus_recon.priors.clustering.grouping import Grouping
from chorus_recon.priors.jobs import chunks, collect, record_table, settings
from chorus_recon.priors.jobs.chunks import WHOLE, Chunk, Share
from chorus_recon.priors.jobs.collect import KEPT, SHARDS, MakeObserver, Outcome
from chorus_recon.priors.jobs.executors import Executor, Local, WorkerPool
from chorus_recon.priors.jobs.records import Seen
from chorus_recon.priors.jobs.settings import BuildManifest, Settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import OccupancyPrior, PriorSet, Shot
from chorus_recon.version import __version__

RECORDS = "records.parquet"
ENOUGH = 0.05  # a round that doubles the pictures and changes the prior by less than this is the last
USUAL = 1000  # pictures, where nobody says how many
MOST = 50_000  # pictures, where it ends when more would not help


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a build goes: `images` pictures, or fewer where `tolerance` is met at the end of a round.

    What is judged is the prior as it would be delivered then: in the way of counting asked for, grouped
    and settled, each interaction by its share (`change`).
    """

    images: int
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `counts` says what became of the pictures, `total` may be a bound.

    `found` of those done were there before.
    """

    stage: str  # "pictures" or "counting"
    done: int
    total: int
    counts: Counter[str]
    found: int = 0


@dataclass(frozen=True, slots=True)
class Built:
    """A prior (none while other shards are missing or nothing was kept) and what it was made of."""

    prior: PriorSet | None
    gathered: Gathered | None
    missing: int
    images: int = 0
    changes: tuple[float, ...] = ()


Plan = Callable[[int, int, Counter[int]], list[Shot]]  # first, end, kept pictures a view bin so far
Watch = Callable[[Progress], None]


def build(
    folder: Storage,
    chosen: Settings,
    extent: Extent,
    plan: Plan,
    observer: MakeObserver,
    context: AggregationContext,
    *,
    executor: Executor | None = None,
    share: Share = WHOLE,
    mode: Mode = Mode.ROBUST,
    by: Grouping = Grouping.AUTO,
    watch: Watch | None = None,
) -> Built:
    """Make what is missing of a build, then its prior.

    Args:
        folder: the build's own.
        chosen: what decides the records; it must match what is there.
        extent: how many pictures.
        plan: the shots of a range, from how the views came out in the rounds before.
        observer: makes a worker's models; it is sent to other processes.
        context: restores records and counts them.
        executor: where chunks are made.
        share: this machine's part of the chunks.
        mode: how records are counted.
        by: what clusters are.
        watch: called with the progress.
    """
    where = executor or Local()
    _check(chosen, extent, share, where, folder)
    record_table.check()
    claim = settings.claim(folder, chosen, extent.images)
    meter = _Meter(watch, share.pictures(extent.images, chosen.chunk), ticks=where.name == "local")
    judged: Gathered | None = None
    seen: Counter[int] = Counter()
    changes: list[float] = []
    made = 0
    looks_back = share == WHOLE and (chosen.balance or extent.tolerance is not None)
    opening = collect.Opening(folder.anywhere(), observer, meter.add if meter.ticks else None)
    meter.add(Counter())  # the clock starts
    with where.open(opening) as worker_pool:
        rounds = chunks.rounds(extent.images, chosen.chunk) if looks_back else [(0, extent.images)]
        for start, end in rounds:
            cut = chunks.cut(plan(start, end, seen), chosen.chunk)
            mine = [one for one in cut if share.owns(one, chosen.chunk)]
            _collect(folder, claim, mine, worker_pool, meter)
            made = end
            if not looks_back or end == extent.images:
                continue
            seen.update(_views(folder, cut))
            if extent.tolerance is not None:
                before, judged = (
                    judged,
                    gather.gather(folder, chunks.names(end, chosen.chunk), context, mode, by=by),
                )
                if before is not None and before.clusters:
                    changes.append(change(before.clusters, judged.clusters))
                    if changes[-1] < extent.tolerance:
                        break
    names = chunks.names(made, chosen.chunk)
    collect.tidy(folder, names)
    missing = set(names) - collect.finished(folder)
    if missing:
        return Built(None, None, len(missing))
    converged = made < extent.images
    if converged:  # so that nobody takes what was never needed for missing
        reached = chunks.reach(collect.finished(folder), chosen.chunk)
        settings.save(folder, replace(claim, images=reached))
    one = replace(claim, images=made)
    built = finish(folder, one, names, context, mode, watch, by, judged if converged else None)
    return replace(built, changes=tuple(changes), images=made)


def finish(
    folder: Storage,
    claim: BuildManifest,
    names: list[str],
    context: AggregationContext,
    mode: Mode,
    watch: Watch | None = None,
    by: Grouping = Grouping.AUTO,
    gathered: Gathered | None = None,
) -> Built:
    """Write all records into one table and count them into a prior.

    Args:
        folder: the build's own.
        claim: what its file says.
        names: its chunks; the prior says how many of the build's pictures are not in them.
        context: restores records and counts them.
        mode: how records are counted.
        watch: called with the progress.
        by: what clusters are.
        gathered: the chunks, where they have been counted already.
    """
    with folder.writing(RECORDS) as file:
        paths = (f"{SHARDS}/{name}.parquet" for name in names)
        record_table.join(file, ((folder.path(one), folder.read(one)) for one in paths))

    def step(done: int, total: int) -> None:
        if watch:
            watch(Progress("counting", done, total, Counter()))

    gathered = gathered or gather.gather(folder, names, context, mode, step, by)
    if not gathered.clusters:
        return Built(None, gathered, 0)
    facts = _provenance(claim, gathered, mode, by)
    return Built(PriorSet(claim.settings.category.replace("_", " "), gathered.clusters, facts), gathered, 0)


def change(before: Sequence[OccupancyPrior], after: Sequence[OccupancyPrior]) -> float:
    """How far two states of a prior differ, in [0, 1]: one less their overlap (sum of minima by maxima).

    Every interaction counts by its share and is held against the one it shares most with: names change
    as verbs trade places. One that is left over is a difference altogether.
    """
    with one_thread():
        old, new = ([one.share * one.expected.double() for one in several] for several in (before, after))
        pairs = itertools.product(enumerate(old), enumerate(new))
        shared = {(a, b): float(torch.minimum(x, y).sum()) for (a, x), (b, y) in pairs}
        every = sum(float(one.sum()) for one in (*old, *new))
    both = 0.0
    while shared:
        best = max(shared, key=lambda pair: (shared[pair], -pair[0], -pair[1]))
        both += shared[best]
        shared = {pair: v for pair, v in shared.items() if pair[0] != best[0] and pair[1] != best[1]}
    return 1 - both / max(every - both, 1e-9)


@dataclass(slots=True)
class _Meter:
    """Counts pictures as they come, and tells the watcher."""

    watch: Watch | None
    images: int
    ticks: bool  # told of each picture, not of whole chunks
    counts: Counter[str] = field(default_factory=Counter)
    found: int = 0

    def add(self, more: Counter[str], found: bool = False) -> None:
        self.found += found * more.total()
        self.counts.update(more)
        self.counts = +self.counts  # what is in hand comes and goes
        if self.watch:
            self.watch(Progress("pictures", self.counts.total(), self.images, self.counts, self.found))


def _collect(
    folder: Storage,
    claim: BuildManifest,
    mine: list[Chunk],
    worker_pool: WorkerPool[Chunk, Outcome],
    meter: "_Meter",
) -> None:
    """Make a round's missing chunks; those that are there are counted too."""
    there = collect.finished(folder)
    if not there.issuperset(one.name for one in mine):
        settings.check_release(claim, folder)
    for chunk in mine:
        if chunk.name in there:
            meter.add(Counter(map(collect.became, collect.read(folder, chunk.name).records)), found=True)
    first = not there
    for outcome in collect.collect(folder, mine, worker_pool):
        if first:
            first = False
            _still_ours(folder, claim, outcome.chunk)
        if not meter.ticks:
            meter.add(outcome.counts)


def _still_ours(folder: Storage, claim: BuildManifest, chunk: str) -> None:
    """Until its first chunk is there a folder may be taken for another build."""
    if not folder.has(settings.FILE):
        return
    try:
        settings.check_same(claim.settings, settings.load(folder).settings, folder)
    except ConfigError:
        folder.remove(f"{SHARDS}/{chunk}.parquet")
        raise


def _check(chosen: Settings, extent: Extent, share: Share, executor: Executor, folder: Storage) -> None:
    if share != WHOLE and (chosen.balance or extent.tolerance is not None):
        raise ConfigError(
            "Shards do not see each other's pictures: they can neither balance views nor tell when to stop.",
            "Give every shard --no-balance and the same --images.",
        )
    if executor.name != "local" and not folder.is_shared:
        raise ConfigError(f"{folder.url}: other processes do not see this folder.", "Use --executor local.")


def _views(folder: Storage, made: list[Chunk]) -> Counter[int]:
    """The published view bins of the cameras of all kept pictures of some chunks."""
    records = (one for chunk in made for one in collect.read(folder, chunk.name).records)
    return Counter(_bin(one.seen) for one in records if one.seen is not None)


def _bin(seen: Seen) -> int:
    place = seen.body.cam_from_body
    carry = torch.eye(4)[None]
    carry[0, :3, :3], carry[0, :3, 3] = place.rotation, place.translation_m
    return views.bin_of(carry, views.PAPER_BINS)


def _provenance(claim: BuildManifest, gathered: Gathered, mode: Mode, by: Grouping) -> dict[str, object]:
    chosen = claim.settings
    everyone = gathered.statistics
    counts = everyone.counts
    missing = claim.images - counts.total()
    said: dict[str, object] = {"missing": missing} if missing else {}  # pictures of other shards
    if claim.chorus_recon != __version__:
        said["records_by"] = f"chorus-recon {claim.chorus_recon}"
    return said | {
        "source": chosen.source,
        "phrases": chosen.phrases,
        "generators": list(everyone.generators),
        "writer": chosen.writer,
        "prompts": [one.text for one in chosen.prompts],
        "chorus_recon": __version__,
        "seed": chosen.seed,
        "images": counts.total(),
        "kept": counts[KEPT],
        "rejected": {reason: counts[reason] for reason in sorted(counts) if reason != KEPT},
        "views": gathered.coverage.text if gathered.coverage else "",
        "view_share": [round(share, 4) for share in gathered.coverage.share.tolist()]
        if gathered.coverage
        else [],
        "balance": chosen.balance,
        "screening": chosen.screening,
        "camera": chosen.camera,
        "aggregation": mode.value,
        "cluster": by.value,
        "segmenter": chosen.segmenter,
        "human": chosen.human,
        "licences": everyone.licences | chosen.writer_licences,
    }
