"""Levenberg-Marquardt for a batch of small least-squares problems."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

Evaluate = Callable[
    [Float[Tensor, "b p"]], tuple[Float[Tensor, " b"], Float[Tensor, "b p p"], Float[Tensor, "b p"]]
]
_DAMPING = (1e-3, 1e-6, 1e6)  # first, least and most, relative to the curvature's diagonal
_DOWN, _UP = 0.33, 4.0
_FLAT = 1e-9  # keeps parameters that no term sees at rest


def minimise(
    evaluate: Evaluate, start: Float[Tensor, "b p"], steps: int, max_step: Float[Tensor, " p"]
) -> tuple[Float[Tensor, "b p"], Float[Tensor, " b"]]:
    """Lower each problem's cost; every problem keeps its own damping and refuses uphill steps.

    Args:
        evaluate: cost, Gauss-Newton curvature (J^T W J) and gradient (J^T W r) at parameters.
        start: where to begin.
        steps: evaluations after the first.
        max_step: the trust region: the most that one step may change each parameter.
    """
    best = start
    cost, curvature, gradient = evaluate(best)
    damping = torch.full_like(cost, _DAMPING[0])
    for _ in range(steps):
        diagonal = curvature.diagonal(dim1=-2, dim2=-1)
        ridge = damping[:, None] * diagonal + _FLAT * diagonal.amax(-1, keepdim=True)
        factor = torch.linalg.cholesky_ex(curvature + torch.diag_embed(ridge)).L
        step = torch.cholesky_solve(-gradient[..., None], factor)[..., 0].nan_to_num(0.0, 0.0, 0.0)
        shrink = (max_step / step.abs().clamp_min(1e-12)).amin(-1, keepdim=True).clamp_max(1.0)
        trial = best + shrink * step
        new_cost, new_curvature, new_gradient = evaluate(trial)
        better = new_cost < cost
        best = torch.where(better[:, None], trial, best)
        curvature = torch.where(better[:, None, None], new_curvature, curvature)
        gradient = torch.where(better[:, None], new_gradient, gradient)
        cost = torch.where(better, new_cost, cost)
        damping = torch.where(better, damping * _DOWN, damping * _UP).clamp(*_DAMPING[1:])
    return best, cost
