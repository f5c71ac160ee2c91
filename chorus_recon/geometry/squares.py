"""Rotated squares of a picture: crop them, and transform points and maps back to the picture.

Unit coordinates of a square: (0, 0) is its top-left corner, (1, 1) its bottom-right, before rotation.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Squares:
    """A batch of squares; `angle_rad` rotates them clockwise on the picture (from x right to y down)."""

    center_px: Float[Tensor, "n 2"]
    side_px: Float[Tensor, " n"]
    angle_rad: Float[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.side_px)

    def __getitem__(self, rows: Tensor | slice) -> "Squares":
        return Squares(self.center_px[rows], self.side_px[rows], self.angle_rad[rows])


def joined(parts: list[Squares]) -> Squares:
    """All squares in one batch, in order."""
    return Squares(
        torch.cat([p.center_px for p in parts]),
        torch.cat([p.side_px for p in parts]),
        torch.cat([p.angle_rad for p in parts]),
    )


def turn(squares: Squares, vectors: Float[Tensor, "n k 2"]) -> Float[Tensor, "n k 2"]:
    """Directions in the square's axes, as directions on the picture."""
    cos, sin = squares.angle_rad.cos()[:, None], squares.angle_rad.sin()[:, None]
    x, y = vectors[..., 0], vectors[..., 1]
    return torch.stack([cos * x - sin * y, sin * x + cos * y], -1)


def to_picture(squares: Squares, unit: Float[Tensor, "n k 2"]) -> Float[Tensor, "n k 2"]:
    """Unit coordinates as pixels of the picture."""
    return squares.center_px[:, None] + turn(squares, unit - 0.5) * squares.side_px[:, None, None]


def to_unit(squares: Squares, pixels: Float[Tensor, "n k 2"]) -> Float[Tensor, "n k 2"]:
    """Pixels of the picture as unit coordinates."""
    back = Squares(squares.center_px, squares.side_px, -squares.angle_rad)
    return turn(back, pixels - squares.center_px[:, None]) / squares.side_px[:, None, None] + 0.5


def cut(
    picture: Float[Tensor, "c h w"] | UInt8[Tensor, "c h w"], squares: Squares, size: int
) -> Float[Tensor, "n c size size"]:
    """The squares' contents, upright, resampled to `size` x `size` pixels; zero outside the picture.

    Only the part of the picture that a square covers is read, so a large picture costs no more than a small
    one. Bytes become values in [0, 1].
    """
    step = (torch.arange(size) + 0.5) / size
    v, u = torch.meshgrid(step, step, indexing="ij")
    unit = torch.stack([u, v], -1).reshape(1, -1, 2)
    out = []
    for i in range(len(squares)):
        square = squares[i : i + 1]
        pixels = to_picture(square, unit)[0]
        ratio = float(square.side_px) / size
        block = math.floor(ratio) if ratio >= 2 else 1  # averaged, so that sampling does not alias
        part, origin_px = _part(picture, pixels, block)
        if part is None:
            out.append(torch.zeros(picture.shape[0], size, size))
            continue
        extent = torch.tensor([part.shape[2], part.shape[1]]) * block
        grid = ((pixels - origin_px) / extent * 2 - 1).reshape(1, size, size, 2)
        out.append(functional.grid_sample(part[None], grid, padding_mode="zeros", align_corners=False)[0])
    return torch.stack(out) if out else torch.zeros(0, picture.shape[0], size, size)


def paste(maps: Float[Tensor, "n s s"], squares: Squares, size_px: tuple[int, int]) -> Float[Tensor, "n h w"]:
    """Square maps resampled onto a picture of size (width, height); zero outside the squares."""
    width, height = size_px
    out = maps.new_zeros(len(squares), height, width)
    for i in range(len(squares)):
        square = squares[i : i + 1]
        corners = to_picture(square, torch.tensor([[[0.0, 0], [1, 0], [0, 1], [1, 1]]]))[0]
        x0, y0 = (int(v) for v in corners.amin(0).floor().clamp_min(0))
        x1, y1 = (int(v) for v in torch.minimum(corners.amax(0).ceil(), torch.tensor([width, height])))
        if x1 <= x0 or y1 <= y0:
            continue
        axis = turn(square, torch.eye(2)[None])[0] / square.side_px * 2  # of u and of v, a pixel
        x = torch.arange(x0, x1) + 0.5 - square.center_px[0, 0]
        y = torch.arange(y0, y1) + 0.5 - square.center_px[0, 1]
        grid = torch.stack([x * along[0] + (y * along[1])[:, None] for along in axis], -1)[None]
        out[i, y0:y1, x0:x1] = functional.grid_sample(
            maps[i][None, None], grid, padding_mode="zeros", align_corners=False
        )[0, 0]
    return out


def _part(
    picture: Float[Tensor, "c h w"] | UInt8[Tensor, "c h w"], pixels: Float[Tensor, "n 2"], block: int
) -> tuple[Float[Tensor, "c y x"] | None, Float[Tensor, " 2"]]:
    """The means of whole blocks about some pixels, counted from the picture's corner; None outside of it.

    Returns:
        The part, and the pixel of its top-left corner.
    """
    high, wide = picture.shape[1:]
    low = ((pixels.amin(0) / block).floor() - 1).clamp_min(0) * block
    end = ((pixels.amax(0) / block).ceil() + 1) * block
    x0, y0 = (int(value) for value in low)
    x1, y1 = min(wide, int(end[0])), min(high, int(end[1]))
    if x1 <= x0 or y1 <= y0:
        return None, low
    part = picture[:, y0:y1, x0:x1]
    part = part.float() / 255 if part.dtype == torch.uint8 else part
    if block == 1:
        return part, low
    rest = (0, (x0 - x1) % block, 0, (y0 - y1) % block)
    even = functional.pad(part[None], rest, mode="replicate") if any(rest) else part[None]
    return functional.avg_pool2d(even, block)[0], low
