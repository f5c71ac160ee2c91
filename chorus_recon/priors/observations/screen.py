"""What was found in a picture in, whether and how much it counts out: a weight, or a named reason.

`Screening.PAPER` is the published cuts (CHORUS, its keypoint rule 3); `Screening.SOFT` weighs a picture by
how well it was seen, and sets it aside only where nothing can be used.
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

CERTAIN = 0.98  # a detection this sure is no duplicate
DUPLICATE = 0.8  # share of either box inside the other
LIMBS = tuple(
    f"{side}_{name}"
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)

Group = tuple[str, ...]


class Screening(StrEnum):
    """How pictures are kept."""

    PAPER = "paper"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which keypoints a picture must show: one of each group in `shows`, and no whole group of `hides`."""

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
    """Groups of one: hidden only if each of these joints is."""
    return tuple((name,) for group in groups for name in group)


_LEGS = _each(_HIP, _KNEE, _ANKLE)
_ARMS = _each(_ELBOW, _WRIST)

# Numbered as published. What is published of 1, 2, 6-10 and 12-14 is what they are for, not their joints:
# those are ours.
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
    """How strict to be; the published numbers where nothing else is said."""

    screening: Screening = Screening.SOFT
    rule: int = USUAL_RULE  # of the keypoints, PAPER
    least_score: float = 0.8  # of a detection, PAPER
    least_overlap: float = 0.1  # of the object's box inside the person's, PAPER
    least_keypoint: float = 0.7  # a keypoint this sure is seen, PAPER
    soft_person: float = 0.3  # a detection below this is nobody, SOFT
    soft_thing: float = 0.1  # a detection below this is nothing, SOFT
    sure_score: float = 0.6  # a detection from here on counts fully, SOFT
    sure_keypoints: float = 0.7  # mean of the limbs' keypoints from here on counts fully, SOFT
    doubt_residual: float = 0.04  # share of the person's height at which the fit's error counts half, SOFT
    most_residual: float = 0.12  # share of the person's height beyond which a fit is not believed, SOFT
    least_weight: float = 4 / WEIGHT_STEPS  # lighter pictures cannot be used, SOFT

    @property
    def name(self) -> str:
        """What `config` makes this of."""
        usual = self.screening is Screening.SOFT or self.rule == USUAL_RULE
        return self.screening.value if usual else f"{self.screening.value}:{self.rule}"


@dataclass(frozen=True, slots=True)
class QualityScores:
    """How well a picture was seen, all in [0, 1] but `residual`.

    `residual` is the calibration's error as a share of the person's height, `truncation` the share of
    joints outside the frame, `rival` the second best pair's score relative to the chosen one's.
    """

    person: float
    thing: float
    keypoints: float
    residual: float
    truncation: float
    rival: float = 0.0


def config(name: str) -> ScreenConfig:
    """The settings behind "soft", "paper" or "paper:RULE".

    Raises:
        ConfigError: there is no such screening, or no such keypoint rule.
    """
    how, colon, rule = name.partition(":")
    if how not in list(Screening):
        raise ConfigError(
            f"There is no screening {name!r}.", f"Known: {', '.join(one.value for one in Screening)}."
        )
    if not colon:
        return ScreenConfig(Screening(how))
    if how != Screening.PAPER or not rule.isdigit() or int(rule) not in RULES:
        raise ConfigError(
            f"There is no screening {name!r}.", f"Keypoint rules are paper:1 to paper:{len(RULES)}."
        )
    return ScreenConfig(Screening.PAPER, int(rule))


def distinct(found: Sequence[Detection]) -> list[Detection]:
    """Detections without duplicates of their own label, in the order given."""
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
    """The one person and the one thing of a picture, by the published cuts in their order."""
    persons = distinct([one for one in people if one.score >= config.least_score])
    objects = distinct([one for one in things if one.score >= config.least_score])
    for found, none, many, what in (
        (persons, Reason.NO_PERSON, Reason.MANY_PEOPLE, "people"),
        (objects, Reason.NO_OBJECT, Reason.MANY_OBJECTS, "things"),
    ):
        if len(found) != 1:
            return Rejected(item, many if found else none, f"{len(found)} {what}")
    share = float(overlap_share(objects[0].box_px[None], persons[0].box_px[None]))
    if share <= config.least_overlap:
        return Rejected(item, Reason.NO_OVERLAP, f"{share:.2f} of the thing's box in the person's")
    return persons[0], objects[0]


def within_reach(person_px: Float[Tensor, " 4"], thing_px: Float[Tensor, " 4"]) -> bool:
    """Whether the boxes touch once the person's is grown by an arm: beyond, nobody uses anything."""
    arm = 0.35 * float(person_px[3] - person_px[1])
    reach = person_px + torch.tensor([-arm, -arm, arm, arm])
    return float(overlap_share(thing_px[None], reach[None])) > 0


def confidences(keypoints: Keypoints, size_px: tuple[int, int]) -> dict[str, float]:
    """How sure each named keypoint is seen; 0 outside the frame, where it can only be guessed."""
    points = keypoints.points_px
    inside = ((points >= 0) & (points < torch.tensor(size_px, dtype=points.dtype))).all(-1)
    sure = torch.where(inside, keypoints.visibility, torch.zeros_like(keypoints.visibility))
    return dict(zip(keypoints.names, sure.tolist(), strict=True))


def breaks(rule: Rule, sure: dict[str, float], least: float) -> str:
    """What of a rule a picture breaks, "" where nothing; keypoints nobody looked for are not seen."""
    for group in rule.shows:
        if all(sure.get(name, 0.0) < least for name in group):
            return f"{rule.name}: no {' or '.join(group)}"
    for group in rule.hides:
        if all(sure.get(name, 0.0) >= least for name in group):
            return f"{rule.name}: {' and '.join(group)} seen"
    return ""


def limbs(sure: dict[str, float]) -> float:
    """Mean confidence of the shoulders, hips and limbs."""
    return sum(sure.get(name, 0.0) for name in LIMBS) / len(LIMBS)


def weigh(marks: QualityScores, config: ScreenConfig, item: str) -> float | Rejected:
    """A picture's weight in whole steps, rounded down; the weakest mark's reason where it is too light.

    A mark that is no number rejects by its own reason.
    """
    factors = {
        Reason.NO_PERSON: _at_most_one(marks.person / config.sure_score),
        Reason.NO_OBJECT: _at_most_one(marks.thing / config.sure_score),
        Reason.FEW_KEYPOINTS: _at_most_one(marks.keypoints / config.sure_keypoints),
        Reason.BAD_CALIBRATION: 1.0 / (1.0 + (marks.residual / config.doubt_residual) ** 2),
        Reason.TRUNCATED: 1.0 - marks.truncation,
        Reason.MANY_OBJECTS: 1.0 - 0.5 * marks.rival,
    }
    unknown = next((reason for reason, factor in factors.items() if math.isnan(factor)), None)
    if unknown is not None:
        return Rejected(item, unknown, "its mark is not a number")
    if marks.residual > config.most_residual:
        return Rejected(
            item, Reason.BAD_CALIBRATION, f"joints are off by {marks.residual:.0%} of the person's height"
        )
    weight = math.prod(max(0.0, factor) for factor in factors.values())
    quantised = int(weight * WEIGHT_STEPS) / WEIGHT_STEPS
    if quantised < config.least_weight:
        weakest = min(factors, key=lambda reason: factors[reason])
        return Rejected(item, weakest, f"weight {weight:.3f}; {factors[weakest]:.2f} by this alone")
    return quantised


def _at_most_one(share: float) -> float:
    """`min(1, share)`, but what is not a number stays so."""
    return share if math.isnan(share) else min(1.0, share)
