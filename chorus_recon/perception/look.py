"""Detect the people of a photo, choose which of them to pose, then segment and pose these."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from chorus_recon.backends.protocols import HumanEstimator, Segmenter
from chorus_recon.geometry.outlines import alike
from chorus_recon.types import Camera, Detection, HumanEstimate, Mask, Photo, Rejected

LEAST_ALIKE = 0.5  # IoU of two masks of one person below which the segmenter outlined something else

Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """People and things of a photo; `picked` are the indices of the people to pose."""

    people: list[Detection]
    things: list[Detection]
    picked: list[int]


@dataclass(frozen=True, slots=True)
class Perceived:
    """What the detector and the pose network found in a photo.

    `outlines` and `estimates` are keyed by index into `people`. A person whose pose could not be read
    has an outline, no estimate, and a reason in `rejected`.
    """

    detections: list[Detection]
    people: list[Detection]
    things: list[Detection]
    outlines: dict[int, Mask]
    estimates: dict[int, HumanEstimate]
    rejected: list[Rejected]
    camera: Camera

    def others(self, person: int) -> list[Mask]:
        """Outlines of everybody but one person."""
        return [mask for number, mask in self.outlines.items() if number != person]


def look(
    photo: Photo,
    segmenter: Segmenter,
    human: HumanEstimator,
    choose: Callable[[list[Detection]], Chosen],
    camera: Camera,
    stage: Stage = lambda name: nullcontext(),
) -> Perceived:
    """Detect, choose, outline and pose.

    Args:
        photo: the picture.
        segmenter: detects and outlines.
        human: poses people.
        choose: picks the people to pose from all detections; its exceptions are passed on.
        camera: the camera that all people are posed in.
        stage: entered with the name of each stage ("detect", "segment", "human"), to time it.
    """
    with stage("detect"):
        detections = segmenter.detect(photo)
        chosen = choose(detections)
        people = [chosen.people[i] for i in chosen.picked]
    with stage("segment"):
        outlines = outline_people(photo, people, segmenter)
    with stage("human"):
        results = human.estimate(photo, people, outlines, camera)
    posed = list(zip(chosen.picked, results, strict=True))
    outlines = [
        _right(person, outline, found)
        for person, outline, found in zip(people, outlines, results, strict=True)
    ]
    return Perceived(
        detections=detections,
        people=chosen.people,
        things=chosen.things,
        outlines=dict(zip(chosen.picked, outlines, strict=True)),
        estimates={i: found for i, found in posed if isinstance(found, HumanEstimate)},
        rejected=[found for found in results if isinstance(found, Rejected)],
        camera=camera,
    )


def outline_people(photo: Photo, people: list[Detection], segmenter: Segmenter) -> list[Mask]:
    """The mask of each person, in order: the detection's own if it has one, else the segmenter's."""
    own = [person.mask for person in people if person.mask is not None]
    if len(own) == len(people):
        return own
    made = segmenter.segment(photo, people)
    return [person.mask or mask for person, mask in zip(people, made, strict=True)]


def seen_people(detections: list[Detection]) -> list[Detection]:
    """The people among detections."""
    return [d for d in detections if d.label == "person"]


def _right(person: Detection, outline: Mask, found: HumanEstimate | Rejected) -> Mask:
    """A person's outline: the pose network's own where the segmenter's has little in common with it.

    A box often holds a bush, a chair or a board that is larger than the part of the person in sight.
    """
    if person.mask is not None or isinstance(found, Rejected) or found.alpha is None:
        return outline
    same = alike(outline.alpha > 0.5, found.alpha > 0.5, LEAST_ALIKE)
    return outline if same else replace(outline, alpha=found.alpha)
