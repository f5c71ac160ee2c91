"""Find the object that the person uses, and the pixels that show it."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.registry import Backends
from chorus_recon.errors import InputError, NoObject
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.perception import evidence as evidences
from chorus_recon.perception.look import Perceived
from chorus_recon.perception.pairing import choose_pair
from chorus_recon.perception.things import candidate_things, listed
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.config import Oracle, ReconstructConfig
from chorus_recon.pipeline.placement.window import box_of
from chorus_recon.types import Detection, Evidence, Mask, Photo, PosedField


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


def find_object(
    photo: Photo,
    seen: Perceived,
    config: ReconstructConfig,
    backends: Backends,
    oracle: Oracle,
) -> tuple[int, Detection | None]:
    """Choose the person and the object they use.

    Returns:
        The person's number in `seen.people`, and the object. It is None when its category is known and the
        detector does not see it.

    Raises:
        InputError: the object's mask is empty, or it is said where the object is but not what it is.
        NoObject: nothing that the person uses was found.
        PriorError: there is no such category.
    """
    supported = frozenset(bundled())
    first = next(iter(seen.estimates))
    given = given_mask(config.object_mask, oracle.object_mask, photo, config.category or "object")
    if (given is not None or config.object_box is not None) and config.category is None:
        raise InputError(
            "An object mask or box says where the object is, but not what it is.",
            "Pass --category NOUN too (`chorus-recon prior list` shows which there are).",
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


def split_photo(
    photo: Photo, thing: Detection, person: Mask, others: list[Mask], backends: Backends
) -> Evidence:
    """Outline the object and split the photo into object, not object and unknown.

    Raises:
        NoObject: the object could not be outlined, or its pixels are all a person's.
    """
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
