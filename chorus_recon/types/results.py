"""Object shapes, placements and the answer for a photo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.types.people import JOINT_NAMES, BodyRig, HumanEstimate, PosedBody
from chorus_recon.types.photos import Camera, DepthCheck, Evidence, Mask, Photo, Similarity
from chorus_recon.types.priors import PriorSet, Use

if TYPE_CHECKING:
    import trimesh

CONTACT_M = 0.02  # surfaces nearer than this touch
NEAR_M = 0.05  # surfaces nearer than this may: the error of a body fitted to landmarks
UNSURE_BELOW = 0.5  # probability of a placement that is rather wrong than right


@dataclass(frozen=True, slots=True)
class Anchor:
    """A named place on a shape.

    Attributes:
        name: of the place.
        vertices: indices of the vertices whose mean it is.
        direction: a unit vector in object frame.
    """

    name: str
    vertices: Int[Tensor, " n"]
    direction: Float[Tensor, " 3"]


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """A mesh with linear modes: vertices + sum_m code[m] * modes[m], code ~ N(0, 1), |code| <= 2.5.

    Attributes:
        name: of the shape.
        vertices: metres, object frame (y up, origin at the centre of the bounding box).
        faces: indices of the vertices of each triangle.
        face_rgb: the colour of each face, sRGB, 0 to 255.
        modes: displacements of the vertices in metres, per standard deviation of each mode.
        mode_names: of the modes.
        symmetry: the proper rotations that leave the shape unchanged: "none", "x180", "y180", "z180",
            "xyz180" (all three half turns), "axis_x", "axis_y", "axis_z" (any angle), "sphere".
        scale_sd: the standard deviation of ln(scale) about the metric size given here (large for a mesh of
            unknown units).
        source: where the shape comes from, with licence or units, for people.
        anchors: named places.
        upright: how strictly the object stands upright in use: 0 not at all (a racket), 1 nearly always (a
            bicycle).
        object_from_file: takes the coordinates of the mesh file that the shape was read from to the object
            frame; None for a template.
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
class Contact:
    """Where person and object touch. It is true if they do.

    Attributes:
        human_vertices: indices of the vertices of the body within `CONTACT_M` (2 cm) of the object's surface.
        object_vertices: indices of the vertices of the object within `CONTACT_M` of the body's surface.
        human_near: those within `NEAR_M` (5 cm), which the error of a body often is.
        object_near: those within `NEAR_M`.
    """

    human_vertices: Int[Tensor, " a"]
    object_vertices: Int[Tensor, " b"]
    human_near: Int[Tensor, " c"]
    object_near: Int[Tensor, " d"]

    def __bool__(self) -> bool:
        """Whether anything touches."""
        return len(self.human_vertices) > 0


@dataclass(frozen=True, slots=True, repr=False)
class Placement:
    """One candidate answer for where the object is.

    Attributes:
        shape: the object's mesh in its own frame.
        cam_from_object: takes the object frame to cam.
        shape_code: standard deviations of each mode of the shape.
        vertices: the placed mesh in cam, metres; its triangles are `shape.faces`.
        losses: the terms of the objective.
        silhouette_iou: intersection over union of the placed outline and the object's mask, [0, 1], without
            the pixels where the person may hide the object.
        probability: that this placement is right, [0, 1].
        cluster: the interaction of the prior that it follows.
        body_contacts: indices of body vertices within `NEAR_M` of the object's surface (see `contact`).
        object_contacts: indices of object vertices within `NEAR_M` of the body's surface.
        body_gaps_m: the distance of each of `body_contacts`, metres.
        object_gaps_m: the distance of each of `object_contacts`, metres.
        converged: whether the optimisation had come to rest.
        share: its part among all answers of the search, by their costs, [0, 1].
        spread_m: the mean distance of the answers of the search from it, metres, weighted by `share`; each
            counts `placement.posterior.FAR_M` at most.
        use: what the people of its cluster mostly do; its share is the probability that this person does it,
            given the pose and the object's mask. None if the prior does not know.
    """

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
    body_gaps_m: Float[Tensor, " a"]
    object_gaps_m: Float[Tensor, " b"]
    converged: bool
    share: float = 1.0
    spread_m: float = 0.0
    use: Use | None = None

    @property
    def contact(self) -> Contact:
        """Where person and object touch."""
        near = self.body_contacts, self.object_contacts
        return Contact(near[0][self.body_gaps_m < CONTACT_M], near[1][self.object_gaps_m < CONTACT_M], *near)

    def __repr__(self) -> str:
        """One line, without the arrays."""
        how = (
            f"{self.probability:.0%} sure, outline match {self.silhouette_iou:.0%}, cluster {self.cluster!r}"
        )
        return (
            f"Placement({self.shape.name}: {how}, {len(self.contact.human_vertices)} body vertices touch it)"
        )


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
class Considered:
    """A category that was seen, and the probability that the person uses a thing of it.

    Attributes:
        category: the key of the category.
        person: the number of the person who most probably uses it, from left to right.
        box_px: the box (x0, y0, x1, y1) of that thing in photo pixels.
        probability: summed over all things of the category.
    """

    category: str
    person: int
    box_px: tuple[float, ...]
    probability: float


@dataclass(frozen=True, slots=True, repr=False)
class Reconstruction:
    """The answer for one photo. Everything is in cam, except the mesh files and scenes, which are in `world`.

    Attributes:
        photo: the picture.
        camera: of the photo.
        human: the person: body parameters, landmarks, how far to believe them.
        body: the person's mesh and joints in cam, metres.
        human_mask: the person's visible pixels.
        evidence: the photo split into object, not object and unknown; None with `human_only`.
        category: what the object is, with underscores; empty with `human_only`.
        placements: where the object is, best first; empty with `human_only`, and where no category is
            probable enough (`considered` says what was seen).
        prior: the prior that was used; None with `human_only`.
        warnings: what to look at twice, in words.
        seconds: wall time of each stage.
        versions: of this package and of torch.
        licences: of the models and shapes that were used.
        seed: of the placement search.
        depth: what a depth network says; None without one.
        guessed_skin: the share of each body vertex, [0, 1], that hangs on bones which the photo does not
            show; None where it shows all.
        rig: the joints and skin weights that move the body's mesh; None leaves the scene's person stiff.
        world: the frame of mesh files and scenes; if None, a level camera is assumed.
        considered: the categories that were seen, most probable first; empty where the category was given.
        nothing: the probability that nothing is used; 0 where the category was given.
        category_probability: that the person uses a thing of `category`; 1 where the category was given.
        focal_from: where the focal length is from: "given", "exif" or "assumed"; empty where it is unknown.
        person: the number of the person, from left to right.
        others: further people and things of the photo, where all were asked for: results in the same cam. A
            person who uses several things is in several results, with the same `person`; only the closing of
            the hands differs.
        options: what was chosen for the photo, as JSON values; defaults are left out.
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
    rig: BodyRig | None = None
    world: World | None = None
    considered: tuple[Considered, ...] = ()
    nothing: float = 0.0
    category_probability: float = 1.0
    focal_from: str = ""
    person: int = 0
    others: tuple["Reconstruction", ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def parts(self) -> tuple["Reconstruction", ...]:
        """This result and `others`."""
        return (self, *self.others)

    @property
    def people(self) -> tuple["Reconstruction", ...]:
        """The first result of each person."""
        first: dict[int, Reconstruction] = {}
        for part in self.parts:
            first.setdefault(part.person, part)
        return tuple(first.values())

    @property
    def placed(self) -> tuple["Reconstruction", ...]:
        """Those of `parts` that have an object."""
        return tuple(part for part in self.parts if part.placements)

    @property
    def status(self) -> str:
        """How far to trust the answer.

        "ok", "unsure" (no object is probable enough to be placed, or the placed one is rather wrong than
        right), or "person only" (no object was asked for).
        """
        if self.placements:
            return "ok" if self.placements[0].probability >= UNSURE_BELOW else "unsure"
        return "unsure" if self.considered or self.nothing else "person only"

    @property
    def joints(self) -> dict[str, Float[Tensor, " 3"]]:
        """The person's 24 joints by name ("pelvis", "left_wrist" ...), in cam, metres."""
        return dict(zip(JOINT_NAMES, self.body.joints, strict=True))

    def __repr__(self) -> str:
        """One line, without the arrays."""
        found = "the person only" + (", unsure which object is used" if self.status == "unsure" else "")
        if self.placements:
            best = self.placements[0]
            found = f"{self.category.replace('_', ' ')}, {best.probability:.0%} sure"
            found += f", outline match {best.silhouette_iou:.0%}, {len(self.placements)} placements"
        if self.others:
            found += f", and {len(self.others)} more results"
        notes = f", {len(self.warnings)} warnings" if self.warnings else ""
        return f"Reconstruction({self.photo.source.name}: {found}{notes})"

    def _repr_html_(self) -> str:
        """The picture and the 3D view, for notebooks."""
        return _exporter().html(self)

    def to_scene(self) -> "trimesh.Scene":
        """The person's and the object's mesh and the camera as a trimesh scene.

        The frame is world: y up along the vertical, the floor at y = 0, metres. Vertices keep their order.
        """
        return _exporter().scene(self)

    def save(
        self, directory: str | Path, *, overwrite: bool = False, credit: str = "", look: str | None = None
    ) -> Path:
        """Write meshes, scene, overlay, JSON and report into a folder; see docs/conventions.md.

        Args:
            directory: where to write; created if it is missing.
            overwrite: replace an existing result.
            credit: a line about the photo's author, shown with the photo.
            look: "photo" for meshes with the colours of the photo, "plain" for one colour for the person and
                one for the object; None for what was chosen for the photo ("photo" by default).

        Returns:
            The folder.

        Raises:
            OutputError: the folder holds other files or cannot be written.
            InputError: there is no such look.
            RuntimeError: no exporter is registered.
        """
        return _exporter().save(self, Path(directory), overwrite=overwrite, credit=credit, look=look)


@dataclass(frozen=True, slots=True)
class Exporter:
    """What the methods of `Reconstruction` call that need the layers above types.

    Attributes:
        save: (result, directory, *, overwrite, credit, look) -> the folder.
        html: for notebooks.
        scene: as a `trimesh.Scene`.
    """

    save: Callable[..., Path]
    html: Callable[[Reconstruction], str]
    scene: Callable[[Reconstruction], Any]


_exporters: list[Exporter] = []


def register_exporter(exporter: Exporter) -> None:
    """Make a `Reconstruction` export itself with this. Types import nothing from the layers above them."""
    _exporters.append(exporter)


def _exporter() -> Exporter:
    if not _exporters:
        raise RuntimeError("No exporter is registered. Import the pipeline's reconstruct module first.")
    return _exporters[-1]
