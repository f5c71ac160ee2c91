"""Scores of a placed mesh: exact silhouette IoU and confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.backends.protocols import Rendered
from chorus_recon.types import Placement, PosedField, Use

ON_MASK = 0.5  # alpha above which a pixel is the object's
# Log odds that the best placement is right = CONSTANT + sum of weight * feature (`features` explains them).
# `tools/fit_confidence.py` fits them.
CONSTANT = -0.18
WEIGHTS: Mapping[str, float] = {"outline": 4.4, "unexpected": -0.3}
# Power of the trust in a box where the user says what the thing is: a box that might not be in use is then
# mostly the thing. Between 0 (believe every box) and 1 the calibration on held-out items is best here.
NAMED_POWER = 0.25
OUTLINE_EVEN = 0.4  # IoU of an outline that is as likely right as wrong
UNEXPECTED_MOST_NATS = 6.0  # `field` beyond which it does not matter how much less is expected


def exact_iou(rendered: Rendered, evidence_object: Float[Tensor, "h w"], known: Bool[Tensor, "h w"]) -> float:
    """Silhouette IoU by ray casting, over pixels where the person cannot hide the object."""
    seen = torch.isfinite(rendered.depth)
    target = evidence_object > ON_MASK
    inter = (seen & target & known).sum()
    union = ((seen | target) & known).sum()
    return float(inter / union.clamp_min(1))


def features(best: Placement) -> dict[str, float]:
    """What tells whether the best placement is right.

    Returns:
        outline: its silhouette IoU, above `OUTLINE_EVEN`.
        unexpected: nats of the `field` term, at most `UNEXPECTED_MOST_NATS`.
    """
    return {
        "outline": best.silhouette_iou - OUTLINE_EVEN,
        "unexpected": min(best.losses["field"], UNEXPECTED_MOST_NATS),
    }


def confidence(best: Placement) -> float:
    """The probability that the best placement is right, if the object in the photo is the right one.

    Right: its silhouette overlaps the true one with an IoU of .5, or the object is within 15 cm of the true
    one, relative to the person.
    """
    found = features(best)
    log_odds = CONSTANT + sum(weight * found[name] for name, weight in WEIGHTS.items())
    return float(torch.sigmoid(torch.tensor(log_odds)))


def weighed(answers: Sequence[Placement], trust: float, *, named: bool) -> tuple[Placement, ...]:
    """Answers whose probabilities include that the thing is the right one.

    Args:
        answers: placements of one thing.
        trust: the probability that this person uses this thing.
        named: the user says what the thing is, and the detector saw it.
    """
    sure = trust**NAMED_POWER if named else trust
    return tuple(replace(answer, probability=sure * answer.probability) for answer in answers)


def with_probabilities(answers: Sequence[Placement]) -> list[Placement]:
    """Answers, best first, with probabilities.

    The others divide what the best one leaves by their shares; none is more probable than the best, nor than
    its share relative to the best one's allows.
    """
    if not answers:
        return []
    best = answers[0]
    sure = confidence(best)
    rest = max(1.0 - best.share, 1e-6)
    out = [replace(best, probability=sure)]
    for answer in answers[1:]:
        left = (1.0 - sure) * answer.share / rest
        most = sure * min(1.0, answer.share / max(best.share, 1e-6))
        out.append(replace(answer, probability=min(left, most)))
    return out


def use_of(clusters: Sequence[PosedField], belief: Float[Tensor, " c"], chosen: int) -> Use | None:
    """What the people of a cluster mostly do, with the probability that it is done here; None if unknown.

    Args:
        clusters: all clusters; several may have the same use.
        belief: the probability of each, which adds up to 1.
        chosen: the index of the cluster.
    """
    if not clusters[chosen].uses:
        return None
    text = max(clusters[chosen].uses, key=lambda use: use.share).text
    shares = [sum(use.share for use in cluster.uses if use.text == text) for cluster in clusters]
    return Use(text, float(belief @ torch.tensor(shares, dtype=belief.dtype)))
