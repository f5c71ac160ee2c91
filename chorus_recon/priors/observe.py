"""Synthesized pictures in, a record of each out; a record in, what it says of space out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import interpolate

from chorus_recon.backends.pairing import pair_score, prominence, split
from chorus_recon.backends.protocols import BodyModel, HumanEstimator, Renderer, Segmenter
from chorus_recon.errors import ConfigError, InputError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import default_camera, project, resized
from chorus_recon.priors import calibrate, masks, screen
from chorus_recon.priors.records import Record, Seen
from chorus_recon.priors.screen import Marks, ScreenConfig, Screening
from chorus_recon.priors.sightings import Observation
from chorus_recon.types import (
    BodyParams,
    Camera,
    Detection,
    HumanEstimate,
    Mask,
    Photo,
    Reason,
    Rejected,
    Rigid,
    SynthImage,
)

MOST_PEOPLE = 3  # posed, where several are seen
FITTED_JOINTS = 24  # the published fit's joints: the body's own come first


class Calibrate(StrEnum):
    """Whose camera a record has.

    OURS: the estimator's metric body in the estimator's camera. PAPER: a body of mean shape, and the
    camera that shows its joints where the estimate has them (CHORUS, section 6).
    """

    OURS = "ours"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class ObserveConfig:
    """How pictures are screened and calibrated; masks are kept with the long side at most `mask_px`."""

    screen: ScreenConfig = field(default_factory=ScreenConfig)
    calibration: Calibrate = Calibrate.OURS
    fit: calibrate.CalibrateConfig = field(default_factory=calibrate.CalibrateConfig)
    mask_px: int = 256
    least_mask_px: int = 12  # object pixels of the kept mask: fewer say nothing


def config(screening: str) -> ObserveConfig:
    """The settings behind a name: "soft" (ours) or "paper" (the published cuts and calibration).

    Raises:
        ConfigError: there is no such screening.
    """
    if screening not in list(Screening):
        raise ConfigError(
            f"There is no screening {screening!r}.", f"Known: {', '.join(one.value for one in Screening)}."
        )
    how = Screening(screening)
    return ObserveConfig(ScreenConfig(how), Calibrate.PAPER if how is Screening.PAPER else Calibrate.OURS)


def observe(
    images: Sequence[SynthImage],
    category: str,
    segmenter: Segmenter,
    human: HumanEstimator,
    body: BodyModel,
    config: ObserveConfig,
) -> list[Record]:
    """One record a picture, in order; a picture that cannot be used says why, and stops nothing.

    Args:
        images: any number; calibrated together.
        category: the object's noun.
        segmenter: finds and outlines people and things.
        human: poses people, as parameters of `body`.
        body: the body of the records.
        config: how strict to be.
    """
    looks = [_attempt(one, category, segmenter, human, config) for one in images]
    if config.calibration is Calibrate.PAPER:
        looks = _recalibrated(looks, body, config)
    return [
        _set_aside(image, look) if isinstance(look, Rejected) else _record(image, look, body, config)
        for image, look in zip(images, looks, strict=True)
    ]


def restore(record: Record, body: BodyModel, renderer: Renderer) -> Observation:
    """What a kept record says of space, at its masks' size.

    Raises:
        ValueError: nothing was kept of this picture.
    """
    seen = record.seen
    if seen is None:
        raise ValueError(f"record {record.image_id} was set aside ({record.reason}): nothing to restore")
    posed = body.pose(seen.body)
    depth = renderer.render(posed.vertices, body.faces, seen.camera).depth
    prompt = record.shot.prompt
    return Observation(
        seen.camera,
        posed.cam_from_canon,
        masks.unpack(seen.object),
        depth,
        record.weight,
        prompt.text,
        prompt.verb,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """A person with a thing at the picture's full size; `residual_px` belongs to `camera`."""

    body: BodyParams
    camera: Camera
    thing: Mask
    person: Mask
    person_score: float
    height_px: float
    keypoints: float
    residual_px: float
    rival: float


@dataclass(frozen=True, slots=True)
class _Pair:
    estimate: HumanEstimate
    person: Detection
    outline: Mask
    others: list[Mask]
    thing: Detection
    rival: float


def _attempt(
    image: SynthImage,
    category: str,
    segmenter: Segmenter,
    human: HumanEstimator,
    config: ObserveConfig,
) -> _Look | Rejected:
    try:
        return _look(image, category, segmenter, human, config)
    except torch.OutOfMemoryError:
        raise
    except (InputError, ValueError, IndexError, ArithmeticError, RuntimeError) as error:
        # what a strange picture does to a network; missing weights and libraries are not among these
        return Rejected(_name(image), Reason.UNREADABLE, f"{type(error).__name__}: {error}"[:200])


def _look(
    image: SynthImage, category: str, segmenter: Segmenter, human: HumanEstimator, config: ObserveConfig
) -> _Look | Rejected:
    photo, item = image.photo, _name(image)
    people = [one for one in segmenter.detect(photo) if one.label == "person"]
    things = segmenter.detect(photo, category)
    choose = _strictly if config.screen.screening is Screening.PAPER else _softly
    pair = choose(photo, item, people, things, segmenter, human, config.screen)
    if isinstance(pair, Rejected):
        return pair
    sure = screen.confidences(pair.estimate.keypoints, photo.size_px)
    if config.screen.screening is Screening.PAPER:
        broken = screen.breaks(screen.RULES[config.screen.rule], sure, config.screen.least_keypoint)
        if broken:
            return Rejected(item, Reason.FEW_KEYPOINTS, broken)
    outline = pair.thing.mask or segmenter.segment(photo, [pair.thing])[0]
    evidence = split(outline, pair.outline, pair.others)
    box = pair.person.box_px
    return _Look(
        pair.estimate.body,
        pair.estimate.camera,
        evidence.object,
        pair.outline,
        pair.person.score,
        float(box[3] - box[1]),
        screen.limbs(sure),
        pair.estimate.residual_px,
        pair.rival,
    )


def _strictly(
    photo: Photo,
    item: str,
    people: list[Detection],
    things: list[Detection],
    segmenter: Segmenter,
    human: HumanEstimator,
    config: ScreenConfig,
) -> _Pair | Rejected:
    """The only person with the only thing."""
    found = screen.only_pair(people, things, config, item)
    if isinstance(found, Rejected):
        return found
    person, thing = found
    outline = person.mask or segmenter.segment(photo, [person])[0]
    (estimate,) = human.estimate(photo, [person], [outline], _camera(photo))
    if isinstance(estimate, Rejected):
        return replace(estimate, item=item)
    return _Pair(estimate, person, outline, [], thing, 0.0)


def _softly(
    photo: Photo,
    item: str,
    people: list[Detection],
    things: list[Detection],
    segmenter: Segmenter,
    human: HumanEstimator,
    config: ScreenConfig,
) -> _Pair | Rejected:
    """The best pair of however many people and things."""
    people = screen.distinct([one for one in people if one.score >= config.soft_person])
    things = screen.distinct([one for one in things if one.score >= config.soft_thing])
    if not people:
        return Rejected(item, Reason.NO_PERSON, "nobody seen")
    if not things:
        return Rejected(item, Reason.NO_OBJECT, "no such thing seen")
    people = sorted(people, key=lambda one: -prominence(one, things))[:MOST_PEOPLE]
    if not any(screen.within_reach(p.box_px, t.box_px) for p in people for t in things):
        return Rejected(item, Reason.NO_OVERLAP, "every thing is out of reach")
    outlines = [one.mask or made for one, made in zip(people, segmenter.segment(photo, people), strict=True)]
    estimates = human.estimate(photo, people, outlines, _camera(photo))
    scored = sorted(
        (
            (pair_score(thing, people[i].box_px, one) * prominence(people[i], things) ** 0.5, i, j)
            for i, one in enumerate(estimates)
            if isinstance(one, HumanEstimate)
            for j, thing in enumerate(things)
            if screen.within_reach(people[i].box_px, thing.box_px)
        ),
        reverse=True,
    )
    if not scored:
        lost = next((one for one in estimates if isinstance(one, Rejected)), None)
        return replace(lost, item=item) if lost else Rejected(item, Reason.NO_OVERLAP, "out of reach")
    best, i, j = scored[0]
    rival = scored[1][0] / best if len(scored) > 1 else 0.0
    estimate = estimates[i]
    assert isinstance(estimate, HumanEstimate)  # only those were scored
    others = [one for k, one in enumerate(outlines) if k != i]
    return _Pair(estimate, people[i], outlines[i], others, things[j], rival)


def _recalibrated(
    looks: list[_Look | Rejected], body: BodyModel, config: ObserveConfig
) -> list[_Look | Rejected]:
    """The same people at mean shape, each with the camera that shows their joints where they were."""
    rows = [n for n, one in enumerate(looks) if isinstance(one, _Look)]
    several = [one for one in looks if isinstance(one, _Look)]
    if not several:
        return looks
    mean = [
        BodyParams(one.body.model, torch.zeros_like(one.body.shape), one.body.pose, transforms.identity())
        for one in several
    ]
    joints = torch.stack([body.pose(one).joints[:FITTED_JOINTS] for one in mean])
    pixels = torch.stack(
        [project(one.camera, body.pose(one.body).joints[:FITTED_JOINTS])[0] for one in several]
    )
    made = calibrate.calibrate(
        joints,
        pixels,
        torch.tensor([one.camera.size_px for one in several], dtype=torch.float32),
        torch.stack([one.body.cam_from_body.rotation for one in several]),
        config=config.fit,
    )
    out = list(looks)
    for n, (row, one, params) in enumerate(zip(rows, several, mean, strict=True)):
        if not bool(made.residual_px[n].isfinite()):
            out[row] = Rejected("", Reason.BAD_CALIBRATION, "no camera shows the joints where they are")
            continue
        width, height = one.camera.size_px
        camera = Camera(made.focal_px[n].repeat(2), torch.tensor([width / 2, height / 2]), one.camera.size_px)
        place = Rigid(made.cam_from_body.rotation[n], made.cam_from_body.translation_m[n])
        out[row] = replace(
            one,
            body=replace(params, cam_from_body=place),
            camera=camera,
            residual_px=float(made.residual_px[n]),
        )
    return out


def _record(image: SynthImage, look: _Look, body: BodyModel, config: ObserveConfig) -> Record:
    """Weigh a picture, and keep what is needed of it."""
    width, height = look.camera.size_px
    factor = min(1.0, config.mask_px / max(width, height))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    thing, person = (_shrunk(one.alpha, size) for one in (look.thing, look.person))
    if int(thing.sum()) < config.least_mask_px:
        return _set_aside(image, Rejected("", Reason.NO_OBJECT, f"{int(thing.sum())} pixels of it in sight"))
    points, front = project(look.camera, body.pose(look.body).joints)
    inside = front & ((points >= 0) & (points < torch.tensor([width, height]))).all(-1)
    truncation = 1 - float(inside.float().mean())
    marks = Marks(
        look.person_score,
        look.thing.score,
        look.keypoints,
        look.residual_px / max(look.height_px, 1.0),
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
        masks.pack(thing),
        masks.pack(person & ~thing),
        look.thing.score,
        look.person_score,
        look.keypoints,
        look.residual_px * factor,
        truncation,
    )
    return Record(image.shot, image.generator, image.photo.size_px, weight, seen)


def _set_aside(image: SynthImage, why: Rejected) -> Record:
    return Record(image.shot, image.generator, image.photo.size_px, 0.0, None, why.reason, why.detail)


def _camera(photo: Photo) -> Camera:
    return default_camera(photo.size_px, photo.focal_px)


def _name(image: SynthImage) -> str:
    return f"{image.shot.index:08d}"


def _shrunk(alpha: Float[Tensor, "h w"], size_px: tuple[int, int]) -> Bool[Tensor, "m n"]:
    """Pixels that a mask covers at least half of."""
    return interpolate(alpha[None, None].float(), (size_px[1], size_px[0]), mode="area")[0, 0] > 0.5
