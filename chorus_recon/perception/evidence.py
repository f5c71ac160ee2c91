"""The photo split into pixels of the object, pixels that are not the object, and unknown pixels."""

from dataclasses import replace

import torch

from chorus_recon.backends.protocols import Segmenter
from chorus_recon.geometry.outlines import lies_before
from chorus_recon.types import Detection, Evidence, Mask, Photo


def outline_thing(photo: Photo, thing: Detection, segmenter: Segmenter) -> Mask:
    """The mask of a thing: the detection's own if it has one, else the segmenter's."""
    return thing.mask if thing.mask is not None else segmenter.segment(photo, [thing])[0]


def split(thing: Mask, person: Mask, others: list[Mask]) -> Evidence:
    """Split the photo's pixels into object, not object, and unknown.

    The object may be hidden behind a person, so pixels of people are unknown. A pixel in both masks goes
    to the one with the higher alpha, to the object at a tie. An object whose mask lies in the person's is
    before the person and keeps all its pixels: a person's mask often includes what they hold.

    Args:
        thing: the object's mask.
        person: the mask of the person who uses it.
        others: masks of other people.
    """
    front = thing.alpha > 0.5
    if lies_before(front, person.alpha > 0.5):
        person = replace(person, alpha=torch.where(front, 0.0, person.alpha))
    human = person.alpha
    for other in others:
        human = torch.maximum(human, other.alpha)
    mine = thing.alpha >= human
    target = Mask(torch.where(mine, thing.alpha, torch.zeros_like(thing.alpha)), thing.label, thing.score)
    known = (human < 0.5) | (target.alpha > 0.5)
    return Evidence(target, person, known)
