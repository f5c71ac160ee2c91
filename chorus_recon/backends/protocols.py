"""The seams: what each kind of model must do. Objects satisfy these; nothing inherits from them."""

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
    SynthImage,
)


@runtime_checkable
class Segmenter(Protocol):
    """Finds things and outlines them."""

    name: str
    licences: dict[str, str]

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Every person and object seen (`query` None) or those matching a noun, best first."""
        ...

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """One mask a detection, in order, at photo size."""
        ...


@runtime_checkable
class KnowsNouns(Protocol):
    """What a segmenter or image source may also do: tell beforehand which nouns it knows.

    One that does not may know any.
    """

    def knows(self, noun: str) -> bool:
        """Whether what the noun names can be found or shown; answered without a picture."""
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
        """The mesh in the camera's frame, with the transforms that carry canonical space to it."""
        ...

    def canonical(self) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "j 3"]]:
        """Vertices and joints of the mean shape in the star pose, pelvis joint at the origin."""
        ...


@runtime_checkable
class SkinnedBody(BodyModel, Protocol):
    """A body that is posed by blending its joints' transforms, and so can be fitted to another."""

    template: Float[Tensor, "v 3"]
    shapedirs: Float[Tensor, "s v 3"]
    joints_rest: Float[Tensor, "j 3"]
    joint_shapedirs: Float[Tensor, "s j 3"]


@runtime_checkable
class HumanEstimator(Protocol):
    """Pose, shape and camera of people, told as parameters of `body`."""

    name: str
    licences: dict[str, str]

    @property
    def body(self) -> BodyModel:
        """The body whose parameters it gives."""
        ...

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One result a person box, in order, all in the given camera."""
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
    """What a renderer returns: `depth` is z in metres, +inf where nothing was hit."""

    @property
    def depth(self) -> Float[Tensor, "h w"]:
        """Distance along the camera's axis."""
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
    """A renderer that gradients flow through."""

    def soft_silhouette(
        self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera, sigma_px: float
    ) -> Float[Tensor, "h w"]:
        """Coverage of each pixel in [0, 1], felt within `sigma_px` of an edge; vertices in cam."""
        ...


@runtime_checkable
class ShapeSource(Protocol):
    """Candidate shapes of a category."""

    name: str

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """Shapes to try, most likely first; empty where the category is unknown.

        `mask` are the object's visible pixels in the photo.
        """
        ...


@runtime_checkable
class DepthEstimator(Protocol):
    """How far each pixel is, from the photo alone: a second witness, never the ruler."""

    name: str
    licences: dict[str, str]

    def estimate(self, photo: Photo) -> DepthMap:
        """Depth at photo size."""
        ...


@runtime_checkable
class ImageSource(Protocol):
    """Pictures of people using a category, for building priors.

    A class may declare `capabilities: Capability`. It is read without making an instance; a class that
    declares none has `DEFAULT_CAPABILITIES`.
    """

    name: str
    licences: dict[str, str]

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """One result a shot, in order; each depends on its own shot alone, however they are batched."""
        ...


@runtime_checkable
class KnowsPictures(Protocol):
    """What an image source of pictures that are there already may also do: name each in its shot."""

    def own(self, shot: Shot) -> Shot:
        """The shot as its picture's record keeps it, whether the picture can be read or not."""
        ...


@runtime_checkable
class PromptWriter(Protocol):
    """Sentences that describe a person using a category."""

    name: str
    licences: dict[str, str]

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """At most `count` different prompts; the same for the same seed where the writer can."""
        ...
