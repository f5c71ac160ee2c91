"""The point of the surface behind every texel of an atlas."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

_SLACK = 1e-3  # of barycentric weights, so that no texel between two faces is missed


@dataclass(frozen=True, slots=True)
class Texels:
    """The texels that charts cover: `index` in row order, the `face` there, barycentric `weights`."""

    size: int
    index: Int[Tensor, " n"]
    face: Int[Tensor, " n"]
    weights: Float[Tensor, "n 3"]


def texels(uv: Float[Tensor, "f 3 2"], size: int) -> Texels:
    """The faces at the centres of the texels of a square texture; v runs down, as the rows do.

    Where charts overlap, the face of the higher number wins.
    """
    planes = _planes(uv * size - 0.5)  # texel centres at whole numbers
    face_of = torch.full((size * size,), -1, dtype=torch.int64)
    face, row, first, count = _spans(uv * size - 0.5, planes, size)
    begun = torch.cumsum(count, 0) - count
    start = (row * size + first - begun).repeat_interleave(count)
    face_of.scatter_reduce_(0, start + torch.arange(len(start)), face.repeat_interleave(count), "amax")
    index = (face_of >= 0).nonzero()[:, 0]
    face = face_of[index]
    x, y = (index % size).float(), torch.div(index, size, rounding_mode="floor").float()
    a, b, c = planes[face].unbind(-1)
    return Texels(size, index, face, a + b * x[:, None] + c * y[:, None])


def _planes(corners: Float[Tensor, "f 3 2"]) -> Float[Tensor, "f 3 3"]:
    """The barycentric weights of each face as a + b x + c y: [face, weight, (a, b, c)]; zero without area."""
    corners = corners.double()
    ahead, behind = corners.roll(-1, 1), corners.roll(-2, 1)
    b = ahead[..., 1] - behind[..., 1]
    c = behind[..., 0] - ahead[..., 0]
    a = ahead[..., 0] * behind[..., 1] - behind[..., 0] * ahead[..., 1]
    area = a.sum(1, keepdim=True)
    usable = area.abs() > 1e-9
    return (torch.stack([a, b, c], -1) / torch.where(usable, area, torch.inf)[..., None]).float()


def _spans(
    corners: Float[Tensor, "f 3 2"], planes: Float[Tensor, "f 3 3"], size: int
) -> tuple[Int[Tensor, " s"], Int[Tensor, " s"], Int[Tensor, " s"], Int[Tensor, " s"]]:
    """Face, row, first column and length of every run of texels in a face."""
    low = corners[..., 1].amin(1).ceil().long().clamp(0, size)
    rows = (corners[..., 1].amax(1).floor().long().clamp(-1, size - 1) - low + 1).clamp_min(0)
    rows = torch.where(planes.abs().sum((1, 2)) > 0, rows, 0)
    face = torch.arange(len(corners)).repeat_interleave(rows)
    begun = torch.cumsum(rows, 0) - rows
    row = torch.arange(len(face)) - (begun - low).repeat_interleave(rows)
    a, b, c = planes[face].unbind(-1)
    rest = a + c * row[:, None] + _SLACK  # a weight is rest + b x, and at least zero inside
    bound = -rest / torch.where(b == 0, 1.0, b)
    left = torch.where(b > 0, bound, -1.0).amax(1).ceil().clamp_min(0)
    right = torch.where(b < 0, bound, float(size)).amin(1).floor().clamp_max(size - 1)
    inside = ((b != 0) | (rest >= 0)).all(1) & (right >= left)
    count = (right - left + 1).long()[inside]
    return face[inside], row[inside], left[inside].long(), count
