"""Aggregate a build's records into clusters: read, group, count and finish them.

The result does not depend on which machine made the records, or in which order. Apart from the counts,
memory grows with the number of pictures: by about 200 bytes each for the pose and the verb, and by 400 more
for the signature if they are grouped by contact region.
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
from chorus_recon.priors.clustering import cluster, grouping, provenance, statistics
from chorus_recon.priors.clustering.grouping import Assignment, Grouping
from chorus_recon.priors.clustering.poses import People
from chorus_recon.priors.clustering.statistics import BuildStatistics
from chorus_recon.priors.clustering.words import Strength, Words, choose, join
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.settings import BuildManifest
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Observation, OccupancyPrior, OccupancyTally, VoxelGrid

BLOCK = 128  # observations counted together
FINE = 64**3  # grids with more voxels are counted only near the body
SYMMETRY_M = 0.02  # most distance of joints from their mirror images in a symmetric body

Restore = Callable[[Record, BodyModel, Renderer], Observation]
Step = Callable[[int, int], None]  # called with (pictures done, pictures in all)


@dataclass(frozen=True, slots=True)
class AggregationContext:
    """What restores records, and the canonical space they are counted in.

    `canon` holds the voxels that `Mode.ROBUST` counts: all, or on a fine grid those near the body.
    """

    body: BodyModel
    renderer: Renderer
    restore: Restore
    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    canon: Canon
    words: Words | None = None

    def gather(
        self,
        folder: Storage,
        chunks: Sequence[str],
        mode: Mode,
        step: Step | None = None,
        by: Grouping = Grouping.AUTO,
    ) -> "Gathered":
        """Aggregate the records of the given chunks (`gather`), and join them with the words."""
        found = gather(folder, chunks, self, mode, step, by)
        if self.words is None or not found.clusters:
            return found
        return _with_words(found, self.words, folder, chunks, self)

    def provenance(
        self, manifest: BuildManifest, gathered: "Gathered", mode: Mode, by: Grouping
    ) -> dict[str, object]:
        """What the prior's file says of how it was made."""
        facts = provenance.of_pictures(manifest, gathered.statistics, gathered.coverage, mode, by)
        if self.words is None or gathered.strength is None:
            return facts
        scores = {f"{pictures:g}": round(score, 5) for pictures, score in gathered.strength.scores.items()}
        return facts | {
            "words": {
                "prior": self.words.name,
                "pictures": gathered.strength.pictures,
                "held_out": scores,
            }
        }


@dataclass(frozen=True, slots=True)
class Gathered:
    """Clusters and view coverage (none if no picture was kept), and the statistics of all records."""

    clusters: tuple[OccupancyPrior, ...]
    coverage: views.Coverage | None
    statistics: BuildStatistics
    strength: Strength | None = None  # of words that joined the pictures


def context(
    body: BodyModel,
    renderer: Renderer,
    restore: Restore,
    grid: VoxelGrid,
    reach_m: float | None = FAR_M,
) -> AggregationContext:
    """Prepare the canonical space of a body.

    Args:
        body: the body model of the records.
        renderer: renders the body's depth to restore records.
        restore: makes an observation from a record.
        grid: the canonical grid.
        reach_m: on a fine grid (`FINE`), only voxels this close to the body are counted; None: all.
    """
    weights = canonical.skin_weights(body, grid)
    within = None
    if reach_m is not None and math.prod(grid.shape) > FINE:
        within = voxels.near(grid, body.canonical()[0], reach_m)
        within |= within.flip(0) if aggregate.is_symmetric(grid) else within  # mirrored tallies need it
    return AggregationContext(
        body=body,
        renderer=renderer,
        restore=restore,
        grid=grid,
        weights=weights,
        canon=visibility.canon_of(grid, weights, within),
    )


def gather(
    folder: Storage,
    chunks: Sequence[str],
    context: AggregationContext,
    mode: Mode,
    step: Step | None = None,
    by: Grouping = Grouping.AUTO,
) -> Gathered:
    """Aggregate the records of the given chunks of a build.

    `Mode.ROBUST` adds smoothed occupancy, and `Grouping.AUTO` groups pictures by contact region and action.
    In `Mode.PAPER`, `Grouping.AUTO` means `Grouping.NONE`.

    Args:
        folder: the build's folder.
        chunks: names of the chunks.
        context: restores records and gives the canonical space.
        mode: the aggregation method.
        step: called with the progress.
        by: how pictures are grouped into clusters.
    """
    with one_thread():
        summary = statistics.take(folder, chunks)
        if not summary.kept:
            return Gathered(clusters=(), coverage=None, statistics=summary)
        if mode is Mode.PAPER and len(context.canon.voxels) < math.prod(context.grid.shape):
            context = replace(context, canon=visibility.canon_of(context.grid, context.weights))
        grouped = by is Grouping.AUTO and mode is Mode.ROBUST
        meter = _Meter(step, summary.kept * (2 if grouped else 1))
        groups = _groups(_all_records(folder, chunks), context, meter) if grouped else []
        assignment = _assignment(by, groups, summary, context)
        bins = views.BANDED_BINS  # for the report; counting uses no bands, as few views are not level
        mass = torch.zeros(bins.count, dtype=torch.float64)
        people = People(context.body)
        for block in _blocks(_all_records(folder, chunks), context):
            observations = [observation for _, observation in block]
            counts = [list(assignment.counts_of(number, observation)) for number, observation in block]
            aggregate.add(observations, context.canon, counts.__getitem__, mode, first=block[0][0])
            for observation in observations:
                mass[views.bin_of(observation.cam_from_canon, bins)] += observation.weight
                people.add(observation)
            meter.add(len(block))
        clusters = tuple(_priors(assignment, groups, people, context, mode))
    return Gathered(clusters, views.coverage(mass, summary.kept, bins), summary)


def _all_records(folder: Storage, chunks: Sequence[str]) -> Iterator[Record]:
    for name in chunks:
        yield from collect.read(folder, name).records


def _with_words(
    found: Gathered, words: Words, folder: Storage, chunks: Sequence[str], context: AggregationContext
) -> Gathered:
    with one_thread():
        blocks = _blocks(_all_records(folder, chunks), context)
        pictures = (observation for block in blocks for _, observation in block)
        strength = choose(pictures, context.canon, words, context.body.id)
        clusters = join(found.clusters, words, strength.pictures, found.statistics.kept)
    return replace(found, clusters=clusters, strength=strength)


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
    """Group the kept pictures by contact region and action."""
    near = cluster.regions(context.body.canonical()[0], context.body.parts, context.grid, context.weights)
    signatures, verbs, azimuths, weights = [], [], [], []
    for block in _blocks(records, context):
        observations = [observation for _, observation in block]
        signatures.append(cluster.signatures(observations, near))
        verbs += [observation.verb for observation in observations]
        azimuths += [views.azimuth_rad(observation.cam_from_canon) for observation in observations]
        weights += [observation.weight for observation in observations]
        meter.add(len(block))
    return list(cluster.group(torch.cat(signatures), verbs, torch.tensor(azimuths), torch.tensor(weights)))


def _blocks(
    records: Iterator[Record], context: AggregationContext
) -> Iterator[list[tuple[int, Observation]]]:
    """Restore the kept pictures, numbered among the kept, `BLOCK` at a time."""
    block: list[tuple[int, Observation]] = []
    number = 0
    for record in records:
        if record.seen is None or record.reason is not None:
            continue
        block.append((number, context.restore(record, context.body, context.renderer)))
        number += 1
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _assignment(
    by: Grouping,
    groups: Sequence[cluster.Cluster],
    summary: BuildStatistics,
    context: AggregationContext,
) -> Assignment:
    if by is Grouping.PROMPTS:
        return grouping.by_prompts(summary, context.canon)
    if by is Grouping.PARTS:
        vertices = context.body.canonical()[0]
        return grouping.by_parts(vertices, context.body.parts, context.grid, context.canon)
    return grouping.by_groups(groups, context.canon) if groups else grouping.ungrouped(context.canon)


def _priors(
    assignment: Assignment,
    groups: Sequence[cluster.Cluster],
    people: People,
    context: AggregationContext,
    mode: Mode,
) -> Iterator[OccupancyPrior]:
    """The priors of the clusters that have pictures. Shares of `groups` add up to 1; others may overlap."""
    symmetric = is_symmetric_body(context.body)
    whole = max(count.mass for count in assignment.counts)
    for which, (name, count) in enumerate(zip(assignment.names, assignment.counts, strict=True)):
        if not count.mass:
            continue
        twin = groups[which].twin if groups and symmetric else None
        other = None if twin in (None, which) else assignment.counts[twin]
        total = _both_sides(count.total, None if other is None else other.total)
        prior = _prior(total, name, groups[which].share if groups else count.mass / whole, context, mode)
        if mode is Mode.ROBUST:
            mirrored = other.members if other is not None and aggregate.is_symmetric(context.grid) else ()
            typical = people.typical(count.members, mirrored)
            prior = replace(prior, poses=typical, uses=people.uses(count.members))
        yield prior


def _both_sides(total: OccupancyTally, twin: OccupancyTally | None) -> OccupancyTally:
    """Add the mirrored tally of the twin cluster, so that both sides share their evidence.

    A one-sided cluster without a twin is returned as it is: no picture shows the other side.
    """
    if twin is None or not aggregate.is_symmetric(total.grid):
        return total
    return aggregate.join(aggregate.mirrored(twin), total)


def is_symmetric_body(body: BodyModel) -> bool:
    """Whether each canonical joint has a mirrored joint by name, within `SYMMETRY_M` of its mirror image."""
    joints, names = body.canonical()[1], list(body.joint_names)
    twins = []
    for name in names:
        side, _, rest = name.partition("_")
        twins.append({"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name))
    if not set(twins) <= set(names):
        return False
    gap = joints * torch.tensor([-1.0, 1.0, 1.0]).to(joints) - joints[[names.index(twin) for twin in twins]]
    return float(gap.norm(dim=-1).max()) <= SYMMETRY_M


def _prior(
    total: OccupancyTally, name: str, share: float, context: AggregationContext, mode: Mode
) -> OccupancyPrior:
    done = aggregate.finish(total, mode)
    paper = mode is Mode.PAPER
    return OccupancyPrior(
        grid=context.grid,
        occupancy=done.occupancy,
        support=done.support,
        body_model=context.body.id,
        cluster=name,
        share=share,
        evidence=done.evidence,
        low=done.low,
        high=done.high,
        axes=None if paper else done.axes,
        smoothed=None if paper else smoothing.smooth(done.occupancy, done.support),
    )
