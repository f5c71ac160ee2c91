"""One photo -> Reconstruction: the walk through every stage."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.registry import Backends, load
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.errors import InputError, NoObject, NoPerson
from chorus_recon.geometry.camera import default_camera
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask, load_photo
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.perception import evidence as evidences
from chorus_recon.perception.look import Chosen, Perceived, look, seen_people
from chorus_recon.perception.pairing import choose_pair
from chorus_recon.perception.people import choose_people
from chorus_recon.perception.things import candidate_things, listed
from chorus_recon.pipeline import depth_check
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.output import save  # noqa: F401  (registers Reconstruction.save)
from chorus_recon.pipeline.placement import optimise
from chorus_recon.pipeline.placement.carve import carve
from chorus_recon.pipeline.placement.context import PlaceConfig, PlacementContext
from chorus_recon.pipeline.placement.window import box_of, make_window
from chorus_recon.types import (
    Camera,
    DepthCheck,
    DepthMap,
    Detection,
    Evidence,
    HumanEstimate,
    Mask,
    ObjectShape,
    Photo,
    Placement,
    PosedField,
    Reconstruction,
    Rigid,
)
from chorus_recon.version import __version__

UNSURE = 0.35  # a best placement less probable than this earns a warning
TIED = 0.7  # so does a runner-up at least this fraction as probable
BLIND = 0.25  # how far an object that the detector hardly saw is believed


@dataclass(frozen=True, slots=True)
class ReconstructConfig:
    """What the user may choose; everything has a default."""

    category: str | None = None
    prior: Path | None = None
    person: int | None = None
    object_mask: Path | None = None
    human_mask: Path | None = None
    object_box: tuple[float, float, float, float] | None = None
    object_mesh: Path | None = None
    object_units: str | None = None
    object_up: str | None = None
    human_only: bool = False
    seed: int = 0
    starts: int = 64
    focal_px: float | None = None
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Oracle:
    """Truth to feed in place of a stage, for measuring the stages apart."""

    object_mask: Float[Tensor, "h w"] | None = None
    human_mask: Float[Tensor, "h w"] | None = None
    camera: Camera | None = None
    object_shape: ObjectShape | None = None


@dataclass(slots=True)
class _Clock:
    """Seconds a stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to `name`."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


def reconstruct(
    photo: str | Path | Photo,
    config: ReconstructConfig | None = None,
    backends: Backends | None = None,
    *,
    category: str | None = None,
    oracle: Oracle | None = None,
) -> Reconstruction:
    """Metric meshes of the person and the thing they use, lined up with the photo.

    Args:
        photo: a path, or a photo already read.
        config: choices; `category` is a shorthand for the commonest one.
        backends: the models to use; the embedded default when None.
        category: what the object is; found in the photo when None.
        oracle: truth for some stages (evaluation only).

    Raises:
        InputError: the photo or a file named in `config` cannot be used.
        PriorError: the category has no prior, or `config.prior` is not one.
        NoPerson: nobody suitable was found.
        NoObject: nothing the person uses was found (and `human_only` is off).
    """
    config = config or ReconstructConfig()
    if category is not None:
        config = replace(config, category=category)
    if config.prior is not None and config.category is None:
        config = replace(config, category=load_prior(config.prior).category)
    clock = _Clock()
    with clock.stage("load"):
        backends = backends or load({}, config.device)
        picture = photo if isinstance(photo, Photo) else load_photo(photo)
    seen = _look(picture, config, backends, oracle or Oracle(), clock)
    if config.human_only:
        return _human_only(picture, seen, config, backends, clock)
    return _with_object(picture, seen, config, backends, oracle or Oracle(), clock)


def _look(
    photo: Photo, config: ReconstructConfig, backends: Backends, oracle: Oracle, clock: _Clock
) -> Perceived:
    """Detect, choose people worth posing, outline and pose them.

    Raises:
        NoPerson: nobody suitable was found, or no pose could be read.
    """

    def choose(detections: list[Detection]) -> Chosen:
        people = seen_people(detections)
        outline = _given_mask(config.human_mask, oracle.human_mask, photo, "person")
        if outline is not None:
            people = [_given_person(outline)]
        people.sort(key=lambda d: float(d.box_px[0] + d.box_px[2]))
        things = candidate_things(detections, config.category, frozenset(bundled()))
        if config.object_box is not None:
            things = [Detection(torch.tensor(config.object_box).float(), config.category or "object", 1.0)]
        picked = choose_people(people, photo, config.person, things, alone=config.human_only)
        return Chosen(people, things, picked)

    camera = oracle.camera or default_camera(photo.size_px, config.focal_px or photo.focal_px)
    seen = look(photo, backends.segmenter, backends.human, choose, camera, clock.stage)
    if not seen.estimates:
        why = "; ".join(found.detail for found in seen.rejected)
        raise NoPerson(
            f"{photo.source.name}: a person was seen but no pose could be read. {why}".strip(),
            "Try a larger or sharper picture of the person, or another person with --person N.",
        )
    return seen


def _given_mask(
    path: Path | None, oracle: Float[Tensor, "h w"] | None, photo: Photo, label: str
) -> Mask | None:
    if oracle is not None:
        return Mask(oracle, label, 1.0)
    return None if path is None else Mask(load_mask(path, photo.size_px), label, 1.0)


def _given_person(outline: Mask) -> Detection:
    """The person that a given outline shows, in the outline's own box."""
    box = box_of(outline.alpha)
    if box is None:
        raise InputError("The person's mask is empty.", "Pass a mask with the person's pixels white.")
    return Detection(torch.tensor(box), "person", 1.0, outline)


def _human_only(
    photo: Photo, seen: Perceived, config: ReconstructConfig, backends: Backends, clock: _Clock
) -> Reconstruction:
    number, human = next(iter(seen.estimates.items()))
    body = backends.body.pose(human.body)
    return Reconstruction(
        photo, seen.camera, human, body, seen.outlines[number], None, "", (), None,
        tuple(_human_warnings(human)), clock.seconds, _versions(), _licences(backends, None), config.seed,
    )  # fmt: skip


def _with_object(
    photo: Photo,
    seen: Perceived,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
    clock: _Clock,
) -> Reconstruction:
    number, thing = _find_object(photo, seen, config, backends, oracle)
    human, person = seen.estimates[number], seen.outlines[number]
    depth: DepthMap | None = None
    if backends.depth is not None:
        with clock.stage("depth"):  # before the long work: its weights may be missing
            depth = backends.depth.estimate(photo)
    with clock.stage("body"):
        body = backends.body.pose(human.body)
    warnings = _human_warnings(human)
    category = category_names.key(config.category or (thing.label if thing else ""))
    with clock.stage("prior"):
        prior = load_prior(config.prior or category)
        posed = fields.repose(prior.clusters, backends.body, body)
        distance = fields.body_distance(body)
    with clock.stage("segment"):
        if thing is None:
            thing = _guess_object(photo, seen, person, config, backends, posed)
            noun = category_names.words(category)
            warnings.append(
                f"the detector did not see the {noun}; it was looked for where the prior says "
                "(--object-box or --object-mask tells where it is)"
            )
        evidence = _split(photo, thing, person, seen.others(number), backends)
    given: Rigid | None = None
    with clock.stage("shape"):
        shapes = _shapes(category, config, backends, oracle, photo, evidence.object)
        if not shapes:
            likely = max(posed, key=lambda f: float(f.share * f.probability.max()))
            shape, given = carve(likely, evidence, seen.camera, category)
            shapes = [shape]
    with clock.stage("place"):
        context = PlacementContext(
            clusters=posed,
            shapes=tuple(shapes),
            window=make_window(seen.camera, evidence, body, backends.renderer),
            evidence=evidence,
            body=body,
            distance=distance,
            joint_names=backends.body.joint_names,
            canon_joints=backends.body.canonical()[1],
            renderer=backends.renderer,
            camera=seen.camera,
            config=PlaceConfig(starts=config.starts),
            seed=config.seed,
            given=given,
        )
        placements = optimise.optimise(context)
    trust = min(1.0, BLIND + 1.25 * thing.score)
    placements = tuple(replace(p, probability=trust * p.probability) for p in placements)
    found: DepthCheck | None = None
    if depth is not None and backends.depth is not None:
        with clock.stage("depth"):
            found = depth_check.check(
                depth, backends.depth.name, seen.camera, evidence, body, placements, backends.renderer
            )
            placements, found = depth_check.weigh(placements, found)
        warnings += depth_check.warnings(found, category)
    warnings += _placement_warnings(placements)
    return Reconstruction(
        photo, seen.camera, human, body, person, evidence, category, placements, prior,
        tuple(warnings), clock.seconds, _versions(), _licences(backends, placements), config.seed, found,
    )  # fmt: skip


def _find_object(
    photo: Photo,
    seen: Perceived,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
) -> tuple[int, Detection | None]:
    """Who uses what; the thing is None when its category is known but the detector is blind to it."""
    supported = frozenset(bundled())
    first = next(iter(seen.estimates))
    given = _given_mask(config.object_mask, oracle.object_mask, photo, config.category or "object")
    if (given is not None or config.object_box is not None) and config.category is None:
        raise InputError(
            "An object mask or box says where the object is, but not what it is.",
            f"Pass --category with one of: {', '.join(sorted(supported))}.",
        )
    if given is not None:
        box = box_of(given.alpha)
        if box is None:
            raise InputError("The object's mask is empty.", "Pass a mask with the object's pixels white.")
        things = [Detection(torch.tensor(box), config.category or "object", 1.0, given)]
    elif config.object_box is not None:
        things = [Detection(torch.tensor(config.object_box).float(), config.category or "object", 1.0)]
    else:
        things = candidate_things(seen.detections, config.category, supported)
    if config.category is not None:
        if not things:
            load_prior(config.prior or config.category)  # says which categories there are
            things = backends.segmenter.detect(photo, config.category)
        if not things:
            return first, None
    pair = choose_pair(seen.people, seen.estimates, things, photo, config.category, seen.detections)
    return pair.person, pair.thing


def _guess_object(
    photo: Photo,
    seen: Perceived,
    person_mask: Mask,
    config: ReconstructConfig,
    backends: Backends,
    posed: tuple[PosedField, ...],
) -> Detection:
    """Outline whatever is where the prior expects the object.

    Raises:
        NoObject: nothing but the person can be outlined there.
    """
    person = person_mask.alpha > 0.5
    guesses = [
        Detection(box, config.category or "object", 0.1 * field.share)
        for field in posed
        if (box := fields.hot_box(field, seen.camera)) is not None
    ]
    masks = backends.segmenter.segment(photo, guesses)
    best: Detection | None = None
    for guess, mask in zip(guesses, masks, strict=True):
        solid = mask.alpha > 0.5
        area = float(solid.sum())
        box = guess.box_px[2:] - guess.box_px[:2]
        usable = area > 24 and float((solid & person).sum()) < 0.5 * area and area > 0.02 * float(box.prod())
        if usable and (best is None or mask.score * guess.score > best.score):
            best = Detection(guess.box_px, guess.label, mask.score * guess.score, mask)
    if best is None:
        noun = category_names.words(config.category or "object")
        raise NoObject(
            f"{photo.source.name}: found no {noun}; seen: {listed(seen.detections)}.",
            "Pass --object-box x0,y0,x1,y1 or --object-mask FILE, --backend segmenter=sam3 (for any noun), "
            "or --human-only.",
        )
    return best


def _split(photo: Photo, thing: Detection, person: Mask, others: list[Mask], backends: Backends) -> Evidence:
    """Outline the object and split the photo into object, not object and unknown."""
    mask = evidences.outline_thing(photo, thing, backends.segmenter)
    if float((mask.alpha > 0.5).sum()) < 12:
        raise NoObject(
            f"{photo.source.name}: the {thing.label} could not be outlined.",
            "Pass --object-mask FILE with its pixels white.",
        )
    evidence = evidences.split(mask, person, others)
    if not bool((evidence.object.alpha > 0.5).any()):
        raise NoObject(
            f"{photo.source.name}: what was taken for the {thing.label} is a person's own pixels.",
            "Pass --category NOUN with what it is, or --object-mask FILE with its pixels white.",
        )
    return evidence


def _shapes(
    category: str, config: ReconstructConfig, backends: Backends, oracle: Oracle, photo: Photo, mask: Mask
) -> list[ObjectShape]:
    if oracle.object_shape is not None:
        return [oracle.object_shape]
    shapes = backends.shapes.shapes(category, photo, mask)
    if config.object_mesh is not None:
        like = shapes[0] if shapes else None
        return [load_mesh(config.object_mesh, units=config.object_units, up=config.object_up, like=like)]
    return shapes


def _human_warnings(human: HumanEstimate) -> list[str]:
    warnings = []
    hidden = [float(c) < 0.2 for c in human.joint_confidence]
    if sum(hidden) > len(hidden) / 2:
        warnings.append("more than half of the person's joints are hidden; their pose there is a guess")
    size = float(human.box_px[3] - human.box_px[1])
    if human.residual_px > 0.04 * size:
        warnings.append(f"the body fits the landmarks poorly (median {human.residual_px:.0f} px)")
    return warnings


def _placement_warnings(placements: tuple[Placement, ...]) -> list[str]:
    best = placements[0]
    warnings = []
    if best.probability < UNSURE:
        warnings.append(f"the object's placement is unsure ({best.probability:.0%})")
    if len(placements) > 1 and placements[1].probability > TIED * best.probability:
        warnings.append("another placement explains the photo nearly as well; see the alternatives")
    return warnings


def _versions() -> dict[str, str]:
    return {"chorus_recon": __version__, "torch": torch.__version__}


def _licences(backends: Backends, placements: tuple[Placement, ...] | None) -> dict[str, str]:
    out = {**backends.segmenter.licences, **backends.human.licences, backends.body.id: backends.body.licence}
    if placements and backends.depth is not None:
        out |= backends.depth.licences
    if placements:
        out[placements[0].shape.name] = placements[0].shape.source
    return out
