"""Detected people and things in, how well they go together and whose pixels are whose out."""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.types import Detection, Evidence, HumanEstimate, Mask

REACH = ("left_wrist", "right_wrist", "left_foot_index", "right_foot_index", "left_hip", "right_hip")


def _inside(box: Float[Tensor, " 4"], other: Float[Tensor, " 4"]) -> float:
    """Fraction of `box` that lies in `other`."""
    low = torch.maximum(box[:2], other[:2])
    high = torch.minimum(box[2:], other[2:])
    area = (box[2:] - box[:2]).clamp_min(1).prod()
    return float((high - low).clamp_min(0).prod() / area)


def _gap(box: Float[Tensor, " 4"], points: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
    """Distance in pixels from points to a box (0 inside)."""
    return torch.maximum(box[:2] - points, points - box[2:]).clamp_min(0).norm(dim=-1)


def pair_score(thing: Detection, box: Float[Tensor, " 4"], person: HumanEstimate | None) -> float:
    """How likely this person uses this thing: detector score x overlap x reach of hands, feet, seat."""
    height = float(box[3] - box[1])
    grown = box + torch.tensor([-0.15, -0.1, 0.15, 0.1]) * height
    overlap = max(_inside(thing.box_px, grown), 0.5 * _inside(grown, thing.box_px))
    reach = 0.3
    if person is not None:
        keys = person.keypoints
        rows = [keys.names.index(n) for n in REACH if n in keys.names]
        gap = _gap(thing.box_px, keys.points_px[rows]) / max(height, 1.0)
        reach = float(torch.exp(-gap / 0.15).max())
    return thing.score**0.5 * (0.15 + overlap) * (0.15 + reach)


def prominence(person: Detection, things: list[Detection]) -> float:
    """Size in pixels x certainty x how well the nearest thing goes with the person."""
    size = person.box_px[2:] - person.box_px[:2]
    best = max([pair_score(t, person.box_px, None) for t in things] + [0.0])
    return float(size.prod().sqrt()) * person.score * (0.5 + best)


def split(thing: Mask, person: Mask, others: list[Mask]) -> Evidence:
    """Pixels of the object, and where its absence means something.

    Where a person is seen the object may be hidden behind them, so those pixels are unknown; a pixel
    that both masks claim goes to the more certain one.
    """
    human = person.alpha
    for other in others:
        human = torch.maximum(human, other.alpha)
    mine = thing.alpha >= human
    target = Mask(torch.where(mine, thing.alpha, torch.zeros_like(thing.alpha)), thing.label, thing.score)
    known = (human < 0.5) | (target.alpha > 0.5)
    return Evidence(target, person, known)
