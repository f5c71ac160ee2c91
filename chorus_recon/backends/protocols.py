"""The Protocols of the backend slots: what each kind of model must do. Nothing inherits from them."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.types import (
    BodyParams,
    Camera,
    DepthMap,
    Detection,
    HumanEstimate,
    Mask,
    ObjectShape,
    Photo,
    PosedBody,
    Prompt,
    Rejected,
    Shot,
    Similarity,
    SynthImage,
)


@runtime_checkable
class Segmenter(Protocol):
    """Detects people and objects, and segments them."""

    name: str
    licences: dict[str, str]

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Every person and object seen (`query` None) or those matching a noun, best first."""
        ...

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """One mask per detection, in order, at photo size."""
        ...


@runtime_checkable
class KnowsNouns(Protocol):
    """An optional ability of segmenters and image sources: to say which nouns they know.

    A backend without it is taken to know every noun.
    """

    def knows(self, noun: str) -> bool:
        """Whether the backend can find or show what the noun names. Needs no picture."""
        ...


@runtime_checkable
class BodyModel(Protocol):
    """A skinned body with the 24 SMPL joint names."""

    id: str
    licence: str
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    faces: Int[Tensor, "f 3"]
    skin_weights: Float[Tensor, "v j"]
    parts: dict[str, Int[Tensor, " n"]]

    def pose(self, params: BodyParams) -> PosedBody:
        """The mesh in cam, with the transforms from canonical space to it."""
        ...

    def canonical(self) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "j 3"]]:
        """Vertices and joints of the mean shape in the star pose, pelvis joint at the origin."""
        ...


@runtime_checkable
class OffsetBody(BodyModel, Protocol):
    """A body whose makers place it elsewhere than with the pelvis at the origin."""

    def pelvis(self, shape: Float[Tensor, " s"]) -> Float[Tensor, " 3"]:
        """The pelvis joint of a shape in the makers' frame, metres."""
        ...


@runtime_checkable
class SkinnedBody(BodyModel, Protocol):
    """A body posed by linear blend skinning, which can therefore be fitted to another body."""

    template: Float[Tensor, "v 3"]
    shapedirs: Float[Tensor, "s v 3"]
    joints_rest: Float[Tensor, "j 3"]
    joint_shapedirs: Float[Tensor, "s j 3"]


@runtime_checkable
class HumanEstimator(Protocol):
    """Estimates pose and shape of people as parameters of `body`."""

    name: str
    licences: dict[str, str]

    @property
    def body(self) -> BodyModel:
        """The body whose parameters are estimated."""
        ...

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One result per person, in order, all in the given camera.

        Args:
            photo: the picture.
            people: the people's boxes.
            masks: the mask of each person, None where there is none.
            camera: the camera that all people are posed in.
        """
        ...


@runtime_checkable
class UsesHeight(Protocol):
    """What a human estimator may also do: fit a person of a known standing height (`Detection.height_m`)."""

    @property
    def uses_height(self) -> bool:
        """Whether it does."""
        ...


@runtime_checkable
class Rendered(Protocol):
    """The result of a renderer: depth and visible face of each pixel."""

    @property
    def depth(self) -> Float[Tensor, "h w"]:
        """Depth z in metres along the camera's axis, +inf where nothing was hit."""
        ...

    @property
    def face(self) -> Int[Tensor, "h w"]:
        """Index of the face seen, -1 where nothing was hit."""
        ...


@runtime_checkable
class Renderer(Protocol):
    """Exact visibility of a triangle mesh."""

    name: str

    def render(self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera) -> Rendered:
        """Depth and face id (-1 = none) seen through each pixel's centre; vertices in cam."""
        ...


@runtime_checkable
class SoftRenderer(Protocol):
    """A differentiable renderer of silhouettes."""

    def soft_silhouette(
        self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera, sigma_px: float
    ) -> Float[Tensor, "h w"]:
        """Coverage of each pixel in [0, 1], blurred by about `sigma_px` at edges; vertices in cam."""
        ...


@runtime_checkable
class StillMesh(Protocol):
    """A rigid mesh that a renderer has prepared."""

    def render(self, cam_from_mesh: Similarity, camera: Camera) -> Rendered:
        """As `Renderer.render` for the mesh's vertices transformed to cam."""
        ...


@runtime_checkable
class HoldsMeshes(Protocol):
    """An optional ability of renderers: to prepare a rigid mesh once and render it in many poses.

    The cost of a rendering then hardly depends on the number of faces.
    """

    def still(self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> StillMesh:
        """Prepare a mesh; vertices in its own frame, metres."""
        ...


@runtime_checkable
class ShapeSource(Protocol):
    """Candidate shapes of a category."""

    name: str

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """Shapes to try, most likely first; empty if the category is unknown.

        `mask` holds the object's visible pixels in the photo.
        """
        ...


@runtime_checkable
class DepthEstimator(Protocol):
    """Estimates depth from the photo alone. It checks placements; it does not set the metric scale."""

    name: str
    licences: dict[str, str]

    def estimate(self, photo: Photo) -> DepthMap:
        """Depth map at photo size."""
        ...


@runtime_checkable
class ImageSource(Protocol):
    """Pictures of people using an object of a category, for building priors.

    A class may declare `capabilities: Capability`. It is read without making an instance; a class that
    declares none has `DEFAULT_CAPABILITIES`.
    """

    name: str
    licences: dict[str, str]

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """One result per shot, in order. A result depends on its own shot only, not on the batch."""
        ...


@runtime_checkable
class KnowsPictures(Protocol):
    """An optional ability of image sources with existing pictures: to name the picture of a shot."""

    def own(self, shot: Shot) -> Shot:
        """The shot as it is recorded with its picture, whether the picture can be read or not."""
        ...


@runtime_checkable
class PromptWriter(Protocol):
    """Writes sentences that describe a person using an object of a category."""

    name: str
    licences: dict[str, str]

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """At most `count` different prompts; the same for the same seed where the writer can."""
        ...
