"""Turn a build's records into clusters: read, group, count and finish them.

Nothing here depends on who made the records, nor on the order they were made in. Beside the counts, memory
grows with the pictures only where they are grouped by what is touched: some 400 bytes each, for their marks
and verbs.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body import canonical
from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import smoothing
from chorus_recon.geometry.threads import one_thread
from chorus_recon.geometry.warp import FAR_M
from chorus_recon.priors.aggregation import aggregate, views, visibility
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.aggregation.visibility import Canon
from chorus_recon.priors.clustering import cluster, grouping, statistics
from chorus_recon.priors.clustering.grouping import Grouping, Sorting
from chorus_recon.priors.clustering.statistics import BuildStatistics
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Observation, OccupancyPrior, OccupancyTally, VoxelGrid

BLOCK = 128  # observations counted together
FINE = 64**3  # a grid of more voxels is counted near the body alone
EVEN_M = 0.02  # how far joints may be from their mirror images in a body that is alike left and right

Restore = Callable[[Record, BodyModel, Renderer], Observation]
Step = Callable[[int, int], None]  # told how many pictures were gone through, and of how many


@dataclass(frozen=True, slots=True)
class AggregationContext:
    """What records are restored with, and the canonical space they are counted in.

    `canon` are the voxels that ours counts: all, or on a fine grid those near the body.
    """

    body: BodyModel
    renderer: Renderer
    restore: Restore
    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    canon: Canon


@dataclass(frozen=True, slots=True)
class Gathered:
    """Clusters and views (empty if nothing was kept), and the statistics of all records."""

    clusters: tuple[OccupancyPrior, ...]
    coverage: views.Coverage | None
    statistics: BuildStatistics


def context(
    body: BodyModel,
    renderer: Renderer,
    restore: Restore,
    grid: VoxelGrid,
    reach_m: float | None = FAR_M,
) -> AggregationContext:
    """Prepare the canonical space of a body; a fine grid is counted as far from it as `reach_m` (or all)."""
    weights = canonical.skin_weights(body, grid)
    within = None
    if reach_m is not None and math.prod(grid.shape) > FINE:
        within = voxels.near(grid, body.canonical()[0], reach_m)
        within |= within.flip(0) if aggregate.even(grid) else within  # mirrored tallies need it
    return AggregationContext(
        body, renderer, restore, grid, weights, visibility.canon_of(grid, weights, within)
    )


def gather(
    folder: Storage,
    chunks: Sequence[str],
    context: AggregationContext,
    mode: Mode,
    step: Step | None = None,
    by: Grouping = Grouping.AUTO,
) -> Gathered:
    """Count the records of some pieces of a build.

    Ours smooths, and AUTO groups the pictures by what is touched and done; in the published way AUTO is NONE.
    """

    def all_of_them() -> Iterator[Record]:
        for name in chunks:
            yield from collect.read(folder, name).records

    with one_thread():
        everyone = statistics.take(folder, chunks)
        if not everyone.kept:
            return Gathered((), None, everyone)
        if mode is Mode.PAPER and len(context.canon.voxels) < math.prod(context.grid.shape):
            context = replace(
                context,
                canon=visibility.canon_of(context.grid, context.weights),
            )
        grouped = by is Grouping.AUTO and mode is Mode.ROBUST
        meter = _Meter(step, everyone.kept * (2 if grouped else 1))
        groups = _groups(all_of_them(), context, meter) if grouped else []
        sorting = _sorting(by, groups, everyone, context)
        bins = views.BANDED_BINS  # told, not counted by: few pictures are from below or above
        seen = torch.zeros(bins.count, dtype=torch.float64)
        for block in _blocks(all_of_them(), context):
            counts = [list(sorting.counts_of(number, one)) for number, one in block]
            aggregate.add([one for _, one in block], context.canon, counts.__getitem__, mode)
            for _, one in block:
                seen[views.bin_of(one.cam_from_canon, bins)] += one.weight
            meter.add(len(block))
        made = tuple(_priors(sorting, groups, context, mode))
    return Gathered(made, views.coverage(seen, everyone.kept, bins), everyone)


@dataclass(slots=True)
class _Meter:
    step: Step | None
    total: int
    done: int = 0

    def add(self, more: int) -> None:
        self.done += more
        if self.step:
            self.step(self.done, self.total)


def _groups(records: Iterator[Record], context: AggregationContext, meter: "_Meter") -> list[cluster.Cluster]:
    near = cluster.regions(
        context.body.canonical()[0],
        context.body.parts,
        context.grid,
        context.weights,
    )
    marks, verbs, azimuths, weights = [], [], [], []
    for block in _blocks(records, context):
        several = [one for _, one in block]
        marks.append(cluster.signatures(several, near))
        verbs += [one.verb for one in several]
        azimuths += [views.azimuth_rad(one.cam_from_canon) for one in several]
        weights += [one.weight for one in several]
        meter.add(len(block))
    return list(cluster.group(torch.cat(marks), verbs, torch.tensor(azimuths), torch.tensor(weights)))


def _blocks(
    records: Iterator[Record], context: AggregationContext
) -> Iterator[list[tuple[int, Observation]]]:
    """Kept pictures with their number among the kept, some at a time."""
    block: list[tuple[int, Observation]] = []
    number = 0
    for record in records:
        if record.seen is None or record.reason is not None:
            continue
        block.append(
            (
                number,
                context.restore(record, context.body, context.renderer),
            )
        )
        number += 1
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _sorting(
    by: Grouping,
    groups: Sequence[cluster.Cluster],
    everyone: BuildStatistics,
    context: AggregationContext,
) -> Sorting:
    if by is Grouping.PROMPTS:
        return grouping.by_prompts(everyone, context.canon)
    if by is Grouping.PARTS:
        vertices = context.body.canonical()[0]
        return grouping.by_parts(vertices, context.body.parts, context.grid, context.canon)
    return grouping.by_groups(groups, context.canon) if groups else grouping.alone(context.canon)


def _priors(
    sorting: Sorting, groups: Sequence[cluster.Cluster], context: AggregationContext, mode: Mode
) -> Iterator[OccupancyPrior]:
    """The clusters that any picture is in; groups have shares of their own, the others may overlap."""
    even = even_body(context.body)
    whole = max(one.mass for one in sorting.counts)
    for which, (name, one) in enumerate(zip(sorting.names, sorting.counts, strict=True)):
        if not one.mass:
            continue
        twin = groups[which].twin if groups and even else None
        total = _both_sides(one.total, None if twin in (None, which) else sorting.counts[twin].total)
        yield _prior(total, name, groups[which].share if groups else one.mass / whole, context, mode)


def _both_sides(total: OccupancyTally, twin: OccupancyTally | None) -> OccupancyTally:
    """A tally with the evidence of its mirror image, where pictures show that too: none is counted twice.

    A cluster of one side that has no twin stays as it is: nobody was seen to use the other side.
    """
    if twin is None or not aggregate.even(total.grid):
        return total
    return aggregate.join(aggregate.mirrored(twin), total)


def even_body(body: BodyModel) -> bool:
    """Whether the canonical joints are alike left and right, by their names and within `EVEN_M`."""
    joints, names = body.canonical()[1], list(body.joint_names)
    twins = []
    for name in names:
        side, _, rest = name.partition("_")
        twins.append({"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name))
    if not set(twins) <= set(names):
        return False
    gap = joints * torch.tensor([-1.0, 1.0, 1.0]).to(joints) - joints[[names.index(one) for one in twins]]
    return float(gap.norm(dim=-1).max()) <= EVEN_M


def _prior(
    total: OccupancyTally, name: str, share: float, context: AggregationContext, mode: Mode
) -> OccupancyPrior:
    done = aggregate.finish(total, mode)
    paper = mode is Mode.PAPER
    return OccupancyPrior(
        context.grid, done.occupancy, done.support, context.body.id, name, share,
        evidence=done.evidence, low=done.low, high=done.high, axes=None if paper else done.axes,
        smoothed=None if paper else smoothing.smooth(done.occupancy, done.support),
    )  # fmt: skip
