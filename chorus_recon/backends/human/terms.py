"""Residuals of a body fit and their Jacobians."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry.camera import project_with_jacobian
from chorus_recon.types import Camera


@dataclass(frozen=True, slots=True)
class Residuals:
    """Groups of residuals in standard deviations; a robust kernel sees each group's length."""

    value: Float[Tensor, "b g d"]
    jacobian: Float[Tensor, "b g d p"]
    weight: Float[Tensor, "b g"]


@dataclass(frozen=True, slots=True)
class Quadratic:
    """A cost and its Gauss-Newton model: curvature J^T W J and gradient J^T W r."""

    cost: Float[Tensor, " b"]
    curvature: Float[Tensor, "b p p"]
    gradient: Float[Tensor, "b p"]

    def __add__(self, other: "Quadratic") -> "Quadratic":
        return Quadratic(
            self.cost + other.cost, self.curvature + other.curvature, self.gradient + other.gradient
        )


def reduce(residuals: Residuals, kernel: float) -> Quadratic:
    """Cauchy cost sum_g w k^2/2 log(1 + |r|^2 / k^2), with its reweighted Gauss-Newton model."""
    squared = residuals.value.square().sum(-1) / kernel**2
    cost = 0.5 * kernel**2 * (residuals.weight * squared.log1p()).sum(-1)
    root = (residuals.weight / (1.0 + squared)).sqrt()[..., None]
    rows = (residuals.jacobian * root[..., None]).flatten(1, 2)
    return Quadratic(cost, rows.mT @ rows, _times(rows, (residuals.value * root).flatten(1)))


def reprojection(
    camera: Camera,
    points_cam: Float[Tensor, "b n 3"],
    jacobian: Float[Tensor, "b n 3 p"],
    seen_px: Float[Tensor, "b n 2"],
    sigma_px: Float[Tensor, "b n"],
    weight: Float[Tensor, "b n"],
) -> Residuals:
    """Distance on the picture between projected and seen landmarks."""
    pixels, slope = project_with_jacobian(camera, points_cam)
    value = (pixels - seen_px) / sigma_px[..., None]
    return Residuals(value, (slope / sigma_px[..., None, None]) @ jacobian, weight)


def world(
    points_cam: Float[Tensor, "b n 3"],
    jacobian: Float[Tensor, "b n 3 p"],
    centre: Float[Tensor, " n"],
    ray_from_cam: Float[Tensor, "b 3 3"],
    world_m: Float[Tensor, "b n 3"],
    log_scale: Float[Tensor, " b"],
    sigma_m: Float[Tensor, "*n 3"],
    weight: Float[Tensor, "b n"],
) -> Residuals:
    """Distance in space between landmarks about their centre and the network's, up to one scale.

    `centre` are the weights of the landmarks' common origin; the last parameter is the scale's log.
    """
    middle = torch.einsum("n,bnd->bd", centre, points_cam)
    middle_moved = torch.einsum("n,bndp->bdp", centre, jacobian)
    scaled = world_m * log_scale.exp()[:, None, None]
    value = (points_cam - middle[:, None]) @ ray_from_cam.mT - scaled
    moved = ray_from_cam[:, None] @ (jacobian - middle_moved[:, None])
    moved = torch.cat([moved[..., :-1], moved[..., -1:] - scaled[..., None]], -1)
    return Residuals(value / sigma_m, moved / sigma_m[..., None], weight)


def lean(
    points_cam: Float[Tensor, "b n 3"],
    jacobian: Float[Tensor, "b n 3 p"],
    top: Float[Tensor, " n"],
    bottom: Float[Tensor, " n"],
    sigma_m: float,
) -> Residuals:
    """How far a part's top is in front of or behind its bottom (towards the camera or away)."""
    difference = top - bottom
    value = torch.einsum("n,bn->b", difference, points_cam[..., 2]) / sigma_m
    moved = torch.einsum("n,bnp->bp", difference, jacobian[..., 2, :]) / sigma_m
    return Residuals(value[:, None, None], moved[:, None, None], torch.ones_like(value)[:, None])


def linear(
    parameters: Float[Tensor, "b p"], matrix: Float[Tensor, "r p"], target: Float[Tensor, "*b r"]
) -> Quadratic:
    """Gaussian rows (matrix @ parameters - target) ~ N(0, 1)."""
    value = parameters @ matrix.mT - target
    curvature = (matrix.mT @ matrix).expand(len(parameters), -1, -1)
    return Quadratic(0.5 * value.square().sum(-1), curvature, value @ matrix)


def height(
    parameters: Float[Tensor, "b p"],
    shape: Float[Tensor, "b s"],
    mean_m: float,
    per_shape_m: Float[Tensor, " s"],
    known_m: Float[Tensor, " b"],
    sigma_m: float,
) -> Quadratic:
    """Distance of the standing height, which is linear in the shape, from a known one; NaN where unknown.

    The shape lies before the last parameter.
    """
    value = ((mean_m + shape @ per_shape_m - known_m) / sigma_m).nan_to_num(0.0)
    rows = torch.zeros_like(parameters)
    rows[:, -1 - len(per_shape_m) : -1] = per_shape_m / sigma_m
    rows = torch.where(known_m.isnan()[:, None], 0.0, rows)
    return Quadratic(0.5 * value.square(), rows[:, :, None] * rows[:, None], rows * value[:, None])


def held(
    parameters: Float[Tensor, "b p"], target: Float[Tensor, "b p"], stiffness: Float[Tensor, "b p"]
) -> Quadratic:
    """Parameters that stay near a target of their own person; stiffness is 1 / deviation, 0 = free."""
    value = (parameters - target) * stiffness
    curvature = torch.diag_embed(stiffness.square())
    return Quadratic(0.5 * value.square().sum(-1), curvature, value * stiffness)


def limits(
    parameters: Float[Tensor, "b p"],
    low: Float[Tensor, " p"],
    high: Float[Tensor, " p"],
    sigma: float,
) -> Quadratic:
    """A quadratic wall outside [low, high]."""
    beyond = ((parameters - high).clamp_min(0.0) - (low - parameters).clamp_min(0.0)) / sigma
    active = (beyond != 0).to(parameters.dtype) / sigma**2
    return Quadratic(0.5 * beyond.square().sum(-1), torch.diag_embed(active), beyond / sigma)


def _times(rows: Float[Tensor, "b r p"], value: Float[Tensor, "b r"]) -> Float[Tensor, "b p"]:
    return (value[:, None] @ rows)[:, 0]
