"""Quantise a cluster's typical poses to bytes: per pose its weight, then direction and focus of each bone."""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from chorus_recon.errors import PriorError
from chorus_recon.geometry import bones
from chorus_recon.io.prior_codes import REBUILD
from chorus_recon.types import TypicalPoses

_STEPS = 255
_SIDE = 254  # steps of each of the two coordinates of a direction: at most 0.8 degrees apart
_MOST_FOCUS = 1 - 1 / _STEPS**2
_BYTES = 3  # of a bone: two of its direction, and its focus


def encode(poses: TypicalPoses, where: str) -> UInt8[Tensor, " n"]:
    """Quantise typical poses; decoding and encoding again gives the same bytes.

    Raises:
        PriorError: a value is not finite or out of range; `where` names the cluster.
    """
    weight, mean, focus = poses.weight.double(), poses.mean.double(), poses.focus.double()
    finite = all(bool(torch.isfinite(value).all()) for value in (weight, mean, focus))
    if not finite or mean.shape[1:] != (len(bones.NAMES), 3) or not bool(((focus >= 0) & (focus <= 1)).all()):
        raise PriorError(
            f"{where}: expected finite poses of {len(bones.NAMES)} directions.", "Look at what built it."
        )
    shares = (weight / weight.max().clamp_min(1e-9) * _STEPS).round().clamp(1, _STEPS)
    # the steps are finest where a bone is held alike by all
    spread = ((1 - focus).sqrt() * _STEPS).round().clamp(1, _STEPS)
    rows = torch.cat([_flattened(mean), spread[..., None]], -1).flatten(1)
    return torch.cat([shares[:, None], rows], 1).to(torch.uint8).reshape(-1)


def decode(stored: Tensor, count: int, where: str) -> TypicalPoses:
    """Restore typical poses.

    Args:
        stored: the bytes.
        count: how many poses they are.
        where: names the cluster in messages.

    Raises:
        PriorError: the bytes are of another size or out of range.
    """
    size = 1 + _BYTES * len(bones.NAMES)
    if stored.dtype != torch.uint8 or tuple(stored.shape) != (count * size,):
        raise PriorError(f"{where}: stored as {stored.dtype} {tuple(stored.shape)}.", REBUILD)
    rows = stored.reshape(count, size).double()
    fields = rows[:, 1:].reshape(count, len(bones.NAMES), _BYTES)
    if float(rows[:, 0].min()) < 1 or float(fields[..., :2].max()) > _SIDE:
        raise PriorError(f"{where}: has values out of range.", REBUILD)
    weight = rows[:, 0] / rows[:, 0].sum()
    focus = (1 - (fields[..., 2] / _STEPS).square()).clamp(0, _MOST_FOCUS)
    return TypicalPoses(weight.float(), _raised(fields[..., :2]).float(), focus.float())


def _flattened(directions: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 2"]:
    """Steps of unit vectors, projected to an octahedron that is unfolded to a square."""
    x, y, z = (directions / directions.abs().sum(-1, keepdim=True).clamp_min(1e-12)).unbind(-1)
    below = z < 0
    u = torch.where(below, (1 - y.abs()) * _sign(x), x)
    v = torch.where(below, (1 - x.abs()) * _sign(y), y)
    u, v = ((value + 1) / 2 * _SIDE for value in (u, v))
    u, v = u.round().clamp(0, _SIDE), v.round().clamp(0, _SIDE)
    # both halves of an edge of the square are the same directions: one of them is stored
    rim_u, rim_v = (u == 0) | (u == _SIDE), (v == 0) | (v == _SIDE)
    far_u, far_v = torch.maximum(u, _SIDE - u), torch.maximum(v, _SIDE - v)
    return torch.stack([torch.where(rim_v, far_u, u), torch.where(rim_u, far_v, v)], -1)


def _raised(steps: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b 3"]:
    """Undo `_flattened`."""
    u, v = (steps / _SIDE * 2 - 1).unbind(-1)
    z = 1 - u.abs() - v.abs()
    x = torch.where(z < 0, (1 - v.abs()) * _sign(u), u)
    y = torch.where(z < 0, (1 - u.abs()) * _sign(v), v)
    return torch.nn.functional.normalize(torch.stack([x, y, z], -1), dim=-1)


def _sign(values: Tensor) -> Tensor:
    return torch.where(values < 0, -1.0, 1.0).to(values)
