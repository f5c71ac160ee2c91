"""The photo split into pixels of the object, pixels that are not the object, and unknown pixels."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import Segmenter
from chorus_recon.geometry.outlines import lies_before
from chorus_recon.types import Detection, Evidence, Mask, Photo


def outline_thing(photo: Photo, thing: Detection, segmenter: Segmenter) -> Mask:
    """The mask of a thing: the detection's own if it has one, else the segmenter's."""
    return thing.mask if thing.mask is not None else segmenter.segment(photo, [thing])[0]


def split(
    thing: Mask, person: Mask, others: list[Mask], seen: Float[Tensor, "h w"] | None = None
) -> Evidence:
    """Split the photo's pixels into object, not object, and unknown.

    The object may be hidden behind a person, so pixels of people are unknown. A pixel in both masks goes
    to the one with the higher alpha, to the object at a tie. A person's mask often includes what they hold or
    sit on. So the person has as much alpha there as both networks give them, and an object whose mask lies in
    the person's is before the person and keeps all its pixels.

    Args:
        thing: the object's mask.
        person: the mask of the person who uses it.
        others: masks of other people.
        seen: alpha of the same person by the pose network, if it gives one.
    """
    front = thing.alpha > 0.5
    sure = person.alpha if seen is None else torch.minimum(person.alpha, seen)
    if lies_before(front, sure > 0.5):
        person = replace(person, alpha=torch.where(front, 0.0, person.alpha))
        sure = torch.where(front, 0.0, sure)
    human = person.alpha
    for other in others:
        human, sure = torch.maximum(human, other.alpha), torch.maximum(sure, other.alpha)
    mine = thing.alpha >= sure
    target = Mask(torch.where(mine, thing.alpha, torch.zeros_like(thing.alpha)), thing.label, thing.score)
    known = (human < 0.5) | (target.alpha > 0.5)
    return Evidence(target, person, known)
