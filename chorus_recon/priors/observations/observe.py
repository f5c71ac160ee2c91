"""Synthesized pictures in, a record of each out; a record in, what it says of space out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt
from torch import Tensor
from torch.nn.functional import interpolate

from chorus_recon.backends.protocols import BodyModel, HumanEstimator, Renderer, Segmenter
from chorus_recon.errors import ConfigError, InputError, PriorError
from chorus_recon.geometry.camera import default_camera, project, resized
from chorus_recon.geometry.threads import one_thread
from chorus_recon.perception.evidence import outline_thing, split
from chorus_recon.perception.look import Chosen, Perceived, look, seen_people
from chorus_recon.perception.pairing import Pair, score_pairs
from chorus_recon.perception.people import MOST_PEOPLE, by_prominence
from chorus_recon.priors.jobs import masks
from chorus_recon.priors.jobs.records import Record, Seen, half
from chorus_recon.priors.observations import anchor, calibrate, screen
from chorus_recon.priors.observations.screen import QualityScores, ScreenConfig, Screening
from chorus_recon.types import (
    BodyParams,
    Camera,
    Detection,
    Observation,
    Reason,
    Rejected,
    SynthImage,
)


class CameraFrom(StrEnum):
    """Whose camera a record has.

    ESTIMATOR: the estimator's metric body in the estimator's camera. ANCHORED: a body of mean shape, and
    the camera that shows its joints where the estimate has them (CHORUS, section 6).
    """

    ESTIMATOR = "estimator"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True)
class ObserveConfig:
    """How pictures are screened and calibrated; masks are kept with the long side at most `mask_px`."""

    screen: ScreenConfig = field(default_factory=ScreenConfig)
    camera: CameraFrom = CameraFrom.ANCHORED
    fit: calibrate.CalibrateConfig = field(default_factory=calibrate.CalibrateConfig)
    mask_px: int = 256
    least_mask_px: int = 12  # object pixels of the kept mask: fewer say nothing


def config(screening: str, camera: str = "anchored") -> ObserveConfig:
    """The settings behind names.

    Args:
        screening: "soft" (ours), or "paper" (the published cuts), "paper:RULE" with another keypoint rule.
        camera: "anchored" or "estimator".

    Raises:
        ConfigError: there is no such screening, rule or camera.
    """
    chosen = screen.config(screening)
    if camera not in list(CameraFrom):
        known = ", ".join(one.value for one in CameraFrom)
        raise ConfigError(f"There is no camera {camera!r}.", f"Known: {known}.")
    return ObserveConfig(chosen, CameraFrom(camera))


def observe(
    images: Iterable[SynthImage],
    category: str,
    segmenter: Segmenter,
    human: HumanEstimator,
    body: BodyModel,
    config: ObserveConfig,
) -> list[Record]:
    """One record a picture, in order; a picture that cannot be used says why, and stops nothing.

    Args:
        images: any number, each looked at as it comes; calibrated together.
        category: the object's noun.
        segmenter: finds and outlines people and things.
        human: poses people, as parameters of `body`.
        body: the body of the records.
        config: how strict to be.
    """
    several: list[SynthImage] = []
    looks: list[_Look | Rejected] = []
    for image in images:  # made as they are asked for, on as many threads as there are
        with one_thread():
            looks.append(_attempt(image, category, segmenter, human, config))
        several.append(image)
    with one_thread():
        if config.camera is CameraFrom.ANCHORED:
            looks = _anchored(looks, body, config)
        return [
            _set_aside(image, look) if isinstance(look, Rejected) else _record(image, look, body, config)
            for image, look in zip(several, looks, strict=True)
        ]


def restore(record: Record, body: BodyModel, renderer: Renderer) -> Observation:
    """What a kept record says of space, at its masks' size.

    Raises:
        ValueError: nothing was kept of this picture.
        PriorError: it is of another body.
    """
    seen = record.seen
    if seen is None:
        raise ValueError(f"record {record.image_id} was set aside ({record.reason}): nothing to restore")
    try:
        posed = body.pose(seen.body)
    except (RuntimeError, ValueError, IndexError) as error:
        raise PriorError(
            f"Picture {record.image_id}: its pose is none of the body '{body.id}' ({error}).",
            "Its record is damaged: remove the file of shards/ that holds it, and run the build again.",
        ) from error
    bare = renderer.render(posed.vertices, body.faces, seen.camera).depth
    thing = masks.unpack(seen.object)
    person = interpolate(masks.unpack(seen.human)[None, None], thing.shape)[0, 0] > 0.5
    depth = dressed(bare, person & (thing <= 0.5))
    prompt = record.shot.prompt
    return Observation(
        seen.camera,
        posed.cam_from_canon,
        thing,
        depth,
        record.weight,
        prompt.text,
        prompt.verb,
    )


def dressed(depth: Float[Tensor, "h w"], person: Bool[Tensor, "h w"]) -> Float[Tensor, "h w"]:
    """A bare body's depth, its nearest pixel's where only clothes or hair are: they hide things too."""
    hit = torch.isfinite(depth)
    if not bool(hit.any()):
        return depth
    where = distance_transform_edt(~hit.numpy(), return_distances=False, return_indices=True)
    rows, columns = torch.from_numpy(np.asarray(where)).long()
    nearest = depth[rows, columns]
    return torch.where(person & ~hit, nearest, depth)


@dataclass(frozen=True, slots=True)
class _Look:
    """A person with a thing. `camera` is the full picture's; masks are coverages, as large as they are kept.

    `residual_px` is the error of `camera`, `doubt_px` that of the pose too.
    """

    body: BodyParams
    camera: Camera
    confidence: Float[Tensor, " j"]
    thing: Float[Tensor, "h w"]
    person: Float[Tensor, "h w"]
    person_score: float
    height_px: float
    thing_score: float
    keypoints: float
    residual_px: float
    doubt_px: float
    rival: float


class _Unusable(Exception):
    """Ends the look at a picture that cannot be used."""

    def __init__(self, why: Rejected) -> None:
        super().__init__(why.detail)
        self.why = why


def _attempt(
    image: SynthImage,
    category: str,
    segmenter: Segmenter,
    human: HumanEstimator,
    config: ObserveConfig,
) -> _Look | Rejected:
    try:
        return _look(image, category, segmenter, human, config)
    except _Unusable as unusable:
        return unusable.why
    except torch.OutOfMemoryError:
        raise
    except (InputError, ValueError, IndexError, ArithmeticError, RuntimeError) as error:
        # what a strange picture does to a network; missing weights and libraries are not among these
        return Rejected(_name(image), Reason.UNREADABLE, f"{type(error).__name__}: {error}"[:200])


def _look(
    image: SynthImage, category: str, segmenter: Segmenter, human: HumanEstimator, config: ObserveConfig
) -> _Look | Rejected:
    photo, item = image.photo, _name(image)
    choose = _strictly if config.screen.screening is Screening.PAPER else _softly

    def chosen(detections: list[Detection]) -> Chosen:
        things = segmenter.detect(photo, category)
        return choose(item, seen_people(detections), things, config.screen)

    camera = default_camera(photo.size_px, photo.focal_px)
    seen = look(photo, segmenter, human, chosen, camera)
    pair, rival = _best_pair(item, seen, strict=config.screen.screening is Screening.PAPER)
    estimate, person = seen.estimates[pair.person], seen.people[pair.person]
    sure = screen.confidences(estimate.keypoints, photo.size_px)
    if config.screen.screening is Screening.PAPER:
        broken = screen.breaks(screen.RULES[config.screen.rule], sure, config.screen.least_keypoint)
        if broken:
            return Rejected(item, Reason.FEW_KEYPOINTS, broken)
    outline = seen.outlines[pair.person]
    thing = outline_thing(photo, pair.thing, segmenter)
    evidence = split(thing, outline, seen.others(pair.person))
    box = person.box_px
    size = _small(photo.size_px, config.mask_px)
    return _Look(
        estimate.body,
        estimate.camera,
        estimate.joint_confidence,
        _shrunk(evidence.object.alpha, size),
        _shrunk(outline.alpha, size),
        person.score,
        float(box[3] - box[1]),
        evidence.object.score,
        screen.limbs(sure),
        estimate.residual_px,
        estimate.residual_px,
        rival,
    )


def _strictly(item: str, people: list[Detection], things: list[Detection], config: ScreenConfig) -> Chosen:
    """The only person with the only thing."""
    found = screen.only_pair(people, things, config, item)
    if isinstance(found, Rejected):
        raise _Unusable(found)
    person, thing = found
    return Chosen([person], [thing], [0])


def _softly(item: str, people: list[Detection], things: list[Detection], config: ScreenConfig) -> Chosen:
    """The most prominent people and all things, however many there are."""
    people = screen.distinct([found for found in people if found.score >= config.soft_person])
    things = screen.distinct([found for found in things if found.score >= config.soft_thing])
    if not people:
        raise _Unusable(Rejected(item, Reason.NO_PERSON, "nobody seen"))
    if not things:
        raise _Unusable(Rejected(item, Reason.NO_OBJECT, "no such thing seen"))
    people = [people[i] for i in by_prominence(people, things)[:MOST_PEOPLE]]
    if not any(_in_reach(person, thing) for person in people for thing in things):
        raise _Unusable(Rejected(item, Reason.NO_OVERLAP, "every thing is out of reach"))
    return Chosen(people, things, list(range(len(people))))


def _in_reach(person: Detection, thing: Detection) -> bool:
    return screen.within_reach(person.box_px, thing.box_px)


def _best_pair(item: str, seen: Perceived, *, strict: bool) -> tuple[Pair, float]:
    """The best pair, and the score of the next relative to it; `strict` has one pair at most."""
    allowed = None if strict else _in_reach
    pairs = score_pairs(seen.people, seen.estimates, seen.things, allowed)
    if not pairs:
        lost = next(iter(seen.rejected), None)
        why = replace(lost, item=item) if lost else Rejected(item, Reason.NO_OVERLAP, "out of reach")
        raise _Unusable(why)
    ranked = sorted(reversed(pairs), key=lambda pair: pair.score, reverse=True)  # ties: the last first
    return ranked[0], ranked[1].score / ranked[0].score if len(ranked) > 1 else 0.0


def _anchored(
    looks: list[_Look | Rejected], body: BodyModel, config: ObserveConfig
) -> list[_Look | Rejected]:
    """The same people at mean shape, each in a camera of their own; the published rules keep any fit."""
    strict = config.screen.screening is Screening.SOFT
    several = [one for one in looks if isinstance(one, _Look)]
    people = [anchor.Person(one.body, one.camera, one.confidence) for one in several]
    made = iter(anchor.anchor(people, body, strict, config.fit))
    out: list[_Look | Rejected] = []
    for one in looks:
        if isinstance(one, Rejected):
            out.append(one)
            continue
        found = next(made)
        if not math.isfinite(found.residual_px):
            out.append(Rejected("", Reason.BAD_CALIBRATION, "no camera shows the joints where they are"))
        elif strict and not found.settled:
            out.append(Rejected("", Reason.BAD_CALIBRATION, "the camera's fit did not settle"))
        else:
            doubt = math.hypot(one.doubt_px, found.residual_px) if strict else found.residual_px
            out.append(
                replace(
                    one,
                    body=found.body,
                    camera=found.camera,
                    residual_px=found.residual_px,
                    doubt_px=doubt,
                )
            )
    return out


def _record(image: SynthImage, look: _Look, body: BodyModel, config: ObserveConfig) -> Record:
    """Weigh a picture, and keep what is needed of it."""
    width, height = look.camera.size_px
    size = _small((width, height), config.mask_px)
    if (pixels := int((look.thing > 0.5).sum())) < config.least_mask_px:
        return _set_aside(image, Rejected("", Reason.NO_OBJECT, f"{pixels} pixels of it in sight"))
    points, front = project(look.camera, body.pose(look.body).joints)
    inside = front & ((points >= 0) & (points < torch.tensor([width, height]))).all(-1)
    truncation = 1 - float(inside.float().mean())
    marks = QualityScores(
        look.person_score,
        look.thing_score,
        look.keypoints,
        look.doubt_px / max(look.height_px, 1.0),
        truncation,
        look.rival,
    )
    weight = (
        1.0
        if config.screen.screening is Screening.PAPER
        else screen.weigh(marks, config.screen, _name(image))
    )
    if isinstance(weight, Rejected):
        return _set_aside(image, weight)
    seen = Seen(
        look.body,
        resized(look.camera, size),
        masks.pack(look.thing),
        masks.pack((_shrunk(look.person, half(size)) > 0.5).float()),
        look.thing_score,
        look.person_score,
        look.keypoints,
        look.residual_px * size[0] / width,
        truncation,
    )
    return Record(image.shot, image.generator, image.photo.size_px, weight, seen)


def _set_aside(image: SynthImage, why: Rejected) -> Record:
    return Record(image.shot, image.generator, image.photo.size_px, 0.0, None, why.reason, why.detail)


def _name(image: SynthImage) -> str:
    return f"{image.shot.index:08d}"


def _small(size_px: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """The size of a picture's kept masks."""
    factor = min(1.0, longest_px / max(size_px))
    return max(1, round(size_px[0] * factor)), max(1, round(size_px[1] * factor))


def _shrunk(alpha: Float[Tensor, "h w"], size_px: tuple[int, int]) -> Float[Tensor, "m n"]:
    """How far a mask covers each pixel of a smaller picture."""
    return interpolate(alpha[None, None].float(), (size_px[1], size_px[0]), mode="area")[0, 0]
