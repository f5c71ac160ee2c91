"""Occupancy around the canonical body: counts, priors, and fields carried to a person."""

from dataclasses import dataclass
from typing import Any

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.types.photos import Rigid


@dataclass(frozen=True, slots=True)
class VoxelGrid:
    """Cubic voxels; `origin_m` is the low corner (not the first centre)."""

    origin_m: tuple[float, float, float]
    voxel_m: float
    shape: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ViewBins:
    """Where around and above the person a camera stands, in equal azimuths and bands of elevation.

    Bin 0 starts at the person's left and turns over the front; `elevation_edges_rad` are the inner
    edges of the bands, ascending, none for a single band.
    """

    azimuths: int = 12
    elevation_edges_rad: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Bins in all; azimuth runs fastest."""
        return self.azimuths * (len(self.elevation_edges_rad) + 1)


@dataclass(frozen=True, slots=True)
class OccupancyTally:
    """Additive counts of one cluster, kept per view bin so weighting happens at the end.

    Everything is counted in whole steps, so that any order of adding gives the same bits. A picture
    of weight w (a multiple of 1/64) adds 64 w to `views` and `mass`, 4096 w^2 to `squares` and, where
    its mask is m (in 64ths), 4096 w m to `hits`. `axes` sums w e n n' (xx xy xz yy yz zz, in 4096ths,
    canonical axes), with n the normal of the plane that holds the camera and the mask's long axis
    and e how elongated the mask is. `voxels` are the flat (C order) indices of what is tallied.
    """

    grid: VoxelGrid
    bins: ViewBins
    voxels: Int[Tensor, " n"]
    hits: Int[Tensor, "a n"]
    views: Int[Tensor, "a n"]
    squares: Int[Tensor, "a n"]
    axes: Int[Tensor, "6 n"]
    count: Int[Tensor, " a"]
    mass: Int[Tensor, " a"]

    def __add__(self, other: "OccupancyTally") -> "OccupancyTally":
        """Merge two shards; they must share a grid, its tallied voxels and the view bins."""
        if self.grid != other.grid or not self.voxels.equal(other.voxels):
            raise ValueError(f"cannot add tallies on different grids: {self.grid} and {other.grid}")
        if self.bins != other.bins:
            raise ValueError(f"cannot add tallies of different views: {self.bins} and {other.bins}")
        return OccupancyTally(
            self.grid,
            self.bins,
            self.voxels,
            self.hits + other.hits,
            self.views + other.views,
            self.squares + other.squares,
            self.axes + other.axes,
            self.count + other.count,
            self.mass + other.mass,
        )


@dataclass(frozen=True, slots=True)
class AxisField:
    """Which way the object's long axis runs at each voxel: a unit line (no sense) and how sure, in [0, 1].

    Where `strength` is 0 the axis is (0, 0, 1) and means nothing.
    """

    axis: Float[Tensor, "x y z 3"]
    strength: Float[Tensor, "x y z"]


ALL = "all"


@dataclass(frozen=True, slots=True)
class OccupancyPrior:
    """Canonical occupancy of one interaction cluster; `share` is its part of the category.

    A cluster named `ALL` is the category's whole, whatever clusters stand beside it.

    Counted, and what files store (all in [0, 1] but `evidence`):
    `occupancy` is the view-balanced share of the pictures that saw the voxel in which it fell on the
    object; `support` the view-balanced share of all pictures that saw it. `evidence` is the effective
    number of independent pictures behind `occupancy`, and [`low`, `high`] hold the true share with 90 %;
    a prior that did not count them has none. `axes` is the line along which the object lies.

    `smoothed` is derived from `occupancy` and `support` by `geometry.smoothing.smooth`; it is None in a
    prior that is used as it was counted, such as one counted by the published method. Placement, pictures
    and scores use `expected`: `smoothed` where there is one, else `occupancy`.

    `seeds` say how the object stood, where the source of the prior knew it.
    """

    grid: VoxelGrid
    occupancy: Float[Tensor, "x y z"]
    support: Float[Tensor, "x y z"]
    body_model: str
    cluster: str
    share: float
    seeds: tuple["PlacementSeed", ...] = ()
    evidence: Float[Tensor, "x y z"] | None = None
    low: Float[Tensor, "x y z"] | None = None
    high: Float[Tensor, "x y z"] | None = None
    axes: AxisField | None = None
    smoothed: Float[Tensor, "x y z"] | None = None

    @property
    def expected(self) -> Float[Tensor, "x y z"]:
        """Occupancy that placement uses, in [0, 1]: `smoothed`, or `occupancy` where that is None."""
        return self.occupancy if self.smoothed is None else self.smoothed


@dataclass(frozen=True, slots=True)
class PlacementSeed:
    """Where observations of a cluster had the object, relative to one joint of the canonical body.

    `joint_from_object` puts the template into the frame of joint `joint` (axes of canon, origin at
    the joint); `weight` is its share of the cluster. What occupancy alone cannot tell (a board's
    nose from its tail) is kept here.
    """

    joint: str
    joint_from_object: Rigid
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class PriorSet:
    """All clusters of a category, and where they came from."""

    category: str
    clusters: tuple[OccupancyPrior, ...]
    provenance: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PosedField:
    """A cluster's occupancy carried to one person, sampled on a grid in that person's body frame.

    `axes` is strength * n n' (xx xy xz yy yz zz), n the object's long axis there, in the grid's frame.
    """

    grid: VoxelGrid
    cam_from_grid: Rigid
    probability: Float[Tensor, "x y z"]
    cluster: str
    share: float
    seeds: tuple[PlacementSeed, ...] = ()
    axes: Float[Tensor, "6 x y z"] | None = None


@dataclass(frozen=True, slots=True)
class PapScore:
    """Projective Average Precision of one image; `target_px` 0 means it does not count."""

    image_id: str
    pap: float
    pap_strict: float
    pap_hoa: float | None
    pap_strict_hoa: float | None
    target_px: int
    target_px_hoa: int
