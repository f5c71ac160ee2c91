"""Grainy counts in, an occupancy to go by out."""

import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

DOUBT = 0.04  # share of all views that must see a voxel before half its hits are believed
SMOOTH_VOXELS = 0.6  # standard deviation
FAINT = 0.03  # occupancy below this is noise and visual-hull haze


def settled(occupancy: Float[Tensor, "x y z"], support: Float[Tensor, "x y z"]) -> Float[Tensor, "x y z"]:
    """Counts of a few hundred pictures are grainy: doubt what few saw, smooth, cut the far haze.

    It ranks places, it is no share of pictures any more: an interval of the share says nothing of it.
    """
    sure = occupancy * support / (support + DOUBT)
    smooth = torch.from_numpy(gaussian_filter(sure.numpy(), SMOOTH_VOXELS)).clamp(0, 1)
    return torch.where(smooth < FAINT, 0.0, smooth)
