"""A mask in, its run lengths out, and back."""

import torch
from jaxtyping import Bool
from torch import Tensor

from chorus_recon.priors.records import PackedMask


def pack(mask: Bool[Tensor, "h w"]) -> PackedMask:
    """Lengths of alternating runs in row order, the first of zeros (and 0 where the first pixel is set)."""
    height, width = mask.shape
    flat = torch.cat([torch.zeros(1, dtype=torch.bool), mask.reshape(-1).cpu()])
    edges = (flat[1:] != flat[:-1]).nonzero()[:, 0]
    ends = torch.cat([edges, torch.tensor([height * width])])
    return PackedMask((width, height), torch.diff(ends, prepend=torch.zeros(1, dtype=torch.int64)))


def unpack(packed: PackedMask) -> Bool[Tensor, "h w"]:
    """The mask of run lengths.

    Raises:
        ValueError: the runs do not fill the mask.
    """
    width, height = packed.size_px
    if int(packed.runs.sum()) != width * height:
        raise ValueError(f"runs of {int(packed.runs.sum())} pixels for a mask of {width} x {height}")
    odd = (torch.arange(len(packed.runs)) % 2).bool()
    return torch.repeat_interleave(odd, packed.runs).reshape(height, width)
