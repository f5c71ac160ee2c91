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
    """Bins of the camera's direction from the person: equal azimuths in bands of elevation.

    Bin 0 starts at the person's left, and azimuth increases towards the front. `elevation_edges_rad` are
    the inner edges of the bands, ascending; there are none for a single band.
    """

    azimuths: int = 12
    elevation_edges_rad: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Number of bins; azimuth varies fastest."""
        return self.azimuths * (len(self.elevation_edges_rad) + 1)


@dataclass(frozen=True, slots=True)
class OccupancyTally:
    """Additive counts of one cluster, kept per view bin so that views can be weighted at the end.

    All counts are integers, so that the result does not depend on the order of addition. A picture
    of weight w (a multiple of 1/64) adds 64 w to `views` and `mass`, 4096 w^2 to `squares` and, where
    its mask is m (in 64ths), 4096 w m to `hits`. `axes` sums w e n n' (xx xy xz yy yz zz, in 4096ths,
    canonical axes), with n the normal of the plane through the camera and the mask's long axis, and e
    the elongation of the mask. `voxels` are the flat (C order) indices of the counted voxels.
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
        """Merge two shards.

        Raises:
            ValueError: their grids, counted voxels or view bins differ.
        """
        if self.grid != other.grid or not self.voxels.equal(other.voxels):
            raise ValueError(f"cannot add tallies on different grids: {self.grid} and {other.grid}")
        if self.bins != other.bins:
            raise ValueError(f"cannot add tallies of different views: {self.bins} and {other.bins}")
        return OccupancyTally(
            grid=self.grid,
            bins=self.bins,
            voxels=self.voxels,
            hits=self.hits + other.hits,
            views=self.views + other.views,
            squares=self.squares + other.squares,
            axes=self.axes + other.axes,
            count=self.count + other.count,
            mass=self.mass + other.mass,
        )


@dataclass(frozen=True, slots=True)
class AxisField:
    """The direction of the object's long axis at each voxel.

    `axis` is a unit vector whose sign has no meaning, `strength` its certainty in [0, 1]. Where `strength`
    is 0 the axis is (0, 0, 1) and has no meaning.
    """

    axis: Float[Tensor, "x y z 3"]
    strength: Float[Tensor, "x y z"]


@dataclass(frozen=True, slots=True)
class TypicalPoses:
    """How the people of a cluster hold themselves: a mixture of typical poses.

    A pose is a direction per bone (`geometry.bones.NAMES`), in the frame of the trunk. In a typical pose each
    direction has a von Mises-Fisher distribution: `mean` is a unit vector, `focus` the mean resultant length
    in [0, 1), 0 if all directions are equally common. `weight` is the share of each pose; it adds up to 1.
    """

    weight: Float[Tensor, " k"]
    mean: Float[Tensor, "k n 3"]
    focus: Float[Tensor, "k n"]


@dataclass(frozen=True, slots=True)
class Use:
    """What a person does with an object: `text` has `{it}` for the object ("holds {it}, right hand").

    `share` is its probability, or its part of a cluster's pictures; in [0, 1].
    """

    text: str
    share: float


ALL = "all"


@dataclass(frozen=True, slots=True)
class OccupancyPrior:
    """Canonical occupancy of one interaction cluster; `share` is its part of the category.

    A cluster named `ALL` covers the whole category, whatever other clusters there are.

    Counted values, which files store (all in [0, 1] but `evidence`): `occupancy` is the view-balanced
    share, among pictures that saw the voxel, of those in which it fell on the object; `support` is the
    view-balanced share of all pictures that saw it. `evidence` is the effective number of independent
    pictures behind `occupancy`, and [`low`, `high`] is the 90 % credible interval of the true share; they
    are None in a prior that did not count them. `axes` is the direction of the object's long axis.

    `smoothed` is derived from `occupancy` and `support` by `geometry.smoothing.smooth`; it is None in a
    prior that is used as counted, such as one counted by the published method. Placement, pictures and
    scores use `expected`: `smoothed` if it is not None, else `occupancy`.

    `seeds` are object poses, where the source of the prior knew them. `poses` is how the people of the
    cluster hold themselves (None if unknown), and `uses` what they do, the most common first.
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
    poses: TypicalPoses | None = None
    uses: tuple[Use, ...] = ()

    @property
    def expected(self) -> Float[Tensor, "x y z"]:
        """Occupancy that placement uses, in [0, 1]: `smoothed`, or `occupancy` where that is None."""
        return self.occupancy if self.smoothed is None else self.smoothed


@dataclass(frozen=True, slots=True)
class PlacementSeed:
    """An object pose seen in a cluster's observations, relative to one joint of the canonical body.

    `joint_from_object` puts the template into the frame of joint `joint` (axes of canon, origin at the
    joint); `weight` is the pose's share of the cluster. Seeds hold what occupancy alone cannot distinguish,
    such as a board's nose from its tail.
    """

    joint: str
    joint_from_object: Rigid
    scale: float
    weight: float


@dataclass(frozen=True, slots=True, repr=False)
class PriorSet:
    """All clusters of a category, and their provenance.

    Attributes:
        category: of the objects, as a noun.
        clusters: one per interaction, and maybe one named `ALL` for the whole category.
        provenance: how it was made, as JSON values.
    """

    category: str
    clusters: tuple[OccupancyPrior, ...]
    provenance: dict[str, Any]

    def __repr__(self) -> str:
        """One line, without the grids."""
        grid = self.clusters[0].grid
        names = ", ".join(f"{c.cluster} {c.share:.0%}" for c in self.clusters[:4])
        more = ", ..." if len(self.clusters) > 4 else ""
        size = " x ".join(map(str, grid.shape))
        return f"PriorSet({self.category}: {size} voxels of {100 * grid.voxel_m:.1f} cm: {names}{more})"


@dataclass(frozen=True, slots=True)
class PosedField:
    """A cluster's occupancy warped to one person, on a grid in that person's body frame.

    `share` is the probability of the cluster; `uses` is what its people do.
    `axes` is strength * n n' (xx xy xz yy yz zz), with n the object's long axis in the grid's frame.
    """

    grid: VoxelGrid
    cam_from_grid: Rigid
    probability: Float[Tensor, "x y z"]
    cluster: str
    share: float
    seeds: tuple[PlacementSeed, ...] = ()
    axes: Float[Tensor, "6 x y z"] | None = None
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class PapScore:
    """Projective Average Precision of one image; an image with `target_px` 0 is not counted."""

    image_id: str
    pap: float
    pap_strict: float
    pap_hoa: float | None
    pap_strict_hoa: float | None
    target_px: int
    target_px_hoa: int
