"""Joints of people and where they are seen in, each one's own perspective camera out (CHORUS, section 6).

The published fit takes up to 2400 steps of Adam a person; it is least squares in 7 unknowns, solved here
for everybody at once by Levenberg-Marquardt in float64.
"""

import math
from dataclasses import dataclass

import roma
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.geometry.camera import NEAR_M
from chorus_recon.types import Rigid

START_FOV_DEG = 46.4  # over the picture's width


@dataclass(frozen=True, slots=True)
class CalibrateConfig:
    """Bounds and effort."""

    fov_deg: tuple[float, float] = (20.0, 90.0)  # over the picture's width
    steps: int = 60
    tolerance: float = 1e-9  # relative decrease of the cost at which a person is done


@dataclass(frozen=True, slots=True)
class Calibration:
    """A camera a person: square pixels, centred; `residual_px` is the weighted RMS over joints."""

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
class _Seen:
    """Joints in body frame, their pixels from the picture's centre, their weights."""

    points: Float[Tensor, "b j 3"]
    pixels: Float[Tensor, "b j 2"]
    weight: Float[Tensor, "b j"]

    def pick(self, rows: Tensor) -> "_Seen":
        return _Seen(self.points[rows], self.pixels[rows], self.weight[rows])


def calibrate(
    joints_body: Float[Tensor, "b j 3"],
    joints_px: Float[Tensor, "b j 2"],
    size_px: Float[Tensor, "b 2"],
    rotation: Float[Tensor, "b 3 3"],
    weight: Float[Tensor, "b j"] | None = None,
    config: CalibrateConfig | None = None,
) -> Calibration:
    """Fit rotation, position and focal length to each person.

    Args:
        joints_body: in the body's own frame, metres.
        joints_px: where the picture shows them.
        size_px: (width, height) of each picture.
        rotation: cam from body, to start from.
        weight: of each joint, 1 if not given (a visibility).
        config: bounds and effort.
    """
    chosen = config or CalibrateConfig()
    ones = torch.ones_like(joints_px[..., 0]) if weight is None else weight
    seen = _Seen(joints_body.double(), (joints_px - size_px[:, None] / 2).double(), ones.double())
    width = size_px[:, 0].double()
    low, high = (_focal(width, degrees).log() for degrees in reversed(chosen.fov_deg))
    state = _begin(seen, rotation.double(), _focal(width, START_FOV_DEG))
    state, converged = _descend(seen, state, low, high, chosen)
    error, _ = _errors(seen, state)
    counted = torch.where(seen.weight > 0, seen.weight * error.square().sum(-1), 0.0)  # not 0 * inf
    squared = counted.sum(-1) / seen.weight.sum(-1).clamp_min(1e-12)
    place = Rigid(state.rotation.to(joints_px), state.translation_m.to(joints_px))
    return Calibration(
        state.log_focal.exp().to(joints_px),
        place,
        squared.sqrt().to(joints_px),
        converged & squared.isfinite(),
    )


def _focal(width_px: Float[Tensor, " b"], fov_deg: float) -> Float[Tensor, " b"]:
    return width_px / (2 * math.tan(math.radians(fov_deg) / 2))


def _begin(seen: _Seen, rotation: Float[Tensor, "b 3 3"], focal_px: Float[Tensor, " b"]) -> _State:
    """Place the turned joints where they look the right size in the right place, as if seen from afar."""
    share = (seen.weight / seen.weight.sum(-1, keepdim=True).clamp_min(1e-12))[..., None]
    turned = seen.points @ rotation.mT
    middle, aim = (share * turned).sum(1), (share * seen.pixels).sum(1)
    spread = (share * (turned - middle[:, None])[..., :2].square()).sum((1, 2))
    seen_spread = (share * (seen.pixels - aim[:, None]).square()).sum((1, 2))
    px_per_m = (seen_spread / spread.clamp_min(1e-9)).sqrt().clamp_min(1e-3)
    depth = focal_px / px_per_m
    closest = turned[..., 2].amin(1) - middle[:, 2]
    depth = torch.maximum(depth, 0.3 - closest)  # in front of everything
    target = torch.cat([aim / px_per_m[:, None], depth[:, None]], -1)
    return _State(rotation, target - middle, focal_px.log())


def _errors(seen: _Seen, state: _State) -> tuple[Float[Tensor, "b j 2"], Float[Tensor, "b j 3"]]:
    """Pixels off (infinite behind the camera), and the joints in cam."""
    points = seen.points @ state.rotation.mT + state.translation_m[:, None]
    depth = points[..., 2:]
    off = state.log_focal.exp()[:, None, None] * points[..., :2] / depth.clamp_min(NEAR_M) - seen.pixels
    return torch.where(depth > NEAR_M, off, torch.inf), points


def _cost(seen: _Seen, state: _State) -> Float[Tensor, " b"]:
    """Half the sum of squares; infinite with a joint or the body behind."""
    error, _ = _errors(seen, state)
    squared = error.square().sum(-1)
    cost = 0.5 * torch.where(seen.weight > 0, seen.weight * squared, 0.0).sum(-1)
    return torch.where(state.translation_m[:, 2] > NEAR_M, cost, torch.inf)


def _slopes(seen: _Seen, state: _State) -> tuple[Float[Tensor, "b 7 7"], Float[Tensor, "b 7"]]:
    """Gauss-Newton's matrix and the gradient, by (turn in cam, translation, log focal)."""
    error, points = _errors(seen, state)
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
    # d(exp(w) arm)/dw = -[arm]x, so a row times it is arm x row
    by_turn = torch.linalg.cross(arm[..., None, :].expand_as(by_point), by_point, dim=-1)
    by_focal = torch.stack([focal * x / z, focal * y / z], -1)[..., None]
    slope = torch.cat([by_turn, by_point, by_focal], -1)
    weighted = slope * seen.weight[..., None, None]
    matrix = torch.einsum("bjua,bjuc->bac", weighted, slope)
    return matrix, torch.einsum("bjua,bju->ba", weighted, error)


def _descend(
    seen: _Seen, state: _State, low: Tensor, high: Tensor, config: CalibrateConfig
) -> tuple[_State, Bool[Tensor, " b"]]:
    """Levenberg-Marquardt, everybody with a damping of their own; who is done is left out."""
    count = len(low)
    damping = torch.full((count,), 1e-3, dtype=torch.float64, device=low.device)
    cost = _cost(seen, state)
    done = ~cost.isfinite()
    converged = torch.zeros_like(done)
    rotation, translation, focal = (
        state.rotation.clone(), state.translation_m.clone(), state.log_focal.clone()
    )  # fmt: skip
    for _ in range(config.steps):
        rows = (~done).nonzero()[:, 0]
        if not len(rows):
            break
        here, mine = _State(rotation[rows], translation[rows], focal[rows]), seen.pick(rows)
        matrix, gradient = _slopes(mine, here)
        # at a bound that the slope pushes against, the focal length stays
        held = ((here.log_focal <= low[rows]) & (gradient[:, 6] > 0)) | (
            (here.log_focal >= high[rows]) & (gradient[:, 6] < 0)
        )
        step = _step(matrix, gradient, damping[rows], held)
        there = _State(
            roma.rotvec_to_rotmat(step[:, :3]) @ here.rotation,
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
    """The damped step; where `held`, the last unknown's is zero."""
    free = torch.ones_like(gradient)
    free[:, 6] = (~held).to(free)
    matrix = matrix * free[:, :, None] * free[:, None]
    diagonal = matrix.diagonal(dim1=-2, dim2=-1)
    scale = diagonal.amax(-1, keepdim=True).clamp_min(1e-12)
    lifted = matrix + torch.diag_embed(damping[:, None] * diagonal + 1e-12 * scale + (1 - free) * scale)
    return -torch.linalg.solve(lifted, (gradient * free)[..., None])[..., 0]
