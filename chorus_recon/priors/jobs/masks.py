"""Encode and decode soft masks by run lengths."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from chorus_recon.priors.jobs.records import MASK_LEVELS, PackedMask

RUN = 16  # most pixels per byte


def pack(coverage: Float[Tensor, "h w"]) -> PackedMask:
    """Encode a coverage mask in [0, 1] as runs of equal levels, in row order.

    Rounding never moves a pixel across 0.5: the published counting uses only that threshold.
    """
    height, width = coverage.shape
    share = coverage.detach().cpu().clamp(0, 1)
    levels = (share * MASK_LEVELS).round()
    half = MASK_LEVELS // 2
    levels = torch.where(share > 0.5, levels.clamp_min(half + 1), levels.clamp_max(half)).to(torch.uint8)
    found, length = torch.unique_consecutive(levels.reshape(-1), return_counts=True)
    parts = (length + RUN - 1) // RUN  # a long run takes several bytes
    code = torch.repeat_interleave((found.to(torch.int64) << 4) + RUN - 1, parts)
    code[parts.cumsum(0) - 1] -= parts * RUN - length
    return PackedMask((width, height), code.to(torch.uint8))


def unpack(packed: PackedMask) -> Float[Tensor, "h w"]:
    """Decode a mask, in [0, 1].

    Raises:
        ValueError: the runs do not fill the mask.
    """
    width, height = packed.size_px
    length = check(packed)
    return torch.repeat_interleave((packed.code >> 4).float() / MASK_LEVELS, length).reshape(height, width)


def check(packed: PackedMask) -> Int64[Tensor, " c"]:
    """Check a mask and return the number of pixels of each run.

    Raises:
        ValueError: the runs do not fill the mask, or a level is out of range.
    """
    width, height = packed.size_px
    length = (packed.code & 15).to(torch.int64) + 1
    if width < 1 or height < 1 or int(length.sum()) != width * height:
        raise ValueError(f"runs of {int(length.sum())} pixels for a mask of {width} x {height}")
    if int(packed.code.max() >> 4) > MASK_LEVELS:
        raise ValueError(f"a run of level {int(packed.code.max() >> 4)}, of {MASK_LEVELS}")
    return length
