"""Make a record of each synthesised picture, and restore an observation from a record."""

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
    """Which camera a record has.

    ESTIMATOR: the estimated body in the estimator's camera. ANCHORED: a body of mean shape in the camera in
    which its joints project to the estimated joints (CHORUS, section 6).
    """

    ESTIMATOR = "estimator"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True)
class ObserveConfig:
    """How pictures are screened and calibrated; the long side of stored masks is at most `mask_px`."""

    screen: ScreenConfig = field(default_factory=ScreenConfig)
    camera: CameraFrom = CameraFrom.ANCHORED
    fit: calibrate.CalibrateConfig = field(default_factory=calibrate.CalibrateConfig)
    mask_px: int = 256
    least_mask_px: int = 12  # least object pixels of the stored mask


def config(screening: str, camera: str = "anchored") -> ObserveConfig:
    """The configuration of a screening and a camera by their names.

    Args:
        screening: "soft" (weighted), "paper" (published cuts), or "paper:RULE" with another keypoint rule.
        camera: "anchored" or "estimator".

    Raises:
        ConfigError: there is no such screening, rule or camera.
    """
    chosen = screen.config(screening)
    if camera not in list(CameraFrom):
        known = ", ".join(camera_from.value for camera_from in CameraFrom)
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
    """Make one record per picture, in order. The record of an unusable picture has the reason.

    Args:
        images: the pictures; each is observed as it is generated, and all are calibrated together.
        category: the object's noun.
        segmenter: detects and segments people and objects.
        human: estimates people as parameters of `body`.
        body: the body model of the records.
        config: screening and calibration.
    """
    pictures: list[SynthImage] = []
    looks: list[_Look | Rejected] = []
    for image in images:  # a lazy source generates each picture here, with all threads
        with one_thread():
            looks.append(_attempt(image, category, segmenter, human, config))
        pictures.append(image)
    with one_thread():
        if config.camera is CameraFrom.ANCHORED:
            looks = _anchored(looks, body, config)
        return [
            _set_aside(image, look) if isinstance(look, Rejected) else _record(image, look, body, config)
            for image, look in zip(pictures, looks, strict=True)
        ]


def restore(record: Record, body: BodyModel, renderer: Renderer) -> Observation:
    """Restore the observation of a kept record, at the size of its masks.

    Raises:
        ValueError: the picture was set aside.
        PriorError: its pose does not fit the body model.
    """
    seen = record.seen
    if seen is None:
        raise ValueError(f"record {record.image_id} was set aside ({record.reason}): nothing to restore")
    try:
        posed = body.pose(seen.body)
    except (RuntimeError, ValueError, IndexError) as error:
        raise PriorError(
            f"Picture {record.image_id}: its pose does not fit the body '{body.id}' ({error}).",
            "Its record is damaged: remove its file in shards/, and run the build again.",
        ) from error
    bare = renderer.render(posed.vertices, body.faces, seen.camera).depth
    thing = masks.unpack(seen.object)
    person = interpolate(masks.unpack(seen.human)[None, None], thing.shape)[0, 0] > 0.5
    depth = dressed(bare, person & (thing <= 0.5))
    prompt = record.shot.prompt
    return Observation(
        camera=seen.camera,
        cam_from_canon=posed.cam_from_canon,
        object=thing,
        body_depth=depth,
        weight=record.weight,
        prompt=prompt.text,
        verb=prompt.verb,
    )


def dressed(depth: Float[Tensor, "h w"], person: Bool[Tensor, "h w"]) -> Float[Tensor, "h w"]:
    """Extend a bare body's depth to pixels of clothes and hair, by the nearest pixel: they occlude too."""
    hit = torch.isfinite(depth)
    if not bool(hit.any()):
        return depth
    where = distance_transform_edt(~hit.numpy(), return_distances=False, return_indices=True)
    rows, columns = torch.from_numpy(np.asarray(where)).long()
    nearest = depth[rows, columns]
    return torch.where(person & ~hit, nearest, depth)


@dataclass(frozen=True, slots=True)
class _Look:
    """A person with an object. `camera` is of the full picture; masks are coverages at their stored size.

    `residual_px` is the error of `camera`; `doubt_px` includes the error of the pose.
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
    """The picture cannot be used, for the reason `why`."""

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
        # errors of networks on unusual pictures; missing weights or libraries raise other errors
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
        body=estimate.body,
        camera=estimate.camera,
        confidence=estimate.joint_confidence,
        thing=_shrunk(evidence.object.alpha, size),
        person=_shrunk(outline.alpha, size),
        person_score=person.score,
        height_px=float(box[3] - box[1]),
        thing_score=evidence.object.score,
        keypoints=screen.limbs(sure),
        residual_px=estimate.residual_px,
        doubt_px=estimate.residual_px,
        rival=rival,
    )


def _strictly(item: str, people: list[Detection], things: list[Detection], config: ScreenConfig) -> Chosen:
    """The only person and the only object of a picture, or an error."""
    found = screen.only_pair(people, things, config, item)
    if isinstance(found, Rejected):
        raise _Unusable(found)
    person, thing = found
    return Chosen([person], [thing], [0])


def _softly(item: str, people: list[Detection], things: list[Detection], config: ScreenConfig) -> Chosen:
    """The most prominent people and all objects."""
    people = screen.distinct([found for found in people if found.score >= config.soft_person])
    things = screen.distinct([found for found in things if found.score >= config.soft_thing])
    if not people:
        raise _Unusable(Rejected(item, Reason.NO_PERSON, "no person detected"))
    if not things:
        raise _Unusable(Rejected(item, Reason.NO_OBJECT, "no such object detected"))
    people = [people[i] for i in list(by_prominence(people, things))[:MOST_PEOPLE]]
    if not any(_in_reach(person, thing) for person in people for thing in things):
        raise _Unusable(Rejected(item, Reason.NO_OVERLAP, "every object is out of reach"))
    return Chosen(people, things, list(range(len(people))))


def _in_reach(person: Detection, thing: Detection) -> bool:
    return screen.within_reach(person.box_px, thing.box_px)


def _best_pair(item: str, seen: Perceived, *, strict: bool) -> tuple[Pair, float]:
    """The best pair, and the score of the second best relative to it; with `strict`, reach is not tested."""
    allowed = None if strict else _in_reach
    pairs = score_pairs(seen.people, seen.estimates, seen.things, allowed)
    if not pairs:
        lost = next(iter(seen.rejected), None)
        why = replace(lost, item=item) if lost else Rejected(item, Reason.NO_OVERLAP, "out of reach")
        raise _Unusable(why)
    ranked = sorted(reversed(pairs), key=lambda pair: pair.score, reverse=True)  # of equal pairs, the last
    return ranked[0], ranked[1].score / ranked[0].score if len(ranked) > 1 else 0.0


def _anchored(
    looks: list[_Look | Rejected], body: BodyModel, config: ObserveConfig
) -> list[_Look | Rejected]:
    """Anchor the people at mean shape; `Screening.PAPER` keeps all finite fits."""
    strict = config.screen.screening is Screening.SOFT
    usable = [seen for seen in looks if isinstance(seen, _Look)]
    people = [anchor.Person(seen.body, seen.camera, seen.confidence) for seen in usable]
    made = iter(anchor.anchor(people, body, strict, config.fit))
    out: list[_Look | Rejected] = []
    for seen in looks:
        if isinstance(seen, Rejected):
            out.append(seen)
            continue
        found = next(made)
        if not math.isfinite(found.residual_px):
            out.append(Rejected("", Reason.BAD_CALIBRATION, "no camera projects the joints to their pixels"))
        elif strict and not found.converged:
            out.append(Rejected("", Reason.BAD_CALIBRATION, "the camera's fit did not converge"))
        else:
            doubt = math.hypot(seen.doubt_px, found.residual_px) if strict else found.residual_px
            out.append(
                replace(
                    seen,
                    body=found.body,
                    camera=found.camera,
                    residual_px=found.residual_px,
                    doubt_px=doubt,
                )
            )
    return out


def _record(image: SynthImage, look: _Look, body: BodyModel, config: ObserveConfig) -> Record:
    """Make the record of a picture, with its weight."""
    width, height = look.camera.size_px
    size = _small((width, height), config.mask_px)
    if (pixels := int((look.thing > 0.5).sum())) < config.least_mask_px:
        return _set_aside(image, Rejected("", Reason.NO_OBJECT, f"{pixels} visible pixels"))
    points, front = project(look.camera, body.pose(look.body).joints)
    inside = front & ((points >= 0) & (points < torch.tensor([width, height]))).all(-1)
    truncation = 1 - float(inside.float().mean())
    scores = QualityScores(
        person=look.person_score,
        thing=look.thing_score,
        keypoints=look.keypoints,
        residual=look.doubt_px / max(look.height_px, 1.0),
        truncation=truncation,
        rival=look.rival,
    )
    weight = (
        1.0
        if config.screen.screening is Screening.PAPER
        else screen.weigh(scores, config.screen, _name(image))
    )
    if isinstance(weight, Rejected):
        return _set_aside(image, weight)
    seen = Seen(
        body=look.body,
        camera=resized(look.camera, size),
        object=masks.pack(look.thing),
        human=masks.pack((_shrunk(look.person, half(size)) > 0.5).float()),
        object_score=look.thing_score,
        person_score=look.person_score,
        keypoint_score=look.keypoints,
        residual_px=look.residual_px * size[0] / width,
        truncation=truncation,
    )
    return Record(image.shot, image.generator, image.photo.size_px, weight, seen)


def _set_aside(image: SynthImage, why: Rejected) -> Record:
    return Record(
        shot=image.shot,
        generator=image.generator,
        size_px=image.photo.size_px,
        weight=0.0,
        seen=None,
        reason=why.reason,
        detail=why.detail,
    )


def _name(image: SynthImage) -> str:
    return f"{image.shot.index:08d}"


def _small(size_px: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """The size of a picture's stored masks."""
    factor = min(1.0, longest_px / max(size_px))
    return max(1, round(size_px[0] * factor)), max(1, round(size_px[1] * factor))


def _shrunk(alpha: Float[Tensor, "h w"], size_px: tuple[int, int]) -> Float[Tensor, "m n"]:
    """Resize a mask to a smaller picture: the covered share of each pixel."""
    return interpolate(alpha[None, None].float(), (size_px[1], size_px[0]), mode="area")[0, 0]
