"""Pictures that a prior is built from."""

from dataclasses import dataclass
from enum import StrEnum

from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.types.photos import Camera, Photo


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
class Observation:
    """One picture of one person with the object's visible pixels, all of it or softly.

    `cam_from_canon` carries canonical space to this picture, one transform a joint; `body_depth` is
    z of the person's front (+inf where not hit). `weight` is a multiple of 1/64 in (0, 1].
    """

    camera: Camera
    cam_from_canon: Float[Tensor, "j 4 4"]
    object: Bool[Tensor, "h w"] | Float[Tensor, "h w"]
    body_depth: Float[Tensor, "h w"]
    weight: float = 1.0
    prompt: str = ""
    verb: str = ""
