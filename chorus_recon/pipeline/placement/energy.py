"""The objective of object placement: every term for a batch of candidates, and their weighted sum."""

from collections.abc import Collection

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.pipeline.placement.state import Problem, State
from chorus_recon.pipeline.placement.terms import TERMS, make_batch


def terms_of(
    problem: Problem, state: State, sigma: float, pool: int = 1, without: Collection[str] = ()
) -> dict[str, Float[Tensor, " b"]]:
    """Every term of the objective, unweighted, in the order of `TERMS`.

    Args:
        problem: what the candidates are compared with.
        state: `b` candidates.
        sigma: blur of the splatted silhouette, in units of its usual spread.
        pool: window pixels, along one side, that become one pixel of the silhouette.
        without: names of terms to leave out.
    """
    batch = make_batch(problem, state, sigma, pool)
    return {term.name: term.function(batch) for term in TERMS if term.name not in without}


def total(weights: dict[str, float], terms: dict[str, Tensor]) -> Float[Tensor, " b"]:
    """The weighted sum of the terms that are given, added in their order."""
    return sum((weights[name] * value for name, value in terms.items()), torch.zeros(1))
