"""Object shapes, placements and the answer for a photo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.types.people import HumanEstimate, PosedBody
from chorus_recon.types.photos import Camera, DepthCheck, Evidence, Mask, Photo, Similarity
from chorus_recon.types.priors import PriorSet


@dataclass(frozen=True, slots=True)
class Anchor:
    """A named place on a shape: the mean of some vertices, and a unit direction in object frame."""

    name: str
    vertices: Int[Tensor, " n"]
    direction: Float[Tensor, " 3"]


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """A mesh with linear modes: vertices + sum_m code[m] * modes[m], code ~ N(0, 1), |code| <= 2.5.

    `symmetry` names the proper rotations that leave the shape unchanged: "none", "x180", "y180", "z180",
    "xyz180" (all three half turns), "axis_x", "axis_y", "axis_z" (any angle), "sphere".
    `scale_sd` is the standard deviation of ln(scale) about the metric size given here (large for a mesh of
    unknown units). `face_rgb` is the colour of each face. `upright` says how strictly the object stands
    upright in use: 0 not at all (a racket), 1 nearly always (a bicycle). `object_from_file` takes the
    coordinates of the mesh file that the shape was read from to the shape's, where there is one.
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
    object_from_file: Similarity | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """The terms of the objective for one placement; `losses["field"]` reads a value.

    Attributes:
        values: unweighted terms by name.
        weights: of the same terms.
        total: the sum of weight * value, without unit.
    """

    values: Mapping[str, float]
    weights: Mapping[str, float]
    total: float

    def __getitem__(self, name: str) -> float:
        """The unweighted value of a term.

        Raises:
            KeyError: there is no such term.
        """
        return self.values[name]


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
class UpWitness:
    """Evidence for the vertical in a photo.

    Attributes:
        name: what it comes from, such as "person: balance" (docs/conventions.md lists them).
        sigma_deg: the standard deviation of its direction about each axis.
        off_deg: the angle between it and the estimate.
        belief: the probability that it is no outlier, given all evidence.
    """

    name: str
    sigma_deg: float
    off_deg: float
    belief: float


@dataclass(frozen=True, slots=True)
class World:
    """The frame of the written meshes: y up along the vertical, the floor at y = 0, metres.

    The origin lies on the floor below the person's pelvis; z is horizontal and points against the camera's
    line of sight, x to the camera's right.

    Attributes:
        world_from_cam: homogeneous 4x4 matrix, a rotation and a translation.
        up_sigma_deg: the expected angle between y and the true vertical, root mean square.
        witnesses: the evidence for the vertical.
        assumed: "level camera" if there is too little evidence, else empty.
    """

    world_from_cam: Float[Tensor, "4 4"]
    up_sigma_deg: float
    witnesses: tuple[UpWitness, ...] = ()
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """The answer for one photo; `placements` are ranked, best first, empty with `human_only`.

    Everything is in cam, except the mesh files that `save` writes. Those are in `world`; if that is None, a
    level camera is assumed. `guessed_skin` is the share of each body vertex, 0 to 1, that hangs on bones
    which the photo does not show; None where it shows all.
    """

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
    guessed_skin: Float[Tensor, " v"] | None = None
    world: World | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def save(self, directory: str | Path, *, overwrite: bool = False, credit: str = "") -> Path:
        """Write meshes, scene, overlay, JSON and report into a folder; see docs/conventions.md.

        Calls the function given to `register_writer`, which the pipeline's output module registers.

        Args:
            directory: where to write; created if it is missing.
            overwrite: replace an existing result.
            credit: a line about the photo's author, shown with the photo.

        Returns:
            The folder.

        Raises:
            OutputError: the folder holds other files or cannot be written.
            RuntimeError: no writer is registered.
        """
        if not _writers:
            raise RuntimeError("No writer is registered. Import the pipeline's output.save module first.")
        return _writers[-1](self, Path(directory), overwrite=overwrite, credit=credit)


Writer = Callable[..., Path]  # (result, directory, *, overwrite, credit) -> the folder
_writers: list[Writer] = []


def register_writer(writer: Writer) -> None:
    """Make `Reconstruction.save` call `writer`. Types import nothing from the layers above them."""
    _writers.append(writer)
