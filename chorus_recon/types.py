"""The vocabulary: every array that crosses a stage is a field of a frozen dataclass here.

Frames: `pixel` (u right, v down, origin at the image's top-left corner, so pixel (0, 0) has its
centre at (0.5, 0.5)); `cam` (OpenCV: x right, y down, z forward); `body` (the body model's root
frame: y up, z forward, x to the person's left, origin at the pelvis joint, root rotation zero);
`canon` (the same axes, mean shape, canonical "star" pose); `object` (the shape's own frame, y up,
origin at the centre of its bounding box). Lengths are metres, angles radians, masks in [0, 1].
A transform named `a_from_b` takes coordinates in b to coordinates in a.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Photo:
    """An upright sRGB picture. `focal_px` comes from EXIF where it is known."""

    rgb: UInt8[Tensor, "h w 3"]
    source: Path
    focal_px: float | None = None
    note: str = ""

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.rgb.shape[1]), int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole intrinsics only; poses are transforms."""

    focal_px: Float[Tensor, " 2"]
    center_px: Float[Tensor, " 2"]
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rigid:
    """x_a = rotation @ x_b + translation_m, batched over leading axes."""

    rotation: Float[Tensor, "*b 3 3"]
    translation_m: Float[Tensor, "*b 3"]


@dataclass(frozen=True, slots=True)
class Similarity:
    """x_a = scale * rotation @ x_b + translation_m, batched over leading axes."""

    rotation: Float[Tensor, "*b 3 3"]
    translation_m: Float[Tensor, "*b 3"]
    scale: Float[Tensor, "*b"]


@dataclass(frozen=True, slots=True)
class Mask:
    """One instance's visible pixels, photo size."""

    alpha: Float[Tensor, "h w"]
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A labelled box (x0, y0, x1, y1) in photo pixels; `mask` where the detector gives one."""

    box_px: Float[Tensor, " 4"]
    label: str
    score: float
    mask: Mask | None = None


@dataclass(frozen=True, slots=True)
class PosedBody:
    """A body mesh in the camera's frame.

    `cam_from_canon` [J 4 4] carries canonical space (mean shape, star pose) to cam, one rigid
    transform a joint: it puts the canonical joint on the person's joint, without scaling.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    joints: Float[Tensor, "j 3"]
    cam_from_canon: Float[Tensor, "j 4 4"]


@dataclass(frozen=True, slots=True)
class BodyParams:
    """A person: `pose` are local joint rotations with the root's kept at identity.

    The root's rotation and position live in `cam_from_body`. `mesh` is the person as posed by another
    library, for a body that this package does not pose itself.
    """

    model: str
    shape: Float[Tensor, " s"]
    pose: Float[Tensor, "j 3 3"]
    cam_from_body: Rigid
    mesh: PosedBody | None = None


@dataclass(frozen=True, slots=True)
class Keypoints:
    """2D landmarks with names; `visibility` in [0, 1]; `points_m` metric, hip-centred, cam axes."""

    names: tuple[str, ...]
    points_px: Float[Tensor, "k 2"]
    visibility: Float[Tensor, " k"]
    points_m: Float[Tensor, "k 3"] | None = None


@dataclass(frozen=True, slots=True)
class HumanEstimate:
    """One person of a photo; every person of a photo shares one camera.

    `residual_px` is the visibility-weighted median landmark reprojection error, and
    `joint_confidence` [J] says how far the photo supports each joint (0 = invented by the prior).
    """

    body: BodyParams
    camera: Camera
    keypoints: Keypoints
    box_px: Float[Tensor, " 4"]
    residual_px: float
    joint_confidence: Float[Tensor, " j"]


class Reason(StrEnum):
    """Why an image or person was set aside."""

    NO_PERSON = "no_person"
    MANY_PEOPLE = "many_people"
    NO_OBJECT = "no_object"
    MANY_OBJECTS = "many_objects"
    NO_OVERLAP = "no_overlap"
    FEW_KEYPOINTS = "few_keypoints"
    NO_POSE = "no_pose"
    BAD_CALIBRATION = "bad_calibration"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An expected rejection: a value, not an exception."""

    item: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence about one person using one thing; `verb` names the interaction, `source` its writer."""

    category: str
    text: str
    verb: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """All that decides one synthesized picture, so that any machine makes the same one.

    `index` is its place in the build, `view` the phrase put after the prompt, `avoid` the negative
    prompt.
    """

    index: int
    prompt: Prompt
    view: str
    avoid: str
    seed: int

    @property
    def text(self) -> str:
        """What is asked of the generator."""
        return self.prompt.text + self.view


@dataclass(frozen=True, slots=True)
class SynthImage:
    """A picture made for a shot; `generator` says by what."""

    shot: Shot
    photo: Photo
    generator: str


@dataclass(frozen=True, slots=True)
class DepthMap:
    """What a depth network sees: z (cam, metres) of each pixel of a photo, where `valid`.

    `focal_px` is the focal length it supposes, None where it has no opinion.
    """

    depth_m: Float[Tensor, "h w"]
    valid: Bool[Tensor, "h w"]
    focal_px: float | None = None


@dataclass(frozen=True, slots=True)
class DepthCheck:
    """A depth network's word on placements, as ratios of depths, so that its scale does not count.

    `shifts` [one a placement]: how much farther than placed it sees the object, relative to the person
    (1: as placed; None: too little is seen to tell). `tolerance` is the |ln shift| that counts as
    agreement. `person_scale`: how much larger it takes the person to be, None without a focal length.
    """

    source: str
    shifts: tuple[float | None, ...]
    tolerance: float
    person_scale: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The photo split in three: object, not object, and unknown (the human may hide it there)."""

    object: Mask
    human: Mask
    known: Bool[Tensor, "h w"]


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

    Derived, and what placement, pictures and scores go by: `settled` is `occupancy` with what few
    pictures saw doubted, smoothed and cut where it is faint (`settle.settled` of `occupancy` and
    `support`); none in a prior that is taken as it was counted, as those of the published way are.
    `expected` is the one of the two that counts.

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
    settled: Float[Tensor, "x y z"] | None = None

    @property
    def expected(self) -> Float[Tensor, "x y z"]:
        """Where the object is to be expected, in [0, 1]: settled, or as counted where it never is."""
        return self.occupancy if self.settled is None else self.settled


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
class Anchor:
    """A named place on a shape: the mean of some vertices, and a unit direction in object frame."""

    name: str
    vertices: Int[Tensor, " n"]
    direction: Float[Tensor, " 3"]


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """A mesh with linear modes: vertices + sum_m code[m] * modes[m], code ~ N(0, 1), |code| <= 2.5.

    `symmetry` names the proper rotations that leave it alike: "none", "x180", "y180", "z180",
    "xyz180" (all three half turns), "axis_x", "axis_y", "axis_z" (any angle), "sphere".
    `scale_sd` is the spread of ln(scale) about the metric size given here (large for a mesh of
    unknown units). `face_rgb` colours each face. `upright` says how strongly it stands upright in
    use: 0 not at all (a racket), 1 always nearly so (a bicycle).
    """

    name: str
    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    face_rgb: UInt8[Tensor, "f 3"]
    modes: Float[Tensor, "m v 3"]
    mode_names: tuple[str, ...]
    symmetry: str
    scale_sd: float
    source: str
    anchors: tuple[Anchor, ...] = ()
    upright: float = 0.0


@dataclass(frozen=True, slots=True)
class Losses:
    """The terms of one placement at its optimum (unweighted)."""

    silhouette: float
    field: float
    coverage: float
    depth: float
    size: float
    penetration: float
    contact: float
    pose: float
    upright: float
    hold: float
    axis: float
    total: float


@dataclass(frozen=True, slots=True)
class Placement:
    """One candidate answer for where the object is."""

    shape: ObjectShape
    cam_from_object: Similarity
    shape_code: Float[Tensor, " m"]
    vertices: Float[Tensor, "v 3"]
    losses: Losses
    silhouette_iou: float
    probability: float
    cluster: str
    body_contacts: Int[Tensor, " a"]
    object_contacts: Int[Tensor, " b"]
    converged: bool


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """The answer for one photo; `placements` are ranked, best first, empty with `human_only`."""

    photo: Photo
    camera: Camera
    human: HumanEstimate
    body: PosedBody
    human_mask: Mask
    evidence: Evidence | None
    category: str
    placements: tuple[Placement, ...]
    prior: PriorSet | None
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    depth: DepthCheck | None = None

    def save(self, directory: str | Path, *, overwrite: bool = False, credit: str = "") -> Path:
        """Write meshes, scene, overlay, JSON and report into `directory`; see docs/conventions.md.

        `credit` is a line about the photo's author, shown with it.
        """
        from chorus_recon.pipeline.export import save

        return save(self, Path(directory), overwrite=overwrite, credit=credit)


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
