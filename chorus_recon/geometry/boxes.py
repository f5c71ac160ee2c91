"""Functions of axis-aligned boxes (x0, y0, x1, y1) in pixels: area, overlap, growth, bounds of a mask."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def area(boxes_px: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b"]:
    """Areas in square pixels; zero where a box is inverted (x1 < x0 or y1 < y0)."""
    return (boxes_px[..., 2:] - boxes_px[..., :2]).clamp_min(0).prod(-1)


def _shared(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    return (high - low).clamp_min(0).prod(-1)


def pairwise_iou(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """Intersection over union of every pair."""
    shared = _shared(a, b)
    return shared / (area(a)[:, None] + area(b)[None] - shared).clamp_min(1e-9)


def overlap_share(
    a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"], least_side_px: float = 0.0
) -> Float[Tensor, "n m"]:
    """The share of each box of `a` that lies inside each box of `b`.

    Sides of `a` shorter than `least_side_px` count as that long in its area.
    """
    sides = (a[:, 2:] - a[:, :2]).clamp_min(least_side_px)
    return _shared(a, b) / sides.prod(-1)[:, None].clamp_min(1e-9)


def grown(box_px: Float[Tensor, " 4"], margin: float) -> Float[Tensor, " 4"]:
    """The square with a box's centre; its half side is (0.5 + `margin`) of the box's longer side."""
    center = (box_px[:2] + box_px[2:]) / 2
    half = (box_px[2:] - box_px[:2]).max() * (0.5 + margin)
    return torch.cat([center - half, center + half])


def padded(boxes_px: Float[Tensor, "*b 4"], margin: float, least_px: float = 0.0) -> Float[Tensor, "*b 4"]:
    """Boxes enlarged on each side by `margin` of their mean side length, at least by `least_px`."""
    side = (boxes_px[..., 2:] - boxes_px[..., :2]).mean(-1, keepdim=True)
    out = (side * margin).clamp_min(least_px)
    return torch.cat([boxes_px[..., :2] - out, boxes_px[..., 2:] + out], -1)


def bounds(mask: Bool[Tensor, "h w"]) -> Float[Tensor, " 4"]:
    """The bounding box of a mask's pixels; zero-sized at the origin when there are none."""
    rows, columns = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
    if not len(rows):
        return torch.zeros(4)
    return torch.stack([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]).float()
