"""Count view-balanced canonical occupancy from observations of a category (CHORUS).

Each voxel of canonical space is carried to each observed person. It is a hit if it projects onto the object,
and a miss if it is visible elsewhere. A voxel outside the frame or hidden by the person is not counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.errors import PriorError
from chorus_recon.geometry import credible
from chorus_recon.priors.aggregation import gates, orientation, views, visibility
from chorus_recon.priors.aggregation.gates import Gate
from chorus_recon.priors.aggregation.views import PAPER_BINS
from chorus_recon.priors.aggregation.visibility import BATCH, MASK_STEPS, Canon, Mode, Visibility
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.types import AxisField, Observation, OccupancyTally, ViewBins, VoxelGrid

__all__ = [
    "Count",
    "Finished",
    "Gate",
    "Mode",
    "Observation",
    "add",
    "balanced",
    "begin",
    "empty",
    "finish",
    "is_symmetric",
    "join",
    "mirrored",
    "tally",
    "tally_clusters",
    "weighed",
]
UNIT = WEIGHT_STEPS * MASK_STEPS  # what a picture of weight 1 adds to the hits of a fully covered voxel
MOST = 2**31 // UNIT - 1  # pictures of weight 1 per view bin, so that int32 does not overflow


@dataclass(frozen=True, slots=True)
class Finished:
    """The statistics of every voxel of a grid, computed from a tally.

    `occupancy` is the share of the pictures that saw the voxel in which it hit the object, `support` the
    share of all pictures that saw it. Both are in [0, 1], with every view bin weighted equally. `evidence`
    is the effective number of independent pictures that saw the voxel; [`low`, `high`] is the 90 % credible
    interval of the occupancy.
    """

    occupancy: Float[Tensor, "x y z"]
    support: Float[Tensor, "x y z"]
    evidence: Float[Tensor, "x y z"]
    low: Float[Tensor, "x y z"]
    high: Float[Tensor, "x y z"]
    axes: AxisField


@dataclass(slots=True)
class Count:
    """A running tally, updated in place.

    `mass` is the summed weight of the admitted pictures, in 64ths, and `members` are their numbers.
    """

    total: OccupancyTally
    gate: Gate | None = None
    mass: int = 0
    members: list[int] = field(default_factory=list)


def begin(canon: Canon, gate: Gate | None = None, bins: ViewBins = PAPER_BINS) -> Count:
    """An empty count."""
    return Count(_zeros(canon, bins), gate)


def add(
    observations: Iterable[Observation],
    canon: Canon,
    counts_of: Callable[[int], Iterable[Count]],
    mode: Mode = Mode.ROBUST,
    first: int = 0,
) -> None:
    """Add each picture to the counts that `counts_of` gives for its index; updates the counts in place.

    Pictures are numbered from `first` among the members of the counts.

    `Mode.ROBUST` counts the pictures of a view bin after the gate, so that a cluster's views are balanced.
    `Mode.PAPER` counts them before, as the published release does. Only `BATCH` pictures are held in memory.
    """
    number = 0
    for batch in _batches(observations):
        look = visibility.look(batch, canon, mode)
        for row, observation in enumerate(batch):
            steps = WEIGHT_STEPS if mode is Mode.PAPER else _steps(observation)
            for count in counts_of(number):
                gate = count.gate
                admitted = gate is None or gates.admits(gate, look.hit[row], canon.voxels)
                count.mass += steps * admitted
                if admitted:
                    count.members.append(first + number)
                if admitted or mode is Mode.PAPER:
                    _add(count.total, observation, look, row, canon, mode, admitted)
            number += 1


def tally(
    observations: Iterable[Observation],
    grid: VoxelGrid,
    weights: Float[Tensor, "x y z j"],
    *,
    bins: ViewBins = PAPER_BINS,
    mode: Mode = Mode.ROBUST,
    within: Bool[Tensor, "x y z"] | None = None,
) -> OccupancyTally:
    """Count hits and views per view bin; only `BATCH` observations are held in memory.

    Args:
        observations: any number of pictures; the result does not depend on their order, bit for bit.
        grid: canonical voxels.
        weights: skin weights of the voxels (`warp.weight_field` of the canonical body); its device is used.
        bins: the view bins, which are weighted equally later.
        mode: the aggregation method.
        within: the voxels to tally; all if None.
    """
    canon = visibility.canon_of(grid, weights, within)
    count = begin(canon, bins=bins)
    add(observations, canon, lambda _: (count,), mode)
    return count.total


def tally_clusters(
    observations: Iterable[Observation],
    grid: VoxelGrid,
    weights: Float[Tensor, "x y z j"],
    clusters: Sequence[Gate],
    *,
    bins: ViewBins = PAPER_BINS,
    mode: Mode = Mode.ROBUST,
    within: Bool[Tensor, "x y z"] | None = None,
) -> dict[str, OccupancyTally]:
    """Tally several clusters in one pass; an observation counts for each cluster whose gate admits it."""
    canon = visibility.canon_of(grid, weights, within)
    counts = {gate.name: begin(canon, gate, bins) for gate in clusters}
    add(observations, canon, lambda _: counts.values(), mode)
    return {name: count.total for name, count in counts.items()}


def empty(grid: VoxelGrid, bins: ViewBins = PAPER_BINS) -> OccupancyTally:
    """The tally of no observations, on the whole grid."""
    return tally([], grid, torch.ones(*grid.shape, 1), bins=bins)


def mirrored(total: OccupancyTally) -> OccupancyTally:
    """The tally of the same pictures mirrored left to right.

    It is exact if the body is symmetric. Add it to the other side's tally to share their evidence.

    Raises:
        ValueError: the grid or the tallied voxels are not symmetric.
    """
    if not is_symmetric(total.grid):
        raise ValueError(f"a grid from x = {total.grid.origin_m[0]} m is not symmetric left to right")
    x, y, z = total.grid.shape
    flat = torch.full((x * y * z,), -1, dtype=torch.long, device=total.voxels.device)
    flat[total.voxels] = torch.arange(len(total.voxels), device=total.voxels.device)
    source = flat.reshape(x, y, z).flip(0).reshape(-1)[total.voxels]
    if bool((source < 0).any()):
        raise ValueError("the tallied voxels are not symmetric left to right")
    which = views.mirrored_bins(total.bins).to(source.device)
    sign = torch.tensor([1, -1, -1, 1, 1, 1], dtype=total.axes.dtype, device=source.device)
    return OccupancyTally(
        grid=total.grid,
        bins=total.bins,
        voxels=total.voxels,
        hits=total.hits[which][:, source],
        views=total.views[which][:, source],
        squares=total.squares[which][:, source],
        axes=total.axes[:, source] * sign[:, None],
        count=total.count[which],
        mass=total.mass[which],
    )


def join(total: OccupancyTally, more: OccupancyTally) -> OccupancyTally:
    """Add `more` to `total` in place and return `total`.

    Raises:
        ValueError: their grids, bins or voxels differ.
    """
    if total.grid != more.grid or total.bins != more.bins or not total.voxels.equal(more.voxels):
        raise ValueError(f"cannot add tallies on different voxels: {total.grid} and {more.grid}")
    for name in ("hits", "views", "squares", "axes", "count", "mass"):
        getattr(total, name).add_(getattr(more, name))
    return total


def is_symmetric(grid: VoxelGrid) -> bool:
    """Whether a grid extends as far to the left as to the right."""
    return abs(2 * grid.origin_m[0] + grid.shape[0] * grid.voxel_m) <= 1e-6


def balanced(
    total: OccupancyTally, mode: Mode = Mode.ROBUST
) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"], Float[Tensor, " n"]]:
    """Hits, views and squared weights of the tallied voxels, with every non-empty view bin scaled to mass 1.

    `Mode.ROBUST` scales bins with very few pictures (`views.THIN`) to less than 1.
    """
    balance = _balance(total, mode)
    hits = torch.einsum("a,an->n", balance, total.hits.float() / UNIT)
    views_of = torch.einsum("a,an->n", balance, total.views.float() / WEIGHT_STEPS)
    squares = torch.einsum("a,an->n", balance.square(), total.squares.float() / WEIGHT_STEPS**2)
    return hits, views_of, squares


def finish(
    total: OccupancyTally, mode: Mode = Mode.ROBUST, repeats: Float[Tensor, "x y z"] | None = None
) -> Finished:
    """Occupancy, its interval and the object's axis on the whole grid; 0 where nothing was tallied.

    Args:
        total: the counts.
        mode: the aggregation method of the counts.
        repeats: the design effect (`repeats.of`) of pictures that are not independent. Evidence, the
            effective number (sum w)^2 / sum w^2 of pictures that saw a voxel, is divided by it.
    """
    hits, seen, squares = balanced(total, mode)
    occupancy = (hits / seen.clamp_min(1e-7)).clamp(0, 1)
    evidence = seen.square() / squares.clamp_min(1e-12)
    mass = float((_balance(total, mode) * total.mass.float() / WEIGHT_STEPS).sum())
    support = (seen / max(mass, 1e-7)).clamp(0, 1)
    dense_occupancy, dense_evidence = _dense(occupancy, total), _dense(evidence, total)
    if repeats is not None:
        dense_evidence = dense_evidence / repeats
    low, high = credible.interval(dense_occupancy, dense_evidence)
    return Finished(
        occupancy=dense_occupancy,
        support=_dense(support, total),
        evidence=dense_evidence,
        low=low,
        high=high,
        axes=orientation.finish(total),
    )


def weighed(total: OccupancyTally, steps: int) -> OccupancyTally:
    """The tally of the same pictures with weight `steps` / 64 each; in `total`, all must have weight 1.

    Axes are set to 0, because their rounded sums do not scale.
    """
    return replace(
        total,
        hits=total.hits // WEIGHT_STEPS * steps,
        views=total.views // WEIGHT_STEPS * steps,
        squares=total.squares // WEIGHT_STEPS**2 * steps**2,
        axes=torch.zeros_like(total.axes),
        mass=total.mass // WEIGHT_STEPS * steps,
    )


def _balance(total: OccupancyTally, mode: Mode) -> Float[Tensor, " a"]:
    """The factor for the pictures of each view bin.

    Raises:
        PriorError: a view bin has too many pictures for int32 sums.
    """
    mass = total.mass.float() / WEIGHT_STEPS
    if bool((mass > MOST).any()):
        raise PriorError(
            f"A view has {int(mass.max())} pictures; at most {MOST} can be counted.", "Use fewer."
        )
    seen = mass > 0
    floor = views.THIN * float(mass[seen].mean()) if mode is Mode.ROBUST and bool(seen.any()) else 0.0
    return torch.where(seen, 1.0 / mass.clamp_min(max(floor, 1 / WEIGHT_STEPS)), 0.0)


def _zeros(canon: Canon, bins: ViewBins) -> OccupancyTally:
    device, size = canon.voxels.device, len(canon.voxels)
    zeros = lambda *shape: torch.zeros(*shape, dtype=torch.int32, device=device)  # noqa: E731
    hits, seen, squares = (zeros(bins.count, size) for _ in range(3))
    count = torch.zeros(bins.count, dtype=torch.int64, device=device)
    return OccupancyTally(
        grid=canon.grid,
        bins=bins,
        voxels=canon.voxels,
        hits=hits,
        views=seen,
        squares=squares,
        axes=zeros(6, size),
        count=count,
        mass=count.clone(),
    )


def _add(
    total: OccupancyTally,
    observation: Observation,
    look: Visibility,
    row: int,
    canon: Canon,
    mode: Mode,
    admitted: bool,
) -> None:
    """Add the picture in `row` of a batch to a tally, in place.

    A picture that is not admitted adds to the number of pictures only (`Mode.PAPER`).
    """
    steps = WEIGHT_STEPS if mode is Mode.PAPER else _steps(observation)
    paper = mode is Mode.PAPER
    pose = observation.cam_from_canon
    which = views.paper_bin(pose) if paper else views.bin_of(pose, total.bins)
    total.count[which] += 1
    total.mass[which] += steps
    if not admitted:
        return
    seen = look.seen[row].to(torch.int32)
    total.views[which].add_(seen, alpha=steps)
    total.squares[which].add_(seen, alpha=steps * steps)
    total.hits[which].add_(look.hit[row].to(torch.int32), alpha=steps)
    if not paper:
        orientation.add(total.axes, observation, visibility.mask_levels(observation), look.hit[row], canon)


def _steps(observation: Observation) -> int:
    """The weight of a picture in 64ths."""
    steps = int(observation.weight * WEIGHT_STEPS) if 0 < observation.weight <= 1 else 0
    if steps == 0 or steps != observation.weight * WEIGHT_STEPS:
        raise ValueError(
            f"a weight of {observation.weight}, expected a multiple of 1/{WEIGHT_STEPS} in (0, 1]"
        )
    return steps


def _batches(observations: Iterable[Observation]) -> Iterator[list[Observation]]:
    remaining = iter(observations)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _dense(values: Float[Tensor, " n"], total: OccupancyTally) -> Float[Tensor, "x y z"]:
    x, y, z = total.grid.shape
    out = torch.zeros(x * y * z, device=values.device)
    out[total.voxels] = values.float()
    return out.reshape(x, y, z)
