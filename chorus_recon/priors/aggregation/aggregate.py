"""Count view-balanced canonical occupancy from observations of a category (CHORUS).

A voxel of canonical space is carried to each observed person; it is a hit where it lands on the
object. What the frame or the person hides counts neither for nor against it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
    "even",
    "finish",
    "join",
    "mirrored",
    "tally",
    "tally_clusters",
    "weighed",
]
UNIT = WEIGHT_STEPS * MASK_STEPS  # what a full picture adds to a voxel's hits
MOST = 2**31 // UNIT - 1  # full pictures that a view bin can hold


@dataclass(frozen=True, slots=True)
class Finished:
    """What a tally says of every voxel of its grid.

    `occupancy` is the share of its views that hit the object, `support` the share of all pictures
    that saw it (both in [0, 1], every view bin counting the same); `evidence` the effective number
    of independent pictures behind the share; [`low`, `high`] hold the share with 90 %.
    """

    occupancy: Float[Tensor, "x y z"]
    support: Float[Tensor, "x y z"]
    evidence: Float[Tensor, "x y z"]
    low: Float[Tensor, "x y z"]
    high: Float[Tensor, "x y z"]
    axes: AxisField


@dataclass(slots=True)
class Count:
    """A running tally, added to in place; `mass` is that of the pictures its gate admitted, in 64ths."""

    total: OccupancyTally
    gate: Gate | None = None
    mass: int = 0


def begin(canon: Canon, gate: Gate | None = None, bins: ViewBins = PAPER_BINS) -> Count:
    """A count of nothing yet."""
    return Count(_zeros(canon, bins), gate)


def add(
    observations: Iterable[Observation],
    canon: Canon,
    counts_of: Callable[[int], Iterable[Count]],
    mode: Mode = Mode.ROBUST,
) -> None:
    """Add each picture to the counts of its number; a handful of pictures is held at a time.

    Ours counts the pictures of a view bin after the gate, so that a cluster's views are balanced;
    the published release counts them before.
    """
    number = 0
    for batch in _batches(observations):
        look = visibility.look(batch, canon, mode)
        for place, one in enumerate(batch):
            steps = WEIGHT_STEPS if mode is Mode.PAPER else _steps(one)
            for count in counts_of(number):
                gate = count.gate
                admitted = gate is None or gates.admits(gate, look.hit[place], canon.voxels)
                count.mass += steps * admitted
                if admitted or mode is Mode.PAPER:
                    _add(count.total, one, look, place, canon, mode, admitted)
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
    """Count hits and views per view bin; a handful of observations is held at a time.

    Args:
        observations: any number of pictures; the order does not matter, to the last bit.
        grid: canonical voxels.
        weights: their skin weights (`warp.weight_field` of the canonical body); its device is used.
        bins: the views that will count the same.
        mode: ours, or the published release's counting.
        within: the voxels to tally, all if not given.
    """
    canon = visibility.canon_of(grid, weights, within)
    one = begin(canon, bins=bins)
    add(observations, canon, lambda _: (one,), mode)
    return one.total


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
    """`tally` of every cluster whose gate an observation passes, in one pass."""
    canon = visibility.canon_of(grid, weights, within)
    counts = {gate.name: begin(canon, gate, bins) for gate in clusters}
    add(observations, canon, lambda _: counts.values(), mode)
    return {name: one.total for name, one in counts.items()}


def empty(grid: VoxelGrid, bins: ViewBins = PAPER_BINS) -> OccupancyTally:
    """The tally of no observations on all of a grid."""
    return tally([], grid, torch.ones(*grid.shape, 1), bins=bins)


def mirrored(total: OccupancyTally) -> OccupancyTally:
    """The tally of the same pictures with left and right traded; the grid must be alike left and right.

    Exact where the body is; add it to the other side's tally to share their evidence.
    """
    if not even(total.grid):
        raise ValueError(f"a grid from x = {total.grid.origin_m[0]} m is not alike left and right")
    x, y, z = total.grid.shape
    flat = torch.full((x * y * z,), -1, dtype=torch.long, device=total.voxels.device)
    flat[total.voxels] = torch.arange(len(total.voxels), device=total.voxels.device)
    source = flat.reshape(x, y, z).flip(0).reshape(-1)[total.voxels]
    if bool((source < 0).any()):
        raise ValueError("the tallied voxels are not alike left and right")
    which = views.mirrored_bins(total.bins).to(source.device)
    sign = torch.tensor([1, -1, -1, 1, 1, 1], dtype=total.axes.dtype, device=source.device)
    return OccupancyTally(
        total.grid,
        total.bins,
        total.voxels,
        total.hits[which][:, source],
        total.views[which][:, source],
        total.squares[which][:, source],
        total.axes[:, source] * sign[:, None],
        total.count[which],
        total.mass[which],
    )


def join(total: OccupancyTally, more: OccupancyTally) -> OccupancyTally:
    """`total + more`, in the memory of `total`."""
    if total.grid != more.grid or total.bins != more.bins or not total.voxels.equal(more.voxels):
        raise ValueError(f"cannot add tallies on different voxels: {total.grid} and {more.grid}")
    for name in ("hits", "views", "squares", "axes", "count", "mass"):
        getattr(total, name).add_(getattr(more, name))
    return total


def even(grid: VoxelGrid) -> bool:
    """Whether a grid reaches as far to the left as to the right."""
    return abs(2 * grid.origin_m[0] + grid.shape[0] * grid.voxel_m) <= 1e-6


def balanced(
    total: OccupancyTally, mode: Mode = Mode.ROBUST
) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"], Float[Tensor, " n"]]:
    """Hits, views and squared weights of the tallied voxels, every non-empty view bin of mass 1.

    Ours does not weigh a bin of very few pictures up to a full one.
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
        mode: how they were counted.
        repeats: how many pictures say the same as one alone, where they are not independent
            (`repeats.of`); evidence, (sum w)^2 / sum w^2 of the pictures that saw a voxel, is divided by it.
    """
    hits, seen, squares = balanced(total, mode)
    occupancy = (hits / seen.clamp_min(1e-7)).clamp(0, 1)
    evidence = seen.square() / squares.clamp_min(1e-12)
    everyone = float((_balance(total, mode) * total.mass.float() / WEIGHT_STEPS).sum())
    support = (seen / max(everyone, 1e-7)).clamp(0, 1)
    share, behind = _dense(occupancy, total), _dense(evidence, total)
    if repeats is not None:
        behind = behind / repeats
    low, high = credible.interval(share, behind)
    return Finished(share, _dense(support, total), behind, low, high, orientation.finish(total))


def weighed(total: OccupancyTally, steps: int) -> OccupancyTally:
    """The tally of the same pictures, each of weight `steps` / 64; as they came, all must weigh 1.

    Axes are left out: their sums are rounded, and do not scale.
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
    """What a picture of each view bin counts."""
    mass = total.mass.float() / WEIGHT_STEPS
    if bool((mass > MOST).any()):
        raise PriorError(
            f"A view has {int(mass.max())} pictures, {MOST} at most can be counted.", "Use fewer."
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
        canon.grid, bins, canon.voxels, hits, seen, squares, zeros(6, size), count, count.clone()
    )


def _add(
    total: OccupancyTally,
    one: Observation,
    look: Visibility,
    number: int,
    canon: Canon,
    mode: Mode,
    admitted: bool,
) -> None:
    """Add one picture in place; the release counts those it does not admit, with nothing seen."""
    steps = WEIGHT_STEPS if mode is Mode.PAPER else _steps(one)
    paper = mode is Mode.PAPER
    which = views.paper_bin(one.cam_from_canon) if paper else views.bin_of(one.cam_from_canon, total.bins)
    total.count[which] += 1
    total.mass[which] += steps
    if not admitted:
        return
    seen = look.seen[number].to(torch.int32)
    total.views[which].add_(seen, alpha=steps)
    total.squares[which].add_(seen, alpha=steps * steps)
    total.hits[which].add_(look.hit[number].to(torch.int32), alpha=steps)
    if not paper:
        orientation.add(total.axes, one, visibility.mask_levels(one), look.hit[number], canon)


def _steps(one: Observation) -> int:
    steps = int(one.weight * WEIGHT_STEPS) if 0 < one.weight <= 1 else 0
    if steps == 0 or steps != one.weight * WEIGHT_STEPS:
        raise ValueError(f"a weight of {one.weight}, expected a multiple of 1/{WEIGHT_STEPS} in (0, 1]")
    return steps


def _batches(observations: Iterable[Observation]) -> Iterator[list[Observation]]:
    several = iter(observations)
    while batch := list(islice(several, BATCH)):
        yield batch


def _dense(values: Float[Tensor, " n"], total: OccupancyTally) -> Float[Tensor, "x y z"]:
    x, y, z = total.grid.shape
    out = torch.zeros(x * y * z, device=values.device)
    out[total.voxels] = values.float()
    return out.reshape(x, y, z)
