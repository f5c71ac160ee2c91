"""Compute and cache the skinning weights of a body model's canonical space on a voxel grid."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load, save
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.errors import OutputError
from chorus_recon.geometry import warp
from chorus_recon.io.cache.derived import kept
from chorus_recon.types import VoxelGrid

_NAME = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class _Skin:
    """What decides a field of skinning weights. Two that have the same key are the same."""

    key: str
    vertices: Float[Tensor, "v 3"] = field(compare=False)
    weights: Float[Tensor, "v j"] = field(compare=False)
    grid: VoxelGrid = field(compare=False)


def skin_weights(model: BodyModel, grid: VoxelGrid) -> Float[Tensor, "x y z j"]:
    """`warp.weight_field` of the canonical body, which is the same for every person.

    It is kept in memory and on disk. If the disk cannot be read or written, the field is computed.
    """
    vertices = model.canonical()[0]
    key = _key(vertices, model.skin_weights, grid)
    return _weights_of(_Skin(key, vertices, model.skin_weights, grid))


@lru_cache(maxsize=4)
def _weights_of(skin: _Skin) -> Float[Tensor, "x y z j"]:
    made: list[Tensor] = []

    def make(folder: Path) -> None:
        made.append(warp.weight_field(skin.vertices, skin.weights, skin.grid))
        flat = made[0].reshape(-1, made[0].shape[-1])
        near = torch.nonzero(flat[:, 0] != 1.0)[:, 0]
        content = {"near": near.to(torch.int32), "weights": flat[near].contiguous()}
        (folder / _NAME).write_bytes(save(content))

    try:
        folder = kept("canon", skin.key, make)
        if not made:
            stored = load((folder / _NAME).read_bytes())
            return _restore(stored["near"], stored["weights"], skin.grid)
    except (OSError, OutputError):
        if not made:
            return warp.weight_field(skin.vertices, skin.weights, skin.grid)
    return made[0]


def canon_between(source: BodyModel, target: BodyModel) -> Float[Tensor, "j 4 4"]:
    """Transforms from the canonical space of `source` to that of `target`: each joint is translated."""
    turn = torch.eye(3).repeat(len(source.joint_names), 1, 1)
    return warp.rigid_between(turn, source.canonical()[1], turn, target.canonical()[1])


def _restore(near: Tensor, weights: Tensor, grid: VoxelGrid) -> Float[Tensor, "x y z j"]:
    field = torch.zeros(*grid.shape, weights.shape[1])
    field[..., 0] = 1.0
    field.view(-1, weights.shape[1])[near.long()] = weights
    return field


def _key(vertices: Float[Tensor, "v 3"], weights: Float[Tensor, "v j"], grid: VoxelGrid) -> str:
    """Hash of everything that determines the weights, including the code, so that no stale cache is read."""
    digest = hashlib.sha256(Path(warp.__file__).read_bytes())
    for values in (vertices, weights):
        digest.update(values.detach().cpu().float().contiguous().numpy().tobytes())
    digest.update(repr((torch.__version__, grid)).encode())
    return digest.hexdigest()[:32]
