"""Choose the person, and the thing that they use or nothing, with a probability for each answer.

A conditional logit: every pair of a person and a thing has a utility, "nothing is used" has the utility 0,
and the probabilities are their softmax. The weights come from `tools/fit_choice.py`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories.index import categories
from chorus_recon.geometry.boxes import area, pairwise_iou
from chorus_recon.io import category_names
from chorus_recon.perception.pairing import gaps_px, overlap
from chorus_recon.types import Considered, Detection, HumanEstimate, Keypoints

# Utility of a pair = CONSTANT + sum of weight * feature (`features` explains them).
CONSTANT = -3.179
WEIGHTS: Mapping[str, float] = {
    "thing": 1.964,
    "overlap": 1.14,
    "touch": 1.685,
    "far": -3.667,
    "person": 0.719,
    "rival": -3.937,
}
NAMED = 3.0  # added to the utility of every pair where the user says what the object is

TOUCH_FALL = 0.06  # statures at which nearness has fallen to 1/e
FAR_RISE = 0.3  # statures at which "far" has risen to 1 - 1/e
RIVAL_IOU = 0.5  # boxes of two labels that claim the same pixels
HIDDEN_GAP = 0.15  # statures added to the gap of a landmark that is hardly visible
HIDDEN_BELOW = 0.3  # visibility
PERSON_MOST = 1.5  # log odds beyond which a person counts as certain
SAME_THING_IOU = 0.7  # boxes of two categories that show the same thing; the better one is kept
STATURE_PER_SPREAD = 1.7  # a standing height for 1 of the landmarks' rms spread, metres to metres
LANDMARKS: Mapping[str, tuple[str, ...]] = {
    "hands": ("left_wrist", "right_wrist", "left_index", "right_index"),
    "feet": ("left_foot_index", "right_foot_index", "left_heel", "right_heel"),
    "hips": ("left_hip", "right_hip"),
    "head": ("left_ear", "right_ear", "nose", "head"),
}
CHEST_DOWN = (0.2, 0.4)  # points of the chest: shares of the way from mid-shoulders to mid-hips


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person (index into the people), a thing they may use, and the probability that they use it.

    `size` is the side of the person's box relative to the largest posed person's.
    """

    person: int
    thing: Detection
    probability: float
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Every candidate, most probable first, and the probability that nothing is used."""

    candidates: tuple[Candidate, ...]
    nothing: float

    def by_category(self) -> tuple[Considered, ...]:
        """Each category with the probability that a thing of it is used, most probable first."""
        found: dict[str, Considered] = {}
        for candidate in self.candidates:
            key = category_names.key(candidate.thing.label)
            if key in found:
                whole = found[key].probability + candidate.probability
                found[key] = replace(found[key], probability=whole)
            else:
                box = tuple(float(x) for x in candidate.thing.box_px)
                found[key] = Considered(key, candidate.person, box, candidate.probability)
        return tuple(sorted(found.values(), key=lambda c: -c.probability))

    def alone(self, candidate: Candidate) -> float:
        """The probability of a candidate against "nothing", whatever else is used."""
        return candidate.probability / (candidate.probability + self.nothing)

    def without(self, thing: Detection) -> "Choice":
        """The same where a thing turns out not to be in use: its probability is that of "nothing"."""
        rest = tuple(c for c in self.candidates if c.thing is not thing)
        gone = sum(c.probability for c in self.candidates if c.thing is thing)
        return Choice(rest, self.nothing + gone)

    def best_of(self, category: str) -> Candidate:
        """The candidate of a category to reconstruct: probable, and with a person who is large in the photo.

        Raises:
            ValueError: there is none.
        """
        of_it = [c for c in self.candidates if category_names.key(c.thing.label) == category]
        return max(of_it, key=lambda c: c.probability * c.size)


def choose(
    people: list[Detection],
    estimates: Mapping[int, HumanEstimate],
    things: Iterable[Detection],
    seen: Iterable[Detection] = (),
    *,
    named: bool = False,
) -> Choice:
    """Probabilities of every pair of a posed person and a thing, and of "nothing is used".

    Args:
        people: the people of the photo.
        estimates: the posed ones, by their index in `people`.
        things: candidates for the object.
        seen: all detections of the photo; one with another label in a thing's place speaks against the thing.
        named: the user says what the object is, so that one is likely to be in use, and what else a thing
            may be does not matter. "Nothing" then means that none of the things is it.
    """
    rest = distinct(things)
    pairs = [(i, thing) for i in estimates for thing in rest]
    if not pairs:
        return Choice((), 1.0)
    others = [d for d in seen if d.label != "person"]
    rows = [features(thing, people[i], estimates[i].keypoints, others) for i, thing in pairs]
    used = {**WEIGHTS, "rival": 0.0} if named else WEIGHTS
    weights = torch.tensor(list(used.values()), dtype=torch.float64)
    table = torch.tensor([[row[name] for name in WEIGHTS] for row in rows], dtype=torch.float64)
    utility = CONSTANT + NAMED * named + table @ weights
    share = torch.softmax(torch.cat([utility.new_zeros(1), utility]), 0)
    order = share[1:].argsort(descending=True, stable=True).tolist()
    sides = {i: float(area(people[i].box_px)) ** 0.5 for i in estimates}
    largest = max(max(sides.values()), 1.0)
    found = (
        Candidate(person, thing, float(share[1 + n]), sides[person] / largest)
        for n in order
        for person, thing in [pairs[n]]
    )
    return Choice(tuple(found), float(share[0]))


def distinct(things: Iterable[Detection]) -> list[Detection]:
    """Things without those that show the same as a better one of another category; best first."""
    kept: list[Detection] = []
    for thing in sorted(things, key=lambda t: -t.score):
        twins = (k for k in kept if k.label != thing.label)
        if all(float(pairwise_iou(k.box_px[None], thing.box_px[None])) <= SAME_THING_IOU for k in twins):
            kept.append(thing)
    return kept


def features(
    thing: Detection, person: Detection, keypoints: Keypoints, seen: Iterable[Detection] = ()
) -> dict[str, float]:
    """What tells whether a person uses a thing; `seen` are all things of the photo.

    Returns:
        thing: log odds of the detector's score of the thing.
        overlap: the share of the thing's box in the person's, grown, or half that of the person's box in the
            thing's.
        touch: 1 where a part of the body that the category is used with lies in the thing's box, falling to 0
            with the gap in statures.
        far: 0 at a gap of 0, rising to 1.
        person: log odds of the detector's score of the person, at most `PERSON_MOST`.
        rival: the best score of another label in the thing's place.
    """
    gap_statures = _gap_statures(thing, keypoints)
    return {
        "thing": _log_odds(thing.score),
        "overlap": overlap(thing.box_px.float(), person.box_px.float()),
        "touch": math.exp(-gap_statures / TOUCH_FALL),
        "far": 1 - math.exp(-gap_statures / FAR_RISE),
        "person": min(_log_odds(person.score), PERSON_MOST),
        "rival": _rival(thing, seen),
    }


def _rival(thing: Detection, seen: Iterable[Detection]) -> float:
    box = thing.box_px.float()[None]
    others = [d for d in seen if d.label != thing.label]
    return max(
        (d.score for d in others if float(pairwise_iou(d.box_px.float()[None], box)) > RIVAL_IOU), default=0.0
    )


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(bounded / (1 - bounded))


def _gap_statures(thing: Detection, keypoints: Keypoints) -> float:
    """The least gap between a thing's box and the part of the person that uses it, in statures."""
    category = categories().get(category_names.key(thing.label))
    parts = category.used_with if category else ("hands",)
    stature = stature_px(keypoints)
    box = thing.box_px.float()
    known = [found for part in parts if len((found := _part(part, keypoints))[0])]
    least = math.inf
    for points, visibility in known or [(keypoints.points_px.float(), keypoints.visibility)]:
        gaps = gaps_px(box, points) / stature
        gaps = gaps + HIDDEN_GAP * (visibility < HIDDEN_BELOW)
        least = min(least, float(gaps.min()))
    return least


def _part(part: str, keypoints: Keypoints) -> tuple[Float[Tensor, "n 2"], Float[Tensor, " n"]]:
    if part == "chest":
        shoulders, hips = (_rows((f"left_{n}", f"right_{n}"), keypoints) for n in ("shoulder", "hip"))
        if not (len(shoulders[0]) and len(hips[0])):
            return shoulders[0][:0], shoulders[1][:0]
        top, bottom = shoulders[0].mean(0), hips[0].mean(0)
        points = torch.stack([top + share * (bottom - top) for share in CHEST_DOWN])
        return points, shoulders[1].min().expand(len(points))
    return _rows(LANDMARKS[part], keypoints)


def _rows(names: tuple[str, ...], keypoints: Keypoints) -> tuple[Float[Tensor, "n 2"], Float[Tensor, " n"]]:
    known = [keypoints.names.index(name) for name in names if name in keypoints.names]
    return keypoints.points_px[known].float(), keypoints.visibility[known]


def stature_px(keypoints: Keypoints) -> float:
    """The standing height that the landmarks' spread amounts to, in pixels, also of a sitting person."""
    points = keypoints.points_px.float()
    if keypoints.points_m is None:
        return max(1.0, float((points.amax(0) - points.amin(0)).max()))
    metres = max(_spread(keypoints.points_m[:, :2].float()), 1e-6)
    return max(1.0, STATURE_PER_SPREAD * _spread(points) / metres)


def _spread(points: Float[Tensor, "n 2"]) -> float:
    return float((points - points.mean(0)).square().sum(-1).mean().sqrt())
