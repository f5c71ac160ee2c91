"""Find the object that the person uses, and the pixels that show it."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.registry import Backends
from chorus_recon.errors import InputError, NoObject
from chorus_recon.geometry.boxes import pairwise_iou
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.perception import evidence as evidences
from chorus_recon.perception.choice import Choice, choose
from chorus_recon.perception.look import Perceived
from chorus_recon.perception.things import candidate_things, listed
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.config import Oracle, ReconstructConfig
from chorus_recon.pipeline.placement.window import box_of
from chorus_recon.types import Considered, Detection, Evidence, Mask, Photo, PosedField


def given_mask(
    path: Path | None, oracle: Float[Tensor, "h w"] | None, photo: Photo, label: str
) -> Mask | None:
    """The mask that an evaluation or the user gives, if any; the evaluation's goes first."""
    if oracle is not None:
        return Mask(oracle, label, 1.0)
    return None if path is None else Mask(load_mask(path, photo.size_px), label, 1.0)


def given_person(outline: Mask) -> Detection:
    """The person that a given outline shows, in the outline's own box."""
    box = box_of(outline.alpha)
    if box is None:
        raise InputError("The person's mask is empty.", "Pass a mask with the person's pixels white.")
    return Detection(torch.tensor(box), "person", 1.0, outline)


SAME_IOU = 0.5  # boxes that overlap more show the same thing
SURELY = 0.5  # probability from which further things are placed


@dataclass(frozen=True, slots=True)
class Found:
    """The person (a number in `Perceived.people`) and the thing that they use.

    `thing` is None where nothing is probable enough, or where the detector does not see the category that the
    user names. `trust` is the probability that the thing is the right one. Where the user does not say what
    it is, `choice` is what it was chosen from, and `unused` are categories that turned out to be out of use.
    """

    person: int
    thing: Detection | None
    trust: float = 0.0
    considered: tuple[Considered, ...] = ()
    nothing: float = 0.0
    choice: Choice | None = None
    unused: tuple[str, ...] = ()


def find_object(
    photo: Photo,
    seen: Perceived,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
) -> Found:
    """Choose the person and the object they use.

    Raises:
        InputError: the object's mask is empty, or it is said where the object is but not what it is.
        PriorError: there is no such category.
    """
    given = _given_object(photo, config, oracle)
    if given is not None:
        choice = choose(seen.people, seen.estimates, [given], named=True)
        return Found(choice.best_of(category_names.key(given.label)).person, given, trust=1.0)
    things = candidate_things(seen.detections, config.category, frozenset(bundled()))
    if config.category is not None:
        return _named(photo, seen, things, config, backends)
    return _most_probable(choose(seen.people, seen.estimates, things, seen.detections), seen, config)


def next_best(found: Found, seen: Perceived, config: ReconstructConfig) -> Found:
    """What is most probable after the thing of `found` turned out not to be in use.

    Raises:
        ValueError: `found` has no thing, or it was not chosen from several.
    """
    if found.choice is None or found.thing is None:
        raise ValueError("only what was chosen from several can give way to another")
    other = _most_probable(found.choice.without(found.thing), seen, config)
    return replace(other, unused=(*found.unused, category_names.key(found.thing.label)))


def _most_probable(choice: Choice, seen: Perceived, config: ReconstructConfig) -> Found:
    considered = choice.by_category()
    if not considered or considered[0].probability < config.min_confidence:
        person = considered[0].person if considered else next(iter(seen.estimates))
        return Found(person, None, considered=considered, nothing=choice.nothing, choice=choice)
    best = choice.best_of(considered[0].category)
    return Found(best.person, best.thing, considered[0].probability, considered, choice.nothing, choice)


def find_others(seen: Perceived, config: ReconstructConfig, first: Found) -> list[Found]:
    """All other people and things in use, each thing with the person who most probably uses it.

    A person may use several things. Those who use nothing else come last, with no thing, but with what is
    less probable than `SURELY`: that would more often be wrong than right, so it is told and not placed.
    """
    things = candidate_things(seen.detections, config.category, frozenset(bundled()))
    choice = choose(seen.people, seen.estimates, things, seen.detections, named=config.category is not None)
    taken = [] if first.thing is None else [first.thing.box_px.float()]
    found: list[Found] = []
    perhaps: dict[int, list[Considered]] = {}
    for candidate in choice.candidates:
        box = candidate.thing.box_px.float()
        used = choice.alone(candidate)
        if used < config.min_confidence or any(
            float(pairwise_iou(b[None], box[None])) > SAME_IOU for b in taken
        ):
            continue
        if used < max(SURELY, config.min_confidence):
            key = category_names.key(candidate.thing.label)
            corners = tuple(float(x) for x in candidate.thing.box_px)
            perhaps.setdefault(candidate.person, []).append(Considered(key, candidate.person, corners, used))
            continue
        taken.append(box)
        found.append(Found(candidate.person, candidate.thing, used))
    busy = {first.person, *(other.person for other in found)}
    found += [Found(number, None) for number in seen.estimates if number not in busy]
    return [_with_perhaps(other, perhaps.get(other.person, [])) for other in found]


def _with_perhaps(found: Found, perhaps: list[Considered]) -> Found:
    """The same with what the person may use besides."""
    if not perhaps:
        return found
    nothing = math.prod(1.0 - one.probability for one in perhaps)
    return replace(found, considered=tuple(perhaps), nothing=nothing)


def _given_object(photo: Photo, config: ReconstructConfig, oracle: Oracle) -> Detection | None:
    """The object whose mask or box is given."""
    outline = given_mask(config.object_mask, oracle.object_mask, photo, config.category or "object")
    if outline is None and config.object_box is None:
        return None
    if config.category is None:
        raise InputError(
            "An object mask or box says where the object is, but not what it is.",
            "Pass --category NOUN too (`chorus-recon prior list` shows which there are).",
        )
    if outline is None:
        return Detection(torch.tensor(config.object_box).float(), config.category, 1.0)
    box = box_of(outline.alpha)
    if box is None:
        raise InputError("The object's mask is empty.", "Pass a mask with the object's pixels white.")
    return Detection(torch.tensor(box), config.category, 1.0, outline)


def _named(
    photo: Photo, seen: Perceived, things: list[Detection], config: ReconstructConfig, backends: Backends
) -> Found:
    """The most probable thing of the category that the user names."""
    if not things:
        load_prior(config.prior or config.category or "")  # says which categories there are
        things = backends.segmenter.detect(photo, config.category)
    choice = choose(seen.people, seen.estimates, things, seen.detections, named=True)
    if not choice.candidates:
        return Found(next(iter(seen.estimates)), None)
    best = choice.best_of(category_names.key(choice.candidates[0].thing.label))
    return Found(best.person, best.thing, best.probability)


def guess_object(
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


def split_photo(photo: Photo, thing: Detection, person: int, seen: Perceived, backends: Backends) -> Evidence:
    """Outline the object and split the photo into object, not object and unknown.

    Args:
        photo: the picture.
        thing: the object.
        person: the number of the person who uses it.
        seen: everybody in the photo.
        backends: outlines the object where it comes without a mask.

    Raises:
        NoObject: the object could not be outlined, or its pixels are all a person's.
    """
    mask = evidences.outline_thing(photo, thing, backends.segmenter)
    if float((mask.alpha > 0.5).sum()) < 12:
        raise NoObject(
            f"{photo.source.name}: the {thing.label} could not be outlined.",
            "Pass --object-mask FILE with its pixels white.",
        )
    outline, alpha = seen.outlines[person], seen.estimates[person].alpha
    evidence = evidences.split(mask, outline, seen.others(person), alpha)
    if not bool((evidence.object.alpha > 0.5).any()):
        raise NoObject(
            f"{photo.source.name}: what was taken for the {thing.label} is a person's own pixels.",
            "Pass --category NOUN with what it is, or --object-mask FILE with its pixels white.",
        )
    return evidence
