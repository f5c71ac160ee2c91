"""The inputs of one placement and the settings of its search."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.pipeline.field import BodyDistance
from chorus_recon.pipeline.placement.window import Window
from chorus_recon.types import Camera, Evidence, ObjectShape, PosedBody, PosedField, Rigid


@dataclass(frozen=True, slots=True)
class PlaceConfig:
    """Counts and thresholds of the search.

    The weights of the terms are in `terms.TERMS`. `weights` replaces some of them by name.
    """

    starts: int = 64  # optimised together
    drawn: int = 384  # candidates scored once to choose the starts
    points: int = 256  # surface samples a candidate
    steps: int = 60  # first stage, all starts
    keep: int = 12  # starts that go on to the second stage
    fine_steps: int = 40
    exact: int = 8  # answers scored by exact ray casting
    answers: int = 5
    sharp_steps: int = 12  # of each of those, against the whole outline
    polished: int = 2  # best of those that go on, so that another seed ends in the same place
    polish_steps: int = 30
    temperature: float = 0.48  # of the softmax over answers
    twin_m: float = 0.06  # answers nearer than this are one answer
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacementContext:
    """Everything that placement reads, made once for a photo.

    Attributes:
        clusters: the prior's clusters, carried to this person.
        shapes: candidate shapes.
        window: the crop of the photo that candidates are compared with.
        evidence: the photo split into object, not object and unknown.
        body: the posed person, in cam.
        distance: the body's signed distance.
        joint_names: the joints that the prior's seeds name.
        canon_joints: their canonical positions, metres; the seeds are relative to these.
        renderer: casts rays for exact silhouettes.
        camera: the photo's camera.
        category: the key of the object's category.
        up_cam: the vertical as far as the people show it, a unit vector in cam.
        up_sigma_deg: expected angle between it and the true vertical, root mean square.
        config: settings of the search.
        seed: of the random candidates.
        given: a pose (cam from object) to stay near, for a shape that comes with one.
    """

    clusters: tuple[PosedField, ...]
    shapes: tuple[ObjectShape, ...]
    window: Window
    evidence: Evidence
    body: PosedBody
    distance: BodyDistance
    joint_names: tuple[str, ...]
    canon_joints: Float[Tensor, "j 3"]
    renderer: Renderer
    camera: Camera
    category: str
    up_cam: Float[Tensor, " 3"]
    up_sigma_deg: float
    config: PlaceConfig
    seed: int = 0
    given: Rigid | None = None
