"""Choose among answers of nearly equal cost: the one that is expected to be the least wrong.

A photo says little of depth, so that the search ends with answers that cost much the same and lie behind each
other. The cheapest of them may be the farthest out. Costs are taken for negative log probabilities, and the
answer is the one of least expected distance to the truth (the Bayes estimator of that loss), at the depth
that the answers near it have on average.
"""

import torch
from jaxtyping import Float
from torch import Tensor

SAME_M = 0.03  # answers nearer than this are in one place, and differ at most in how they are turned
MISFIT_M = 0.02  # of distance that a unit of cost is worth: what fits the photo worse looks wrong, too
FAR_M = 0.3  # answers farther apart than this are equally wrong for each other


def probabilities(costs: Float[Tensor, " b"], temperature: float) -> Float[Tensor, " b"]:
    """Of each answer, by its cost; they add up to 1."""
    return torch.softmax(-(costs - costs.min()) / temperature, 0)


def gaps_m(points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b b"]:
    """Chamfer distances between answers told by surface points, metres: the mean of both directions."""
    count = len(points)
    out = torch.zeros(count, count)
    for first in range(count):
        for other in range(first + 1, count):
            apart = torch.cdist(points[first], points[other])
            gap = (apart.amin(0).mean() + apart.amin(1).mean()) / 2
            out[first, other] = out[other, first] = gap
    return out


def spreads_m(gaps: Float[Tensor, "b b"], probability: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
    """The expected distance of each answer to the truth, metres; each counts `FAR_M` at most."""
    return gaps.clamp_max(FAR_M) @ probability


def choose(spreads: Float[Tensor, " b"], gaps: Float[Tensor, "b b"], costs: Float[Tensor, " b"]) -> int:
    """The answer of least expected distance and misfit.

    Of the answers in its place the cheapest is taken: distances do not tell front from back.
    """
    chosen = int((spreads + MISFIT_M * (costs - costs.min())).argmin())
    near = gaps[chosen] <= SAME_M
    return int(torch.where(near, costs, torch.inf).argmin())


def depth_change(
    chosen: int,
    gaps: Float[Tensor, "b b"],
    probability: Float[Tensor, " b"],
    depth_m: Float[Tensor, " b"],
) -> float:
    """Ln of the factor from the depth of an answer to the mean depth of those within `FAR_M` of it."""
    near = probability * (gaps[chosen] < FAR_M)
    return float((near * (depth_m / depth_m[chosen]).log()).sum() / near.sum())
