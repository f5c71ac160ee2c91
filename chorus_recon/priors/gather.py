"""A build's records in, its clusters out: restored one by one, grouped, counted and finished.

Nothing here depends on who made the records, nor on the order they were made in; memory does not grow
with how many there are, but for 24 numbers each.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon import settle
from chorus_recon.backends.body import canonical
from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.priors import aggregate, census, cluster, collect, views
from chorus_recon.priors.aggregate import Mode, Observation
from chorus_recon.priors.census import Census
from chorus_recon.priors.records import Record
from chorus_recon.priors.shards import Folder
from chorus_recon.types import OccupancyPrior, OccupancyTally, VoxelGrid

BLOCK = 128  # observations counted together
ALONE = "all"  # the name of the only cluster

Restore = Callable[[Record, BodyModel, Renderer], Observation]
Step = Callable[[int, int], None]  # told how many pictures were gone through, and of how many


@dataclass(frozen=True, slots=True)
class Lab:
    """What records are restored with, and the canonical space they are counted in."""

    body: BodyModel
    renderer: Renderer
    restore: Restore
    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the records say: clusters and views (none where nothing was kept), and the census of all."""

    clusters: tuple[OccupancyPrior, ...]
    coverage: views.Coverage | None
    census: Census


def lab(body: BodyModel, renderer: Renderer, restore: Restore, grid: VoxelGrid) -> Lab:
    """Prepare the canonical space of a body."""
    weights = canonical.skin_weights(body, grid)
    return Lab(body, renderer, restore, grid, weights)


def gather(
    folder: Folder, pieces: Sequence[str], room: Lab, mode: Mode, step: Step | None = None
) -> Gathered:
    """Count the records of some pieces of a build.

    Ours groups the pictures by what is touched and done, and smooths; the paper's counts all as one.
    """

    def all_of_them() -> Iterator[Record]:
        for name in pieces:
            yield from collect.read(folder, name).records

    with collect.one_thread():
        everyone = census.take(folder, pieces)
        if not everyone.kept:
            return Gathered((), None, everyone)
        meter = _Meter(step, everyone.kept * (1 if mode is Mode.PAPER else 2))
        groups = [] if mode is Mode.PAPER else _groups(all_of_them(), room, meter)
        label = {int(n): k for k, one in enumerate(groups) for n in one.members}
        totals: dict[int, OccupancyTally] = {}
        bins = views.BANDED_BINS  # told, not counted by: few pictures are from below or above
        seen = torch.zeros(bins.count, dtype=torch.float64)
        for block in _blocks(all_of_them(), room):
            for which in sorted({label.get(number, 0) for number, _ in block}):
                members = [one for number, one in block if label.get(number, 0) == which]
                counted = aggregate.tally(members, room.grid, room.weights, mode=mode)
                totals[which] = totals[which] + counted if which in totals else counted
            for _, one in block:
                seen[views.bin_of(one.cam_from_canon, bins)] += one.weight
            meter.add(len(block))
        both = _both_sides(totals, groups)
        made = [_prior(total, groups, which, room, mode) for which, total in sorted(both.items())]
    return Gathered(tuple(made), views.coverage(seen, everyone.kept, bins), everyone)


def count(records: Sequence[Record], room: Lab, total: OccupancyTally | None) -> OccupancyTally | None:
    """Add records to a running tally of everything (none while nothing was kept)."""
    with collect.one_thread():
        for block in _blocks(iter(records), room):
            counted = aggregate.tally([one for _, one in block], room.grid, room.weights)
            total = counted if total is None else total + counted
    return total


@dataclass(slots=True)
class _Meter:
    step: Step | None
    total: int
    done: int = 0

    def add(self, more: int) -> None:
        self.done += more
        if self.step:
            self.step(self.done, self.total)


def _groups(records: Iterator[Record], room: Lab, meter: "_Meter") -> list[cluster.Cluster]:
    near = cluster.regions(room.body.canonical()[0], room.body.parts, room.grid, room.weights)
    marks, verbs, azimuths, weights = [], [], [], []
    for block in _blocks(records, room):
        several = [one for _, one in block]
        marks.append(cluster.signatures(several, near))
        verbs += [one.verb for one in several]
        azimuths += [views.azimuth_rad(one.cam_from_canon) for one in several]
        weights += [one.weight for one in several]
        meter.add(len(block))
    return list(cluster.group(torch.cat(marks), verbs, torch.tensor(azimuths), torch.tensor(weights)))


def _blocks(records: Iterator[Record], room: Lab) -> Iterator[list[tuple[int, Observation]]]:
    """Kept pictures with their number among the kept, some at a time."""
    block: list[tuple[int, Observation]] = []
    number = 0
    for record in records:
        if record.seen is None or record.reason is not None:
            continue
        block.append((number, room.restore(record, room.body, room.renderer)))
        number += 1
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _both_sides(
    totals: dict[int, OccupancyTally], groups: list[cluster.Cluster]
) -> dict[int, OccupancyTally]:
    """Tallies with the evidence of each cluster's mirror image: no picture is counted twice in one."""
    out = dict(totals)
    for which, total in totals.items():
        twin = groups[which].twin if groups else None
        if twin is not None and twin != which and twin in totals and aggregate.even(total.grid):
            out[which] = total + aggregate.mirrored(totals[twin])
    return out


def _prior(
    total: OccupancyTally, groups: list[cluster.Cluster], which: int, room: Lab, mode: Mode
) -> OccupancyPrior:
    done = aggregate.finish(total, mode)
    name, share = (groups[which].name, groups[which].share) if groups else (ALONE, 1.0)
    paper = mode is Mode.PAPER
    return OccupancyPrior(
        room.grid, done.occupancy, done.support, room.body.id, name, share,
        evidence=done.evidence, low=done.low, high=done.high, axes=None if paper else done.axes,
        settled=None if paper else settle.settled(done.occupancy, done.support),
    )  # fmt: skip
