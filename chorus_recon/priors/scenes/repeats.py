"""Measure how far the views of the same scene repeat each other.

The views of a scene show the same person with the same object, so their hits are not independent.
"""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.priors.aggregation import visibility
from chorus_recon.priors.aggregation.visibility import BATCH
from chorus_recon.types import Observation, VoxelGrid


def of(
    scenes: Sequence[Sequence[Observation]],
    grid: VoxelGrid,
    weights: Float[Tensor, "x y z j"],
) -> Float[Tensor, "x y z"]:
    """Kish's design effect of several views per scene; 1 where no scene has two views that saw the voxel.

    It is sum m^2 / sum m, with m the number of views of a scene that saw the voxel, which assumes that they
    are fully dependent. The number of pictures divided by it is the effective number of scenes,
    (sum m)^2 / sum m^2.

    Args:
        scenes: the pictures of each scene, with equal weights.
        grid: the canonical grid.
        weights: skin weights of its voxels.
    """
    canon = visibility.canon_of(grid, weights)
    total = torch.zeros(len(canon.voxels), dtype=torch.int64)
    squares = total.clone()
    for seen in _seen(scenes, canon):
        total += seen
        squares += seen * seen
    out = torch.ones(len(canon.voxels))
    out[canon.voxels] = (squares / total.clamp_min(1)).clamp_min(1).float()
    return out.reshape(grid.shape)


def _seen(scenes: Sequence[Sequence[Observation]], canon: visibility.Canon) -> Iterator[Int[Tensor, " n"]]:
    """Yield, per scene, how many views see each tallied voxel; batches may span scenes."""
    flat = [(number, picture) for number, pictures in enumerate(scenes) for picture in pictures]
    count = torch.zeros(len(canon.voxels), dtype=torch.int64)
    for start in range(0, len(flat), BATCH):
        batch = flat[start : start + BATCH]
        look = visibility.look([picture for _, picture in batch], canon)
        for index, (number, _) in enumerate(batch, start):
            count += look.seen[index - start]
            if index + 1 == len(flat) or flat[index + 1][0] != number:
                yield count
                count = torch.zeros_like(count)
