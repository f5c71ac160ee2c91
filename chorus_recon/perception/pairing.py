"""Scores of (person, object) pairs: how likely a person uses a thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.types import Detection, HumanEstimate

REACH = ("left_wrist", "right_wrist", "left_foot_index", "right_foot_index", "left_hip", "right_hip")


@dataclass(frozen=True, slots=True)
class Pair:
    """A person (index into the people) with an object detection, and how well they go together."""

    person: int
    thing: Detection
    score: float


def overlap(thing: Float[Tensor, " 4"], person: Float[Tensor, " 4"]) -> float:
    """The share of a thing's box in the person's, grown, or half that of the person's box in the thing's."""
    (a0, b0, a1, b1), (x0, y0, x1, y1) = thing.tolist(), person.tolist()
    height = y1 - y0
    x0, y0, x1, y1 = x0 - 0.15 * height, y0 - 0.1 * height, x1 + 0.15 * height, y1 + 0.1 * height
    # numbers, not tensors: a crowd has thousands of pairs
    shared = max(0.0, min(a1, x1) - max(a0, x0)) * max(0.0, min(b1, y1) - max(b0, y0))
    inside = shared / (max(a1 - a0, 1.0) * max(b1 - b0, 1.0))
    around = shared / (max(x1 - x0, 1.0) * max(y1 - y0, 1.0))
    return max(inside, 0.5 * around)


def gaps_px(box: Float[Tensor, " 4"], points: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
    """Distance in pixels from points to a box (0 inside)."""
    return torch.maximum(box[:2] - points, points - box[2:]).clamp_min(0).norm(dim=-1)


def pair_score(thing: Detection, box: Float[Tensor, " 4"], person: HumanEstimate | None) -> float:
    """How likely this person uses this thing: detector score x overlap x nearness of hands, feet or hips."""
    height = float(box[3] - box[1])
    reach = 0.3
    if person is not None:
        keys = person.keypoints
        rows = [keys.names.index(n) for n in REACH if n in keys.names]
        gap = gaps_px(thing.box_px, keys.points_px[rows]) / max(height, 1.0)
        reach = float(torch.exp(-gap / 0.15).max())
    return thing.score**0.5 * (0.15 + overlap(thing.box_px, box)) * (0.15 + reach)


def prominence(person: Detection, things: list[Detection]) -> float:
    """Size in pixels x detector score x the best score of a pair with any of the things."""
    size = person.box_px[2:] - person.box_px[:2]
    best = max([pair_score(t, person.box_px, None) for t in things] + [0.0])
    return float(size.prod().sqrt()) * person.score * (0.5 + best)


def score_pairs(
    people: list[Detection],
    estimates: Mapping[int, HumanEstimate],
    things: list[Detection],
    allowed: Callable[[Detection, Detection], bool] | None = None,
) -> list[Pair]:
    """Every pair of a posed person and a thing, people in the order of `estimates`.

    Args:
        people: the people of the photo.
        estimates: the posed ones, by their index in `people`.
        things: candidates for the object.
        allowed: whether a person and a thing can be a pair; None allows all.
    """
    return [
        Pair(
            i,
            thing,
            pair_score(thing, people[i].box_px, estimate) * prominence(people[i], things) ** 0.5,
        )
        for i, estimate in estimates.items()
        for thing in things
        if allowed is None or allowed(people[i], thing)
    ]
