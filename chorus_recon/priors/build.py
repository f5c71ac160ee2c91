"""Settings in, a category's prior out: pictures are made, looked at and counted, in straight-line code.

The build's folder holds everything: run again after any interruption, it goes on; run with more
pictures, it adds them. The prior's bytes depend on the settings and the number of pictures alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch

from chorus_recon.errors import ConfigError
from chorus_recon.priors import collect, gather, pieces, record_table, settings, views
from chorus_recon.priors.aggregate import Mode
from chorus_recon.priors.collect import KEPT, SHARDS, MakeEyes
from chorus_recon.priors.executors import Executor, Local
from chorus_recon.priors.gather import Gathered, Lab
from chorus_recon.priors.grouping import Grouping
from chorus_recon.priors.pieces import WHOLE, Piece, Share
from chorus_recon.priors.records import Record
from chorus_recon.priors.settings import Claim, Settings
from chorus_recon.priors.shards import Folder
from chorus_recon.types import OccupancyTally, PriorSet, Shot
from chorus_recon.version import __version__

RECORDS = "records.parquet"
ENOUGH = 0.05  # a round that doubles the pictures and changes the prior by less than this is the last
USUAL = 1000  # pictures, where nobody says how many
MOST = 50_000  # pictures, where it ends when more would not help


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a build goes: `images` pictures, or fewer where `tolerance` is met at the end of a round."""

    images: int
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `counts` says what became of the pictures, `total` may be a bound."""

    stage: str  # "pictures" or "counting"
    done: int
    total: int
    counts: Counter[str]


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
    folder: Folder,
    chosen: Settings,
    extent: Extent,
    plan: Plan,
    eyes: MakeEyes,
    room: Lab,
    *,
    executor: Executor | None = None,
    share: Share = WHOLE,
    mode: Mode = Mode.OURS,
    by: Grouping = Grouping.AUTO,
    watch: Watch | None = None,
) -> Built:
    """Make what is missing of a build, then its prior.

    Args:
        folder: the build's own.
        chosen: what decides the records; it must match what is there.
        extent: how many pictures.
        plan: the shots of a range, from how the views came out in the rounds before.
        eyes: makes a worker's models; it travels to other processes.
        room: restores records and counts them.
        executor: where pieces are made.
        share: this machine's part of the pieces.
        mode: how records are counted.
        by: what clusters are.
        watch: told about progress.
    """
    _check(chosen, extent, share, executor or Local(), folder)
    record_table.check()
    claim = settings.claim(folder, chosen, extent.images)
    meter = _Meter(watch, extent.images)
    total: OccupancyTally | None = None
    seen: Counter[int] = Counter()
    changes: list[float] = []
    made = 0
    for start, end in pieces.rounds(extent.images, chosen.piece):
        cut = pieces.cut(plan(start, end, seen), chosen.piece)
        mine = [one for one in cut if share.owns(one, chosen.piece)]
        _collect(folder, mine, eyes, executor or Local(), meter)
        made = end
        if share == WHOLE and (chosen.balance or extent.tolerance is not None) and end < extent.images:
            before = total
            for piece in cut:
                records = collect.read(folder, piece.name).records
                seen.update(_bin(one) for one in records if one.seen is not None)
                total = gather.count(records, room, total) if extent.tolerance is not None else None
            if extent.tolerance is not None and before is not None and total is not None:
                changes.append(change(before, total))
                if changes[-1] < extent.tolerance:
                    break
    missing = sorted(set(pieces.names(made, chosen.piece)) - collect.finished(folder))
    if missing:
        return Built(None, None, len(missing))
    built = finish(folder, claim, pieces.names(made, chosen.piece), room, mode, watch, by)
    return replace(built, changes=tuple(changes), images=made)


def finish(
    folder: Folder,
    claim: Claim,
    names: list[str],
    room: Lab,
    mode: Mode,
    watch: Watch | None = None,
    by: Grouping = Grouping.AUTO,
) -> Built:
    """Write all records into one table and count them into a prior."""
    with folder.writing(RECORDS) as file:
        record_table.join(file, (folder.read(f"{SHARDS}/{name}.parquet") for name in names))

    def step(done: int, total: int) -> None:
        if watch:
            watch(Progress("counting", done, total, Counter()))

    gathered = gather.gather(folder, names, room, mode, step, by)
    if not gathered.clusters:
        return Built(None, gathered, 0)
    facts = _provenance(claim, gathered, mode, by)
    return Built(PriorSet(claim.settings.category.replace("_", " "), gathered.clusters, facts), gathered, 0)


def change(before: OccupancyTally, after: OccupancyTally) -> float:
    """How far two states of a prior differ, in [0, 1]: one less their overlap (sum of minima by maxima)."""
    from chorus_recon.priors import aggregate

    old, new = (aggregate.finish(one).occupancy for one in (before, after))
    return float(1 - torch.minimum(old, new).sum() / torch.maximum(old, new).sum().clamp_min(1e-9))


@dataclass(slots=True)
class _Meter:
    """Counts pictures as they come, and tells the watcher."""

    watch: Watch | None
    images: int
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, more: Counter[str]) -> None:
        self.counts.update(more)
        self.counts = +self.counts  # what is in hand comes and goes
        if self.watch:
            self.watch(Progress("pictures", self.counts.total(), self.images, self.counts))


def _collect(folder: Folder, mine: list[Piece], eyes: MakeEyes, executor: Executor, meter: "_Meter") -> None:
    """Make a round's missing pieces; those that are there are counted too."""
    there = collect.finished(folder)
    for piece in mine:
        if piece.name in there:
            meter.add(Counter(map(collect.became, collect.read(folder, piece.name).records)))
    tick = meter.add if executor.name == "local" else None
    for outcome in collect.collect(folder, mine, eyes, executor, tick):
        if tick is None:
            meter.add(outcome.counts)


def _check(chosen: Settings, extent: Extent, share: Share, executor: Executor, folder: Folder) -> None:
    if share != WHOLE and (chosen.balance or extent.tolerance is not None):
        raise ConfigError(
            "Shards do not see each other's pictures: they can neither balance views nor tell when to stop.",
            "Give every shard --no-balance and the same --images.",
        )
    if executor.name != "local" and not folder.is_shared:
        raise ConfigError(f"{folder.url}: other processes do not see this folder.", "Use --executor local.")


def _bin(record: Record) -> int:
    """The published view bin of a kept picture's camera."""
    assert record.seen is not None
    place = record.seen.body.cam_from_body
    carry = torch.eye(4)[None]
    carry[0, :3, :3], carry[0, :3, 3] = place.rotation, place.translation_m
    return views.bin_of(carry, views.PAPER_BINS)


def _provenance(claim: Claim, gathered: Gathered, mode: Mode, by: Grouping) -> dict[str, object]:
    chosen = claim.settings
    everyone = gathered.census
    counts = everyone.counts
    return {
        "source": chosen.source,
        "phrases": chosen.phrases,
        "generators": list(everyone.generators),
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
        "licences": everyone.licences,
    }
