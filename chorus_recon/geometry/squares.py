"""Rotated squares of a picture: crop them, and transform points and maps back to the picture.

Unit coordinates of a square: (0, 0) is its top-left corner, (1, 1) its bottom-right, before rotation.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
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


def cut(picture: Float[Tensor, "c h w"], squares: Squares, size: int) -> Float[Tensor, "n c size size"]:
    """The squares' contents, upright, resampled to `size` x `size` pixels; zero outside the picture."""
    step = (torch.arange(size) + 0.5) / size
    v, u = torch.meshgrid(step, step, indexing="ij")
    unit = torch.stack([u, v], -1).reshape(1, -1, 2)
    out = []
    for i in range(len(squares)):
        square = squares[i : i + 1]
        source, factor = _shrunk(picture, float(square.side_px) / size)
        extent = torch.tensor([source.shape[2], source.shape[1]]) / factor
        grid = to_picture(square, unit) / extent * 2 - 1
        grid = grid.reshape(1, size, size, 2)
        out.append(functional.grid_sample(source[None], grid, padding_mode="zeros", align_corners=False)[0])
    return torch.stack(out) if out else picture.new_zeros(0, picture.shape[0], size, size)


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
        v, u = torch.meshgrid(torch.arange(y0, y1) + 0.5, torch.arange(x0, x1) + 0.5, indexing="ij")
        grid = to_unit(square, torch.stack([u, v], -1).reshape(1, -1, 2)) * 2 - 1
        grid = grid.reshape(1, y1 - y0, x1 - x0, 2)
        out[i, y0:y1, x0:x1] = functional.grid_sample(
            maps[i][None, None], grid, padding_mode="zeros", align_corners=False
        )[0, 0]
    return out


def _shrunk(picture: Float[Tensor, "c h w"], ratio: float) -> tuple[Float[Tensor, "c y x"], float]:
    """The picture averaged over whole blocks, so that sampling every `ratio`-th pixel does not alias."""
    if ratio < 2:
        return picture, 1.0
    steps = math.floor(ratio)
    high, wide = (-picture.shape[1] % steps, -picture.shape[2] % steps)
    even = functional.pad(picture[None], (0, wide, 0, high), mode="replicate")
    return functional.avg_pool2d(even, steps)[0], 1.0 / steps
