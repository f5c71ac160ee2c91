"""Fit latent classes of touched parts, viewing side and verbs by EM, and choose their number by BIC."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

SIDES = 4
TEMPER = 1 / 3  # neighbouring parts are correlated: 24 parts count as about 8 independent ones
WORTH = 300.0  # most pictures that the criterion counts, so that more pictures do not give more classes
SPREAD = 0.1  # rad (of the arcsine of the touch): least standard deviation of a part
PULL = 8.0  # weight, in pictures, of a class's mean in its mean per viewing side
LEAST = 0.04  # least share of a class
ROWS = 4096  # rows processed together
_STEPS = 12  # of expectation-maximisation


@dataclass(frozen=True, slots=True)
class _Data:
    touched: Float[Tensor, "n p"]
    side: Float[Tensor, "n s"]  # one-hot
    verb: Float[Tensor, "n v"]  # one-hot
    mass: Float[Tensor, " n"]


def classes(
    touched: Float[Tensor, "n p"],
    side: Int[Tensor, " n"],
    verb: Int[Tensor, " n"],
    mass: Float[Tensor, " n"],
    most: int,
) -> Int[Tensor, " n"]:
    """The class of each row, 0 for the largest; the same rows give the same classes.

    EM starts with a class per common pair of verb and most touched part. The two most similar classes are
    merged repeatedly. The result is the state with the lowest Bayesian information criterion (BIC) among
    those without a class below `LEAST`.

    Args:
        touched: how far each part is touched, in [0, 1].
        side: viewing side of each row, 0 to `SIDES` - 1.
        verb: index of the verb of each row.
        mass: weight of each row.
        most: the most classes to start with.
    """
    data = _Data(
        touched=touched.double().clamp(0, 1).sqrt().asin(),  # stabilises the variance of shares
        side=torch.nn.functional.one_hot(side, SIDES).double(),
        verb=torch.nn.functional.one_hot(verb, int(verb.max()) + 1).double(),
        mass=mass.double() * (min(WORTH, len(mass)) / mass.double().sum()),
    )
    belief = _start(data, verb, most)
    best, best_cost = belief, math.inf
    while True:
        belief, cost = _fit(data, belief)
        alone = belief.shape[1] == 1
        if (cost < best_cost and _least(data, belief) >= LEAST) or (alone and best_cost == math.inf):
            best, best_cost = belief, cost
        if alone:
            break
        belief = _merged(data, belief)
    which = best.argmax(1)
    sizes = torch.bincount(which, data.mass, best.shape[1])
    rank = torch.argsort(torch.argsort(-sizes, stable=True), stable=True)
    return rank[which]


def _start(data: _Data, verb: Int[Tensor, " n"], most: int) -> Float[Tensor, "n k"]:
    """Initial beliefs: a class for each of the most common pairs of verb and most touched part."""
    lift = data.touched - (data.touched * data.mass[:, None]).sum(0) / data.mass.sum()
    cell = verb * data.touched.shape[1] + lift.argmax(1)
    kinds, where = cell.unique(return_inverse=True)
    sizes = torch.bincount(where, data.mass, len(kinds))
    chosen = sizes.argsort(descending=True, stable=True)[:most]
    belief = torch.full((len(cell), len(chosen)), 1e-3, dtype=torch.float64)
    belief += (where[:, None] == chosen).double()
    return belief / belief.sum(1, keepdim=True)


def _fit(data: _Data, belief: Float[Tensor, "n k"]) -> tuple[Float[Tensor, "n k"], float]:
    """Run expectation-maximisation; return the class probabilities of each row and their BIC."""
    evidence = torch.zeros(len(belief), dtype=torch.float64)
    for _ in range(_STEPS):
        logits = _log_likelihood(data, belief)
        evidence = logits.logsumexp(1)
        belief = (logits - evidence[:, None]).exp()
    kinds, sides = belief.shape[1], int((data.side.sum(0) > 0).sum())
    free = kinds * (TEMPER * sides * data.touched.shape[1] + data.verb.shape[1] - 1) + kinds - 1
    cost = -2 * float((evidence * data.mass).sum()) + free * math.log(float(data.mass.sum()))
    return belief, cost


def _log_likelihood(data: _Data, belief: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """Log p(row, class) under the parameters estimated from the class probabilities."""
    scale = float(data.mass.sum()) / len(belief)
    share = belief * data.mass[:, None]
    sizes = share.sum(0)
    mean = (share.mT @ data.touched) / sizes[:, None].clamp_min(1e-9)
    by_side = torch.einsum("nk,ns,np->ksp", share, data.side, data.touched)
    seen = share.mT @ data.side
    usual = (by_side + PULL * scale * mean[:, None]) / (seen[..., None] + PULL * scale)
    square = torch.einsum("nk,ns,np->ksp", share, data.side, data.touched.square())
    variance = (square - 2 * usual * by_side + usual.square() * seen[..., None]).sum((0, 1)) / sizes.sum()
    exact = 1 / (variance + SPREAD**2)
    hits = [
        _hit(touched, side, usual, exact)
        for touched, side in zip(data.touched.split(ROWS), data.side.split(ROWS), strict=True)
    ]
    said = ((share.mT @ data.verb) + 0.5) / (sizes[:, None] + 0.5 * data.verb.shape[1])
    logits = TEMPER * torch.cat(hits) + data.verb @ said.log().mT
    return logits + (sizes / sizes.sum()).clamp_min(1e-12).log()


def _hit(
    touched: Float[Tensor, "n p"],
    side: Float[Tensor, "n s"],
    usual: Float[Tensor, "k s p"],
    exact: Float[Tensor, " p"],
) -> Float[Tensor, "n k"]:
    """Log density of the touched parts of each row, given its viewing side and each class."""
    far = (touched.square() @ exact)[:, None, None] + (usual.square() @ exact)
    far = far - 2 * torch.einsum("np,ksp->nks", touched, usual * exact)
    return torch.einsum("nks,ns->nk", 0.5 * (exact.log().sum() - far), side)


def _merged(data: _Data, belief: Float[Tensor, "n k"]) -> Float[Tensor, "n fewer"]:
    """Merge the two classes with the smallest Ward distance."""
    share = belief * data.mass[:, None]
    sizes = share.sum(0).clamp_min(1e-9)
    rows = torch.cat([(share.mT @ data.touched) / sizes[:, None], (share.mT @ data.verb) / sizes[:, None]], 1)
    gap = torch.cdist(rows, rows).square() * (sizes[:, None] * sizes / (sizes[:, None] + sizes))  # Ward
    gap.fill_diagonal_(math.inf)
    kept, merged = divmod(int(gap.argmin()), len(gap))
    joined = belief.clone()
    joined[:, kept] += joined[:, merged]
    return joined[:, [n for n in range(belief.shape[1]) if n != merged]]


def _least(data: _Data, belief: Float[Tensor, "n k"]) -> float:
    """The share of the smallest class."""
    sizes = torch.bincount(belief.argmax(1), data.mass, belief.shape[1])
    return float(sizes.min() / sizes.sum())
