"""Count how many pictures of the same scene repeat each other.

The views of one scene show one person with one object: where one view hits the object, so do the others.
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
    """Kish's design effect of taking several views a scene, 1 where each scene saw a voxel at most once.

    It is sum m^2 / sum m with m the views of a scene that saw the voxel, taking them for wholly
    alike: pictures of equal weight divided by it are the effective number of *scenes*,
    (sum m)^2 / sum m^2. `weights` are the voxels' skin weights.
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
    """How many views of each scene see each tallied voxel; batches run on from scene to scene."""
    flat = [(number, one) for number, several in enumerate(scenes) for one in several]
    count = torch.zeros(len(canon.voxels), dtype=torch.int64)
    for start in range(0, len(flat), BATCH):
        batch = flat[start : start + BATCH]
        look = visibility.look([one for _, one in batch], canon)
        for place, (number, _) in enumerate(batch, start):
            count += look.seen[place - start]
            if place + 1 == len(flat) or flat[place + 1][0] != number:
                yield count
                count = torch.zeros_like(count)
