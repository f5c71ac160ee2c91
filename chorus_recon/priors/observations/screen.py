"""Screen the pictures of a build: each gets a weight, or a reason why it is set aside.

`Screening.PAPER` applies the published cuts (CHORUS, keypoint rule 3). `Screening.SOFT` weights a picture by
the quality of its detections and fit, and sets it aside only if it cannot be used.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.errors import ConfigError
from chorus_recon.geometry.boxes import overlap_share
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.types import Detection, Keypoints, Reason, Rejected

CERTAIN = 0.98  # detections with at least this score are never duplicates
DUPLICATE = 0.8  # share of either box inside the other that makes a duplicate
LIMBS = tuple(
    f"{side}_{name}"
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)

Group = tuple[str, ...]


class Screening(StrEnum):
    """How pictures are screened: by the published cuts or by weights."""

    PAPER = "paper"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which keypoints a picture must show: any of each group in `shows`, and no whole group of `hides`."""

    name: str
    shows: tuple[Group, ...] = ()
    hides: tuple[Group, ...] = ()


_SHOULDER = ("left_shoulder", "right_shoulder")
_ELBOW = ("left_elbow", "right_elbow")
_WRIST = ("left_wrist", "right_wrist")
_HIP = ("left_hip", "right_hip")
_KNEE = ("left_knee", "right_knee")
_ANKLE = ("left_ankle", "right_ankle")
_EYE = ("left_eye", "right_eye")
_TORSO = (_SHOULDER, _HIP)
_FACE = (("nose",), ("left_eye",), ("right_eye",))
_SIDE_FACE = (("nose",), _EYE)


def _each(*groups: Group) -> tuple[Group, ...]:
    """Single-joint groups: as `hides`, all of these joints must be hidden."""
    return tuple((name,) for group in groups for name in group)


_LEGS = _each(_HIP, _KNEE, _ANKLE)
_ARMS = _each(_ELBOW, _WRIST)

# Numbered as published. Of rules 1, 2, 6-10 and 12-14 only the purpose is published; their joints were chosen
# here.
RULES: dict[int, Rule] = {
    1: Rule("face, hands allowed", _FACE, _LEGS),
    2: Rule("face alone", _FACE, (*_LEGS, *_ARMS)),
    3: Rule("a shoulder and a hip", _TORSO),
    4: Rule("a shoulder, a hip and an elbow", (*_TORSO, _ELBOW)),
    5: Rule("a shoulder, a hip and a knee or ankle", (*_TORSO, _KNEE + _ANKLE)),
    6: Rule("a wrist without the whole face", (_WRIST,), (("nose", *_EYE),)),
    7: Rule("a wrist without face or legs", (_WRIST,), (*_each(("nose",), _EYE), *_LEGS)),
    8: Rule(
        "a wrist without face, shoulders or legs",
        (_WRIST,),
        (*_each(("nose",), _EYE, ("left_ear", "right_ear"), _SHOULDER), *_LEGS),
    ),
    9: Rule("the left wrist alone", (("left_wrist",),), (("right_wrist",),)),
    10: Rule("the right wrist alone", (("right_wrist",),), (("left_wrist",),)),
    11: Rule("a shoulder, a hip, a knee and an ankle", (*_TORSO, _KNEE, _ANKLE)),
    12: Rule("face, from the side too", _SIDE_FACE, _LEGS),
    13: Rule("face alone, from the side too", _SIDE_FACE, (*_LEGS, *_ARMS)),
    14: Rule("face and a shoulder", (*_SIDE_FACE, _SHOULDER)),
    15: Rule("anything"),
}


USUAL_RULE = 3


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """Thresholds of the screening. The defaults of PAPER are the published numbers."""

    screening: Screening = Screening.SOFT
    rule: int = USUAL_RULE  # keypoint rule, PAPER
    least_score: float = 0.8  # of a detection, PAPER
    least_overlap: float = 0.1  # of the object's box inside the person's, PAPER
    least_keypoint: float = 0.7  # least score of a visible keypoint, PAPER
    soft_person: float = 0.3  # least score of a person, SOFT
    soft_thing: float = 0.1  # least score of an object, SOFT
    sure_score: float = 0.6  # detections with at least this score have full weight, SOFT
    sure_keypoints: float = 0.7  # mean score of the limbs' keypoints that has full weight, SOFT
    doubt_residual: float = 0.04  # error of the fit that halves the weight, share of the height, SOFT
    most_residual: float = 0.12  # largest error of the fit, share of the person's height, SOFT
    least_weight: float = 4 / WEIGHT_STEPS  # pictures with less weight are set aside, SOFT

    @property
    def name(self) -> str:
        """The name for `config`."""
        usual = self.screening is Screening.SOFT or self.rule == USUAL_RULE
        return self.screening.value if usual else f"{self.screening.value}:{self.rule}"


@dataclass(frozen=True, slots=True)
class QualityScores:
    """Quality measures of a picture, all in [0, 1] except `residual`.

    `residual` is the calibration's error as a share of the person's height, `truncation` the share of
    joints outside the frame, `rival` the score of the second best pair relative to the best pair.
    """

    person: float
    thing: float
    keypoints: float
    residual: float
    truncation: float
    rival: float = 0.0


def config(name: str) -> ScreenConfig:
    """The configuration named "soft", "paper" or "paper:RULE".

    Raises:
        ConfigError: there is no such screening, or no such keypoint rule.
    """
    how, colon, rule = name.partition(":")
    if how not in list(Screening):
        raise ConfigError(
            f"There is no screening {name!r}.", f"Known: {', '.join(known.value for known in Screening)}."
        )
    if not colon:
        return ScreenConfig(Screening(how))
    if how != Screening.PAPER or not rule.isdigit() or int(rule) not in RULES:
        raise ConfigError(
            f"There is no screening {name!r}.", f"Keypoint rules are paper:1 to paper:{len(RULES)}."
        )
    return ScreenConfig(Screening.PAPER, int(rule))


def distinct(found: Sequence[Detection]) -> list[Detection]:
    """Remove duplicate detections of the same label; the order is kept."""
    kept = list(range(len(found)))
    for i in sorted(kept, key=lambda n: found[n].score):
        if found[i].score >= CERTAIN:
            continue
        others = [j for j in kept if j != i and found[j].label == found[i].label]
        if not others:
            continue
        mine = found[i].box_px[None]
        theirs = torch.stack([found[j].box_px for j in others])
        within, around = overlap_share(mine, theirs), overlap_share(theirs, mine)
        if float(torch.maximum(within[0], around[:, 0]).max()) >= DUPLICATE:
            kept.remove(i)
    return [found[i] for i in kept]


def only_pair(
    people: Sequence[Detection], things: Sequence[Detection], config: ScreenConfig, item: str
) -> tuple[Detection, Detection] | Rejected:
    """The only person and the only object of a picture, by the published cuts in their order."""
    persons = distinct([person for person in people if person.score >= config.least_score])
    objects = distinct([thing for thing in things if thing.score >= config.least_score])
    for found, none, many, what in (
        (persons, Reason.NO_PERSON, Reason.MANY_PEOPLE, "people"),
        (objects, Reason.NO_OBJECT, Reason.MANY_OBJECTS, "objects"),
    ):
        if len(found) != 1:
            return Rejected(item, many if found else none, f"{len(found)} {what}")
    share = float(overlap_share(objects[0].box_px[None], persons[0].box_px[None]))
    if share <= config.least_overlap:
        return Rejected(item, Reason.NO_OVERLAP, f"{share:.2f} of the object's box in the person's")
    return persons[0], objects[0]


def within_reach(person_px: Float[Tensor, " 4"], thing_px: Float[Tensor, " 4"]) -> bool:
    """Whether the object's box touches the person's box enlarged by the length of an arm."""
    arm = 0.35 * float(person_px[3] - person_px[1])
    reach = person_px + torch.tensor([-arm, -arm, arm, arm])
    return float(overlap_share(thing_px[None], reach[None])) > 0


def confidences(keypoints: Keypoints, size_px: tuple[int, int]) -> dict[str, float]:
    """The score of each named keypoint; 0 outside the frame, where it is a guess."""
    points = keypoints.points_px
    inside = ((points >= 0) & (points < torch.tensor(size_px, dtype=points.dtype))).all(-1)
    sure = torch.where(inside, keypoints.visibility, torch.zeros_like(keypoints.visibility))
    return dict(zip(keypoints.names, sure.tolist(), strict=True))


def breaks(rule: Rule, sure: dict[str, float], least: float) -> str:
    """How a picture breaks a rule, "" if it does not; missing keypoints count as hidden."""
    for group in rule.shows:
        if all(sure.get(name, 0.0) < least for name in group):
            return f"{rule.name}: no {' or '.join(group)}"
    for group in rule.hides:
        if all(sure.get(name, 0.0) >= least for name in group):
            return f"{rule.name}: {' and '.join(group)} seen"
    return ""


def limbs(sure: dict[str, float]) -> float:
    """The mean score of the keypoints of the arms and legs (`LIMBS`)."""
    return sum(sure.get(name, 0.0) for name in LIMBS) / len(LIMBS)


def weigh(scores: QualityScores, config: ScreenConfig, item: str) -> float | Rejected:
    """A picture's weight, rounded down to whole steps, or why it is set aside.

    The weight is the product of a factor per score. If it is below the least weight, the reason is that of
    the smallest factor. A score that is NaN sets the picture aside for its own reason.
    """
    factors = {
        Reason.NO_PERSON: _at_most_one(scores.person / config.sure_score),
        Reason.NO_OBJECT: _at_most_one(scores.thing / config.sure_score),
        Reason.FEW_KEYPOINTS: _at_most_one(scores.keypoints / config.sure_keypoints),
        Reason.BAD_CALIBRATION: 1.0 / (1.0 + (scores.residual / config.doubt_residual) ** 2),
        Reason.TRUNCATED: 1.0 - scores.truncation,
        Reason.MANY_OBJECTS: 1.0 - 0.5 * scores.rival,
    }
    unknown = next((reason for reason, factor in factors.items() if math.isnan(factor)), None)
    if unknown is not None:
        return Rejected(item, unknown, "its score is not a number")
    if scores.residual > config.most_residual:
        return Rejected(
            item, Reason.BAD_CALIBRATION, f"joints are off by {scores.residual:.0%} of the person's height"
        )
    weight = math.prod(max(0.0, factor) for factor in factors.values())
    quantised = int(weight * WEIGHT_STEPS) / WEIGHT_STEPS
    if quantised < config.least_weight:
        weakest = min(factors, key=lambda reason: factors[reason])
        return Rejected(item, weakest, f"weight {weight:.3f}; {factors[weakest]:.2f} by this alone")
    return quantised


def _at_most_one(share: float) -> float:
    """`min(1, share)`; NaN stays NaN."""
    return share if math.isnan(share) else min(1.0, share)
