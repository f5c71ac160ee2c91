"""Fit a perspective camera to each person from 3D joints and their pixels (CHORUS, section 6).

The published fit takes up to 2400 steps of Adam per person. It is a least-squares problem in 7 unknowns,
solved here for all people at once by the Levenberg-Marquardt method in float64.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.geometry.camera import NEAR_M
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Rigid

START_FOV_DEG = 46.4  # over the picture's width


@dataclass(frozen=True, slots=True)
class CalibrateConfig:
    """Bounds and effort of the fit."""

    fov_deg: tuple[float, float] = (20.0, 90.0)  # over the picture's width
    steps: int = 60
    tolerance: float = 1e-9  # relative decrease of the cost at which a fit has converged


@dataclass(frozen=True, slots=True)
class Calibration:
    """A camera per person: square pixels, centred; `residual_px` is the weighted RMS over joints."""

    focal_px: Float[Tensor, " b"]
    cam_from_body: Rigid
    residual_px: Float[Tensor, " b"]
    converged: Bool[Tensor, " b"]


@dataclass(frozen=True, slots=True)
class _State:
    rotation: Float[Tensor, "b 3 3"]
    translation_m: Float[Tensor, "b 3"]
    log_focal: Float[Tensor, " b"]

    def pick(self, rows: Tensor) -> "_State":
        return _State(self.rotation[rows], self.translation_m[rows], self.log_focal[rows])


@dataclass(frozen=True, slots=True)
class _Joints:
    """Joints in the body frame, their pixels relative to the picture's centre, and their weights."""

    points: Float[Tensor, "b j 3"]
    pixels: Float[Tensor, "b j 2"]
    weight: Float[Tensor, "b j"]

    def pick(self, rows: Tensor) -> "_Joints":
        return _Joints(self.points[rows], self.pixels[rows], self.weight[rows])


def calibrate(
    joints_body: Float[Tensor, "b j 3"],
    joints_px: Float[Tensor, "b j 2"],
    size_px: Float[Tensor, "b 2"],
    rotation: Float[Tensor, "b 3 3"],
    weight: Float[Tensor, "b j"] | None = None,
    config: CalibrateConfig | None = None,
) -> Calibration:
    """Fit rotation, translation and focal length to each person.

    Args:
        joints_body: joints in the body frame, in metres.
        joints_px: their pixels (u, v).
        size_px: (width, height) of each picture.
        rotation: initial rotation, cam from body.
        weight: weight of each joint, such as its visibility; 1 if None.
        config: bounds and effort.
    """
    chosen = config or CalibrateConfig()
    ones = torch.ones_like(joints_px[..., 0]) if weight is None else weight
    joints = _Joints(joints_body.double(), (joints_px - size_px[:, None] / 2).double(), ones.double())
    width = size_px[:, 0].double()
    low, high = (_focal(width, degrees).log() for degrees in reversed(chosen.fov_deg))
    state = _begin(joints, rotation.double(), _focal(width, START_FOV_DEG))
    state, converged = _descend(joints, state, low, high, chosen)
    error, _ = _errors(joints, state)
    counted = torch.where(joints.weight > 0, joints.weight * error.square().sum(-1), 0.0)  # not 0 * inf
    squared = counted.sum(-1) / joints.weight.sum(-1).clamp_min(1e-12)
    return Calibration(
        focal_px=state.log_focal.exp().to(joints_px),
        cam_from_body=Rigid(state.rotation.to(joints_px), state.translation_m.to(joints_px)),
        residual_px=squared.sqrt().to(joints_px),
        converged=converged & squared.isfinite(),
    )


def _focal(width_px: Float[Tensor, " b"], fov_deg: float) -> Float[Tensor, " b"]:
    return width_px / (2 * math.tan(math.radians(fov_deg) / 2))


def _begin(joints: _Joints, rotation: Float[Tensor, "b 3 3"], focal_px: Float[Tensor, " b"]) -> _State:
    """Initial state: a weak-perspective fit of the translation, with the given rotation and focal length."""
    share = (joints.weight / joints.weight.sum(-1, keepdim=True).clamp_min(1e-12))[..., None]
    turned = joints.points @ rotation.mT
    middle, aim = (share * turned).sum(1), (share * joints.pixels).sum(1)
    spread = (share * (turned - middle[:, None])[..., :2].square()).sum((1, 2))
    seen_spread = (share * (joints.pixels - aim[:, None]).square()).sum((1, 2))
    px_per_m = (seen_spread / spread.clamp_min(1e-9)).sqrt().clamp_min(1e-3)
    depth = focal_px / px_per_m
    closest = turned[..., 2].amin(1) - middle[:, 2]
    depth = torch.maximum(depth, 0.3 - closest)  # the camera is in front of all joints
    target = torch.cat([aim / px_per_m[:, None], depth[:, None]], -1)
    return _State(rotation, target - middle, focal_px.log())


def _errors(joints: _Joints, state: _State) -> tuple[Float[Tensor, "b j 2"], Float[Tensor, "b j 3"]]:
    """Reprojection errors in pixels (infinite behind the camera), and the joints in the camera frame."""
    points = joints.points @ state.rotation.mT + state.translation_m[:, None]
    depth = points[..., 2:]
    off = state.log_focal.exp()[:, None, None] * points[..., :2] / depth.clamp_min(NEAR_M) - joints.pixels
    return torch.where(depth > NEAR_M, off, torch.inf), points


def _cost(joints: _Joints, state: _State) -> Float[Tensor, " b"]:
    """Half the weighted sum of squares; infinite if a joint or the body is behind the camera."""
    error, _ = _errors(joints, state)
    squared = error.square().sum(-1)
    cost = 0.5 * torch.where(joints.weight > 0, joints.weight * squared, 0.0).sum(-1)
    return torch.where(state.translation_m[:, 2] > NEAR_M, cost, torch.inf)


def _slopes(joints: _Joints, state: _State) -> tuple[Float[Tensor, "b 7 7"], Float[Tensor, "b 7"]]:
    """The Gauss-Newton matrix and the gradient in (rotation in cam, translation, log focal length)."""
    error, points = _errors(joints, state)
    error = error.nan_to_num(0.0, 0.0, 0.0)
    x, y, z = points.unbind(-1)
    z = z.clamp_min(NEAR_M)
    focal = state.log_focal.exp()[:, None]
    zero = torch.zeros_like(x)
    by_point = torch.stack(
        [
            torch.stack([focal / z, zero, -focal * x / z**2], -1),
            torch.stack([zero, focal / z, -focal * y / z**2], -1),
        ],
        -2,
    )
    arm = points - state.translation_m[:, None]
    # d(exp(w) arm)/dw = -[arm]x, so the product of a row with it is arm x row
    by_turn = torch.linalg.cross(arm[..., None, :].expand_as(by_point), by_point, dim=-1)
    by_focal = torch.stack([focal * x / z, focal * y / z], -1)[..., None]
    slope = torch.cat([by_turn, by_point, by_focal], -1)
    weighted = slope * joints.weight[..., None, None]
    matrix = torch.einsum("bjua,bjuc->bac", weighted, slope)
    return matrix, torch.einsum("bjua,bju->ba", weighted, error)


def _descend(
    joints: _Joints, state: _State, low: Tensor, high: Tensor, config: CalibrateConfig
) -> tuple[_State, Bool[Tensor, " b"]]:
    """Levenberg-Marquardt with a damping per person; people whose fit has converged are left out."""
    count = len(low)
    damping = torch.full((count,), 1e-3, dtype=torch.float64, device=low.device)
    cost = _cost(joints, state)
    done = ~cost.isfinite()
    converged = torch.zeros_like(done)
    rotation, translation = state.rotation.clone(), state.translation_m.clone()
    focal = state.log_focal.clone()
    for _ in range(config.steps):
        rows = (~done).nonzero()[:, 0]
        if not len(rows):
            break
        here, mine = _State(rotation[rows], translation[rows], focal[rows]), joints.pick(rows)
        matrix, gradient = _slopes(mine, here)
        # at an active bound the focal length is fixed
        held = ((here.log_focal <= low[rows]) & (gradient[:, 6] > 0)) | (
            (here.log_focal >= high[rows]) & (gradient[:, 6] < 0)
        )
        step = _step(matrix, gradient, damping[rows], held)
        there = _State(
            convert.from_vector(step[:, :3]) @ here.rotation,
            here.translation_m + step[:, 3:6],
            (here.log_focal + step[:, 6]).clamp(low[rows], high[rows]),
        )
        after = _cost(mine, there)
        better = after < cost[rows]
        small = (cost[rows] - after) <= config.tolerance * cost[rows] + 1e-18
        good = rows[better]
        rotation[good], translation[good] = there.rotation[better], there.translation_m[better]
        focal[good] = there.log_focal[better]
        damping[rows] = torch.where(better, damping[rows] / 10, damping[rows] * 10).clamp_min(1e-12)
        stuck = ~better & (damping[rows] > 1e8)
        finished = (better & small) | stuck
        cost[good] = after[better]
        converged[rows] |= finished
        done[rows] |= finished
    return _State(rotation, translation, focal), converged


def _step(
    matrix: Float[Tensor, "b 7 7"],
    gradient: Float[Tensor, "b 7"],
    damping: Float[Tensor, " b"],
    held: Bool[Tensor, " b"],
) -> Float[Tensor, "b 7"]:
    """The damped step; 0 for the last unknown where it is `held`."""
    free = torch.ones_like(gradient)
    free[:, 6] = (~held).to(free)
    matrix = matrix * free[:, :, None] * free[:, None]
    diagonal = matrix.diagonal(dim1=-2, dim2=-1)
    scale = diagonal.amax(-1, keepdim=True).clamp_min(1e-12)
    lifted = matrix + torch.diag_embed(damping[:, None] * diagonal + 1e-12 * scale + (1 - free) * scale)
    return -torch.linalg.solve(lifted, (gradient * free)[..., None])[..., 0]
