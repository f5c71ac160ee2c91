"""Fitting residuals that compare a posed body with the person's mask.

Gentle on purpose: clothes and hair are outside the body, things and people in front hide it. A body
point outside the mask is pulled in firmly; a border point that the body does not reach pulls weakly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates
from skimage.measure import find_contours
from torch import Tensor

from chorus_recon.backends.human.terms import Residuals
from chorus_recon.geometry.outlines import alike

_CELLS = 112  # the long side of a person's window, in cells
_BORDER = 96  # border points a person
_MARGIN = 0.35  # window beyond the mask, in mask sizes
_FINE = 3.0  # blocks of pixels that a smoothing must still span
_FREE_CELLS = 2.5  # border points this near to unknown ground say nothing
_LEAST_CELLS = 60  # a smaller mask says nothing
_ALIKE_IOU = 0.8  # two networks' masks of one person: below, one of them is wrong


@dataclass(frozen=True, slots=True)
class Outlines:
    """Several people's masks, each in its own square window of the photo.

    `outside_px` is the distance to the mask in photo pixels (0 on it and where it is unknown);
    `origin_px` is the window's corner and `cell_px` its cell. `border_weight` 0 = no such point.
    """

    outside_px: Float[Tensor, "b h w"]
    origin_px: Float[Tensor, "b 2"]
    cell_px: Float[Tensor, " b"]
    border_px: Float[Tensor, "b k 2"]
    normal: Float[Tensor, "b k 2"]
    border_weight: Float[Tensor, "b k"]


def outlines(
    masks: Sequence[Float[Tensor, "h w"] | None], unknown: Sequence[Bool[Tensor, "h w"] | None]
) -> Outlines:
    """Distance maps and borders; `unknown` is where something else may hide the person."""
    windows = [_window(mask, hidden) for mask, hidden in zip(masks, unknown, strict=True)]
    fields = zip(*windows, strict=True)
    return Outlines(*(torch.from_numpy(np.stack(field)).double() for field in fields))


def agreed(
    mask: Float[Tensor, "h w"], other: Float[Tensor, "h w"]
) -> tuple[Float[Tensor, "h w"], Bool[Tensor, "h w"] | None]:
    """Two networks' masks of one person: what to go by, and where nothing is known.

    The mean of two masks that agree is nearer to the truth than either. Where they do not, one of them
    has taken in a thing or somebody else, or has lost limbs, and nobody can tell which.
    """
    first, second = mask > 0.5, other > 0.5
    if alike(first, second, _ALIKE_IOU):
        return (mask + other) / 2, None
    return torch.maximum(mask, other), first ^ second


def outline_residuals(
    pixels: Float[Tensor, "b n 2"],
    jacobian: Float[Tensor, "b n 2 p"],
    outline: Outlines,
    px_per_m: Float[Tensor, " b"],
    point_weight: Float[Tensor, "b n"],
    reach_weight: Float[Tensor, " n"],
    inside_m: float,
    reach_m: float,
) -> tuple[Residuals, Residuals]:
    """Body points outside the mask, and border points beyond the body (in deviations).

    Args:
        pixels: points all over the body's surface, on the picture.
        jacobian: their derivatives.
        outline: the masks.
        px_per_m: pixels a metre at each person's distance.
        point_weight: how far each point is to be trusted to be in sight.
        reach_weight: how far the mask's edge near each point is the body's, not hair, hat or clothes.
        inside_m: deviation of the first residual.
        reach_m: deviation of the second.
    """
    distance, uphill = _sample(outline, pixels)
    scale = 1.0 / (px_per_m * inside_m)
    along = (uphill * scale[:, None, None])[:, :, None] @ jacobian
    outside = Residuals((distance * scale[:, None])[..., None], along, point_weight)
    nearest = torch.cdist(outline.border_px, pixels).argmin(-1)
    pick = nearest[..., None]
    gap = ((outline.border_px - pixels.gather(1, pick.expand(-1, -1, 2))) * outline.normal).sum(-1)
    scale = 1.0 / (px_per_m * reach_m)
    short = (gap > 0).to(gap)
    direction = (outline.normal * (-scale[:, None] * short)[..., None])[:, :, None]
    moved = jacobian.gather(1, pick[..., None].expand(-1, -1, 2, jacobian.shape[-1]))
    weight = outline.border_weight * reach_weight[nearest]
    return outside, Residuals((gap * short * scale[:, None])[..., None], direction @ moved, weight)


def distance_px(outline: Outlines, pixels: Float[Tensor, "b n 2"]) -> Float[Tensor, "b n"]:
    """How far pixels are from each person's mask (0 on it and where it is unknown)."""
    return _sample(outline, pixels)[0]


def _sample(
    outline: Outlines, pixels: Float[Tensor, "b n 2"]
) -> tuple[Float[Tensor, "b n"], Float[Tensor, "b n 2"]]:
    """Bilinear distance and its gradient by pixel; beyond the window, as at its edge."""
    size = outline.outside_px.shape[-1]
    at = (pixels - outline.origin_px[:, None]) / outline.cell_px[:, None, None] - 0.5
    at = at.clamp(0.0, size - 1.001)
    low = at.floor()
    fx, fy = (at - low).unbind(-1)
    index = (low[..., 1] * size + low[..., 0]).long()
    flat = outline.outside_px.flatten(1)
    a, b, c, d = (flat.gather(1, index + shift) for shift in (0, 1, size, size + 1))
    top, bottom = a + (b - a) * fx, c + (d - c) * fx
    by_x = (b - a) * (1 - fy) + (d - c) * fy
    gradient = torch.stack([by_x, bottom - top], -1) / outline.cell_px[:, None, None]
    return top + (bottom - top) * fy, gradient


def _window(mask: Float[Tensor, "h w"] | None, hidden: Bool[Tensor, "h w"] | None) -> tuple[np.ndarray, ...]:
    """One person's row of `Outlines`."""
    rows = torch.nonzero((mask > 0.5).any(1)).flatten() if mask is not None else torch.empty(0)
    if mask is None or len(rows) == 0:
        return _silent()
    columns = torch.nonzero((mask > 0.5).any(0)).flatten()
    top, bottom, left, right = (int(v) for v in (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1))
    side = max(bottom - top, right - left) * (1.0 + 2.0 * _MARGIN)
    cell = side / _CELLS
    origin = np.array([(left + right - side) / 2.0, (top + bottom - side) / 2.0])
    centres = origin[:, None] + (np.arange(_CELLS) + 0.5) * cell
    x, y = np.meshgrid(centres[0], centres[1])
    alpha = _area(mask.numpy(), x, y, cell, 0.0)
    cover = np.zeros(mask.shape, np.float32) if hidden is None else hidden.numpy().astype(np.float32)
    unknown = _area(cover, x, y, cell, 1.0) > 0.3
    inside = alpha > 0.5
    if inside.sum() < _LEAST_CELLS:
        return _silent()
    outside = _distance(~(inside | unknown)) * cell
    border, normal, weight = _border(inside, unknown & ~inside)
    return outside, origin, np.array(cell), origin + border * cell, normal, weight


def _area(image: np.ndarray, x: np.ndarray, y: np.ndarray, cell: float, beyond: float) -> np.ndarray:
    """Mean of the photo's pixels about each cell's centre; `beyond` outside the photo."""
    sigma = 0.4 * cell if cell > 1 else 0.0
    block = max(1, int(sigma / _FINE))  # blocks are averaged first where the smoothing is wide
    reach = int(5 * sigma) + 2  # more than the filter sees
    height, width = image.shape
    x0, y0 = (max(0, int(v.min()) - reach) // block * block for v in (x, y))
    part = image[y0 : max(y0, int(y.max()) + reach), x0 : max(x0, int(x.max()) + reach)].astype(np.float32)
    if part.size == 0:
        return np.full(x.shape, beyond)
    if block > 1:
        rest = [(0, -size % block) for size in part.shape]
        part = np.pad(part, rest, mode="edge")
        part = part.reshape(part.shape[0] // block, block, -1, block).mean((1, 3))
        sigma = math.sqrt(sigma**2 - (block**2 - 1) / 12) / block  # less the blocks' own variance
    smooth = gaussian_filter(part, sigma, mode="nearest") if sigma else part
    at = [(y - y0) / block - 0.5, (x - x0) / block - 0.5]
    inside = (x >= 0.5) & (x <= width - 0.5) & (y >= 0.5) & (y <= height - 0.5)
    return np.where(inside, map_coordinates(smooth, at, order=1, mode="nearest"), beyond)


def _border(inside: np.ndarray, unknown: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (cells, corner origin) along the mask's edge, outward normals, and weights."""
    signed = gaussian_filter(_distance(~inside) - _distance(inside), 1.5)
    edge = np.concatenate(find_contours(np.pad(inside, 1).astype(float), 0.5)) - 1.0
    edge = edge[np.linspace(0, len(edge) - 1, _BORDER).astype(int)]
    normal = np.stack([map_coordinates(g, edge.T, order=1, mode="nearest") for g in np.gradient(signed)], -1)
    normal = normal / np.linalg.norm(normal, axis=-1, keepdims=True).clip(1e-6)
    doubt = _distance(~unknown) if unknown.any() else np.full(inside.shape, np.inf)
    weight = (doubt[tuple(edge.round().astype(int).clip(0, _CELLS - 1).T)] > _FREE_CELLS).astype(float)
    return (edge + 0.5)[:, ::-1], normal[:, ::-1], weight


def _distance(cells: np.ndarray) -> np.ndarray:
    """Distance of set cells to the nearest unset one, in cells."""
    return np.asarray(distance_transform_edt(cells))


def _silent() -> tuple[np.ndarray, ...]:
    """A window that says nothing."""
    points = np.zeros((_BORDER, 2))
    return np.zeros((_CELLS, _CELLS)), np.zeros(2), np.array(1.0), points, points, np.zeros(_BORDER)
