"""One photo -> Reconstruction: the walk through every stage."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch

from chorus_recon.backends.protocols import KnowsNouns
from chorus_recon.backends.registry import Backends, load
from chorus_recon.backends.shape.described import shapes_told
from chorus_recon.errors import NoObject, NoPerson
from chorus_recon.geometry.threads import calm
from chorus_recon.io import category_names
from chorus_recon.io.decoding import PictureSource
from chorus_recon.io.images import load_photo
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.perception.look import Chosen, Perceived, look, seen_people
from chorus_recon.perception.people import choose_people
from chorus_recon.perception.things import candidate_things
from chorus_recon.pipeline import depth_check
from chorus_recon.pipeline import given as given_inputs
from chorus_recon.pipeline.apart import NotUsed, placed_apart, used_from_afar
from chorus_recon.pipeline.carried import Carried, carried
from chorus_recon.pipeline.config import Oracle, ReconstructConfig, described, named
from chorus_recon.pipeline.find_object import (
    Found,
    find_object,
    find_others,
    given_mask,
    given_person,
    guess_object,
    next_best,
    split_photo,
)
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.gravity.common_floor import on_floor, settled
from chorus_recon.pipeline.gravity.feet import with_feet_down
from chorus_recon.pipeline.output import views  # noqa: F401  (registers Reconstruction.save)
from chorus_recon.pipeline.person.grip import as_shown
from chorus_recon.pipeline.person.guessed import guessed_skin
from chorus_recon.pipeline.person.reaching import with_limbs_at_spots
from chorus_recon.pipeline.person.rigging import rig_of
from chorus_recon.pipeline.person.smaller_person import height_by_object, height_is_open, posed_again
from chorus_recon.pipeline.placement import optimise
from chorus_recon.pipeline.placement.carve import carve
from chorus_recon.pipeline.placement.contacts import with_contacts
from chorus_recon.pipeline.placement.context import PlaceConfig, PlacementContext
from chorus_recon.pipeline.placement.scoring import weighed
from chorus_recon.pipeline.placement.window import make_window
from chorus_recon.pipeline.shapes import shapes_for
from chorus_recon.pipeline.stages import Clock
from chorus_recon.pipeline.warnings import (
    human_warnings,
    lookalike_warnings,
    placement_warnings,
    undecided,
    unused_warnings,
    world_warnings,
)
from chorus_recon.types import (
    DepthCheck,
    DepthMap,
    Detection,
    Photo,
    Placement,
    Reconstruction,
    Rigid,
)
from chorus_recon.version import __version__

MOST_OF_ALL, LEAST_OF_ALL = 8, 0.15  # people posed, and their least prominence, where all are asked for
CERTAIN = 0.8  # probability of a category from which no other noun is thought of
GUESSED = 0.25  # probability that what is outlined where the prior expects the object is the object


@calm()
def reconstruct(
    photo: PictureSource | Photo,
    config: ReconstructConfig | None = None,
    backends: Backends | None = None,
    *,
    category: str | None = None,
    focal_px: float | None = None,
    fov_deg: float | None = None,
    oracle: Oracle | None = None,
    watch: Callable[[str], None] | None = None,
) -> Reconstruction:
    """Metric meshes of the person and the thing they use, lined up with the photo.

    Args:
        photo: a path, the bytes of a file, a Pillow image, an array [H, W, 3] of uint8 (sRGB), or a
            photo already read.
        config: choices; `category`, `focal_px` and `fov_deg` are shorthands for the commonest ones.
        backends: the models to use; the embedded default when None.
        category: what the object is; found in the photo when None.
        focal_px: the focal length in pixels of the photo, if it is known.
        fov_deg: the horizontal field of view in degrees, instead of `focal_px`.
        oracle: truth for some stages (evaluation only).
        watch: called with the name of each stage as it begins; `pipeline.stages` says them in words.

    Raises:
        InputError: the photo, or a number, box or file in `config`, cannot be used.
        PriorError: the category has no prior, or `config.prior` is not one.
        NoPerson: nobody suitable was found.
        NoObject: a category is given, and no such thing was found.
    """
    short = {"category": category, "focal_px": focal_px, "fov_deg": fov_deg}
    chosen = {name: value for name, value in short.items() if value is not None}
    config = replace(config or ReconstructConfig(), **chosen)
    config = named(config)
    options = described(config, backends.choices if backends else {})
    if config.prior is not None and config.category is None:
        config = replace(config, category=load_prior(config.prior).category)
    clock = Clock(watch)
    with clock.stage("load"):
        backends = backends or load({}, config.device)
        given_inputs.check_height(config.height_m, backends.human)
        picture = photo if isinstance(photo, Photo) else load_photo(photo)
        config = given_inputs.checked(config, picture)
    oracle = oracle or Oracle()
    focal_from = "given" if oracle.camera else given_inputs.camera(config, picture)[1]
    seen = _look(picture, config, backends, oracle, clock)
    if config.human_only:
        alone = _human_only(picture, seen, next(iter(seen.estimates)), config, backends, clock)
        return replace(alone, options=options, focal_from=focal_from)
    found = find_object(picture, seen, config, backends, oracle)
    result = _best(picture, seen, found, config, backends, oracle, clock)
    result = replace(result, options=options, focal_from=focal_from)
    if not config.everyone:
        return result
    others = []
    for other in find_others(seen, config, found):
        fitting = seen if config.height_m else on_floor(picture, seen, other.person, result, backends)
        made = _other(picture, fitting, other, config, backends, clock)
        others.append(settled(made, result, backends.body))
    met = {found.person, *(other.person for other in others if other.placements)}
    kept = [other for other in others if other.placements or other.person not in met]
    return replace(result, others=tuple(kept))


def _best(
    photo: Photo,
    seen: Perceived,
    found: Found,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
    clock: Clock,
) -> Reconstruction:
    """The most probable person and thing; the person alone where that is not probable enough."""
    while found.thing is not None or config.category is not None:
        try:
            return _with_object(photo, seen, found, config, backends, oracle, clock)
        except NotUsed:
            found = next_best(found, seen, config)
        except NoObject:
            if config.category is not None:
                raise
            break
    return _undecided(photo, seen, found, config, backends, clock)


def _other(
    photo: Photo, seen: Perceived, found: Found, config: ReconstructConfig, backends: Backends, clock: Clock
) -> Reconstruction:
    """Another person and thing; the person alone where there is no thing or it cannot be outlined."""
    if found.thing is not None:
        try:
            return _with_object(photo, seen, found, config, backends, Oracle(), clock)
        except NoObject:
            pass
    alone = _human_only(photo, seen, found.person, config, backends, clock)
    return replace(alone, considered=found.considered, nothing=found.nothing)


def _look(
    photo: Photo, config: ReconstructConfig, backends: Backends, oracle: Oracle, clock: Clock
) -> Perceived:
    """Detect, choose people worth posing, outline and pose them.

    Raises:
        NoPerson: nobody suitable was found, or no pose could be read.
    """

    def choose(detections: list[Detection]) -> Chosen:
        people = seen_people(detections)
        outline = given_mask(config.human_mask, oracle.human_mask, photo, "person")
        if outline is not None:
            people = [given_person(outline)]
        people.sort(key=lambda d: float(d.box_px[0] + d.box_px[2]))
        given_inputs.check_surroundings(config, photo, people)
        things = candidate_things(detections, config.category, frozenset(bundled()))
        if config.object_box is not None:
            things = [Detection(torch.tensor(config.object_box).float(), config.category or "object", 1.0)]
        crowd = {"most": MOST_OF_ALL, "least": LEAST_OF_ALL} if config.everyone else {}
        picked = choose_people(people, photo, config.person, things, alone=config.human_only, **crowd)
        if config.height_m is not None:
            people = [replace(person, height_m=config.height_m) for person in people]
        return Chosen(people, things, picked)

    camera = oracle.camera or given_inputs.camera(config, photo)[0]
    seen = look(photo, backends.segmenter, backends.human, choose, camera, clock.stage)
    if not seen.estimates:
        raise NoPerson(
            f"{photo.source.name}: {_unposed(seen)}.",
            "Try a larger or sharper picture of the person, or another person with --person N.",
        )
    return seen


def _unposed(seen: Perceived) -> str:
    """Why no pose of those who were seen is believed; what holds for several people is said once."""
    people = f"{len(seen.rejected)} people were" if len(seen.rejected) > 1 else "a person was"
    why = "; ".join(dict.fromkeys(found.detail for found in seen.rejected))
    return f"{people} seen but no pose could be read" + (f": {why}" if why else "")


def _human_only(
    photo: Photo, seen: Perceived, number: int, config: ReconstructConfig, backends: Backends, clock: Clock
) -> Reconstruction:
    human = seen.estimates[number]
    body = backends.body.pose(human.body)
    world = gravity.stand(seen.estimates, number, body, backends.body)
    human, body = with_feet_down(human, body, backends.body, world)
    human, body = as_shown(human, body, backends.body)
    return Reconstruction(
        photo=photo,
        camera=seen.camera,
        human=human,
        body=body,
        human_mask=seen.outlines[number],
        evidence=None,
        category="",
        placements=(),
        prior=None,
        warnings=tuple(human_warnings(human) + world_warnings(world)),
        seconds=clock.seconds,
        versions=_versions(),
        licences=_licences(backends, None),
        seed=config.seed,
        world=world,
        guessed_skin=guessed_skin(backends.body, human.guessed),
        rig=rig_of(backends.body, human.body),
        person=number,
    )


def _undecided(
    photo: Photo, seen: Perceived, found: Found, config: ReconstructConfig, backends: Backends, clock: Clock
) -> Reconstruction:
    """The person alone, with what was considered."""
    result = _human_only(photo, seen, found.person, config, backends, clock)
    said = [undecided(found.considered, found.nothing), *unused_warnings(found.unused), *result.warnings]
    return replace(result, considered=found.considered, nothing=found.nothing, warnings=tuple(said))


def _with_object(
    photo: Photo,
    seen: Perceived,
    found: Found,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
    clock: Clock,
) -> Reconstruction:
    number, thing, trust = found.person, found.thing, found.trust
    person = seen.outlines[number]
    depth: DepthMap | None = None
    if backends.depth is not None:
        with clock.stage("depth"):  # before the long work: its weights may be missing
            depth = backends.depth.estimate(photo)
    category = category_names.key(config.category or (thing.label if thing else ""))
    warnings = unused_warnings(found.unused)
    if config.category is None and trust < CERTAIN and isinstance(backends.segmenter, KnowsNouns):
        warnings += lookalike_warnings(category, backends.segmenter.knows)
    box_px = None if thing is None else thing.box_px
    with clock.stage("prior"):
        prior = load_prior(config.prior or category)
        carry = partial(carried, model=backends.body, clusters=prior.clusters, shares=config.shares)
        about = carry(seen.estimates[number], outline=person.alpha, box_px=box_px)
    with clock.stage("segment"):
        if thing is None:
            thing = guess_object(photo, seen, person, config, backends, about.clusters)
            trust = GUESSED
            noun = category_names.words(category)
            warnings.append(
                f"the detector did not see the {noun}; it was looked for where the prior says "
                "(--object-box or --object-mask tells where it is)"
            )
        evidence = split_photo(photo, thing, number, seen, backends)
    given: Rigid | None = None
    with clock.stage("shape"):
        shapes = shapes_for(category, config, backends, oracle, photo, evidence.object)
        shapes = shapes or shapes_told(prior.provenance)
        if not shapes:
            likely = max(about.clusters, key=lambda f: float(f.share * f.probability.max()))
            shape, given = carve(likely, evidence, seen.camera, category)
            shapes = [shape]

    def context_of(seen: Perceived, about: Carried) -> PlacementContext:
        level = gravity.stand(seen.estimates, number, about.body, backends.body)
        return PlacementContext(
            clusters=about.clusters,
            shapes=tuple(shapes),
            window=make_window(seen.camera, evidence, about.body, backends.renderer),
            evidence=evidence,
            body=about.body,
            distance=about.distance,
            joint_names=backends.body.joint_names,
            canon_joints=backends.body.canonical()[1],
            renderer=backends.renderer,
            camera=seen.camera,
            category=category,
            up_cam=level.world_from_cam[1, :3],
            up_sigma_deg=level.up_sigma_deg,
            config=PlaceConfig(starts=config.starts),
            seed=config.seed,
            given=given,
        )

    with clock.stage("place"):
        context = context_of(seen, about)
        placements = optimise.optimise(context)
        may_tell = height_is_open(config, backends, about.human, trust)
        height_m = height_by_object(context, placements) if may_tell else None
    if height_m is not None:  # outlines and shapes stay
        with clock.stage("human"):
            seen = posed_again(photo, seen, number, height_m, backends)
        with clock.stage("prior"):
            about = carry(seen.estimates[number], outline=person.alpha, box_px=box_px)
        with clock.stage("place"):
            context = context_of(seen, about)
            placements = optimise.optimise(context)
    with clock.stage("place"):
        apart = placed_apart(context, placements)
    if apart:
        if config.category is None and not used_from_afar(category):
            noun = category_names.words(category)
            raise NotUsed(
                f"{photo.source.name}: nobody in reach of the {noun} uses it.", "Pass --category NOUN."
            )
        placements = apart
    human, body = about.human, about.body
    warnings = human_warnings(seen.estimates[number]) + warnings
    detected = config.category is not None and found.thing is not None
    placements = weighed(placements, trust, named=detected)
    checked: DepthCheck | None = None
    if depth is not None and backends.depth is not None:
        with clock.stage("depth"):
            checked = depth_check.check(
                depth, backends.depth.name, seen.camera, evidence, body, placements, backends.renderer
            )
            placements, checked = depth_check.weigh(placements, checked)
        warnings += depth_check.warnings(checked, category)
    support = () if apart else placements  # what is not used says nothing of how the person stands
    world = gravity.stand(seen.estimates, number, body, backends.body, support, category)
    warnings += placement_warnings(placements) + world_warnings(world)
    human, body = with_feet_down(human, body, backends.body, world, support, category)
    human, body = with_limbs_at_spots(human, body, backends.body, placements[0], shapes, category)
    held = with_contacts(placements[0], body)  # hands close about what they touch
    human, body = as_shown(human, body, backends.body, held)
    placements = tuple(with_contacts(placement, body) for placement in placements)
    return Reconstruction(
        photo=photo,
        camera=seen.camera,
        human=human,
        body=body,
        human_mask=person,
        evidence=evidence,
        category=category,
        placements=placements,
        prior=prior,
        warnings=tuple(warnings),
        seconds=clock.seconds,
        versions=_versions(),
        licences=_licences(backends, placements),
        seed=config.seed,
        depth=checked,
        world=world,
        guessed_skin=guessed_skin(backends.body, human.guessed),
        rig=rig_of(backends.body, human.body),
        person=number,
        considered=found.considered,
        nothing=found.nothing,
        category_probability=found.trust if config.category is None else 1.0,
    )


def _versions() -> dict[str, str]:
    return {"chorus_recon": __version__, "torch": torch.__version__}


def _licences(backends: Backends, placements: tuple[Placement, ...] | None) -> dict[str, str]:
    out = {**backends.segmenter.licences, **backends.human.licences, backends.body.id: backends.body.licence}
    if placements and backends.depth is not None:
        out |= backends.depth.licences
    if placements:
        out[placements[0].shape.name] = placements[0].shape.source
    return out
