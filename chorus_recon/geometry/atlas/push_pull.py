"""Fill the unknown pixels of a picture smoothly from the known ones."""

import torch
from jaxtyping import Float
from torch import Tensor

STEP = 4  # from one resolution to the next


def push_pull(image: Float[Tensor, "h w c"], weight: Float[Tensor, "h w"]) -> Float[Tensor, "h w c"]:
    """Keep pixels of weight 1, and mix those of less weight with ever coarser averages of the known ones.

    Args:
        image: any number of channels.
        weight: how far to believe each pixel, [0, 1].

    Returns:
        The picture; zero where nothing at all is known.
    """
    known = torch.cat([image * weight[..., None], weight[..., None]], -1).permute(2, 0, 1)[None]
    return _filled(known)[0, :-1].permute(1, 2, 0)


def _filled(known: Float[Tensor, "1 c h w"]) -> Float[Tensor, "1 c h w"]:
    """Normalised values; the last channel is their weight, and values come in multiplied by it."""
    height, width = known.shape[2:]
    weight = known[:, -1:].clamp_max(1.0)
    mean = known / known[:, -1:].clamp_min(1e-8)
    if height == 1 and width == 1:
        return mean * (weight > 0)
    step = (min(STEP, height), min(STEP, width))
    reduced = torch.nn.functional.avg_pool2d(known, step, step, ceil_mode=True, count_include_pad=False)
    coarse = _filled(reduced * (STEP / (1.0 + (STEP - 1.0) * reduced[:, -1:])))  # a little known is known
    wide = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear", align_corners=False)
    return mean * weight + wide * (1 - weight)
