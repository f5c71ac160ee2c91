"""Smooth an occupancy counted from few pictures."""

import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

DOUBT = 0.04  # support (share of all views that see a voxel) at which occupancy is halved
SMOOTH_VOXELS = 0.6  # standard deviation
FAINT = 0.03  # occupancy below this is noise or an artefact of the visual hull


def smooth(occupancy: Float[Tensor, "x y z"], support: Float[Tensor, "x y z"]) -> Float[Tensor, "x y z"]:
    """Reduce the noise of an occupancy counted from a few hundred pictures.

    Voxels that few pictures saw are lowered, the grid is smoothed by a Gaussian kernel, and values below
    `FAINT` become 0. The result ranks voxels; it is no longer a share of pictures, so the credible
    interval of the share does not apply to it.
    """
    sure = occupancy * support / (support + DOUBT)
    blurred = torch.from_numpy(gaussian_filter(sure.numpy(), SMOOTH_VOXELS)).clamp(0, 1)
    return torch.where(blurred < FAINT, 0.0, blurred)
