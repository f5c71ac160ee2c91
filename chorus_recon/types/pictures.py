"""Pictures that a prior is built from, and what is observed in them."""

from dataclasses import dataclass
from enum import StrEnum

from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.types.photos import Camera, Photo


class Reason(StrEnum):
    """Why an image or person was rejected."""

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
    """An expected rejection, returned as a value instead of raised."""

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
    """Everything that determines one synthesized picture; any machine makes the same picture of it.

    `index` is its place in the build, `view` the phrase appended to the prompt, `avoid` the negative
    prompt.
    """

    index: int
    prompt: Prompt
    view: str
    avoid: str
    seed: int

    @property
    def text(self) -> str:
        """The full prompt: the sentence with the view phrase."""
        return self.prompt.text + self.view


@dataclass(frozen=True, slots=True)
class SynthImage:
    """A picture made for a shot; `generator` names what made it."""

    shot: Shot
    photo: Photo
    generator: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One picture of one person, with a binary or soft mask of the object's visible pixels.

    `cam_from_canon` takes canonical space to this picture's cam, one transform per joint; `body_depth` is
    z of the person's front in metres (+inf where not hit). `weight` is a multiple of 1/64 in (0, 1].
    """

    camera: Camera
    cam_from_canon: Float[Tensor, "j 4 4"]
    object: Bool[Tensor, "h w"] | Float[Tensor, "h w"]
    body_depth: Float[Tensor, "h w"]
    weight: float = 1.0
    prompt: str = ""
    verb: str = ""
