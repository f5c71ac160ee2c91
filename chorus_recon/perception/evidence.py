"""The photo split into pixels of the object, pixels that are not the object, and unknown pixels."""

import torch

from chorus_recon.backends.protocols import Segmenter
from chorus_recon.types import Detection, Evidence, Mask, Photo


def outline_thing(photo: Photo, thing: Detection, segmenter: Segmenter) -> Mask:
    """The mask of a thing: the detection's own, or the segmenter's where it has none."""
    return thing.mask if thing.mask is not None else segmenter.segment(photo, [thing])[0]


def split(thing: Mask, person: Mask, others: list[Mask]) -> Evidence:
    """Pixels of the object, and where its absence means something.

    Where a person is seen the object may be hidden behind them, so those pixels are unknown; a pixel
    that both masks claim goes to the more certain one.

    Args:
        thing: the object's mask.
        person: the mask of the person who uses it.
        others: masks of other people.
    """
    human = person.alpha
    for other in others:
        human = torch.maximum(human, other.alpha)
    mine = thing.alpha >= human
    target = Mask(torch.where(mine, thing.alpha, torch.zeros_like(thing.alpha)), thing.label, thing.score)
    known = (human < 0.5) | (target.alpha > 0.5)
    return Evidence(target, person, known)
