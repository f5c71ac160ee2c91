"""Compute normals that are smooth on round parts and sharp at creases, and split vertices accordingly."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry.mesh import face_normals

CREASE_RAD = math.radians(50.0)  # faces that meet at more than this do not share a normal
_BLOCK = 65_536  # corners worked on at once, so that what they need stays in the processor's cache
_MANY = 64  # vertices with more faces are shaded flat, because the number of face pairs grows as its square


@dataclass(frozen=True, slots=True)
class SplitMesh:
    """A mesh with one normal, one colour and one place in a texture per vertex.

    Attributes:
        vertices: those of the mesh, in their order, then copies of vertices that look different from another
            side. An index into the mesh is therefore an index into this.
        normals: unit length; zero where no face, or only degenerate ones, use the vertex.
        rgb: colours.
        faces: triangles, in the mesh's order.
        source: the vertex of the mesh that each is.
        uv: places in a texture; None without.
    """

    vertices: Float[Tensor, "n 3"]
    normals: Float[Tensor, "n 3"]
    rgb: UInt8[Tensor, "n 3"]
    faces: Int[Tensor, "f 3"]
    source: Int[Tensor, " n"]
    uv: Float[Tensor, "n 2"] | None = None


def corner_normals(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], crease_rad: float = CREASE_RAD
) -> Float[Tensor, "f 3 3"]:
    """Unit normals of each face's corners: the mean of the faces there that meet at a small angle."""
    if not len(faces):
        return torch.zeros(0, 3, 3)
    area_normals = face_normals(vertices, faces)
    unit = torch.nn.functional.normalize(area_normals, dim=-1)
    owner = welded(vertices)[faces].reshape(-1)  # corners at one place, however the mesh is stored
    order = torch.argsort(owner, stable=True)
    group, count = torch.unique_consecutive(owner[order], return_inverse=True, return_counts=True)[1:]
    start = torch.cumsum(count, 0) - count
    partners = torch.where(count > _MANY, 1, count)[group]
    first = torch.where(count > _MANY, 0, 1)[group] * start[group]
    first = torch.where(count[group] > _MANY, torch.arange(len(order)), first)
    face = order // 3
    # where all faces at a place are within half the angle of their mean, every two are within all of it
    mean = torch.zeros(len(count), 3, dtype=area_normals.dtype).index_add_(0, group, area_normals[face])
    total = mean[group]
    off = (unit[face] * torch.nn.functional.normalize(total, dim=-1)).sum(-1) <= math.cos(crease_rad / 2)
    mixed = (count > _MANY) | (torch.bincount(group[off], minlength=len(count)) > 0)
    for rows in mixed[group].nonzero()[:, 0].split(_BLOCK):
        total[rows] = _sums(rows, partners, first, face, unit, area_normals, math.cos(crease_rad))
    total = torch.where(total.norm(dim=-1, keepdim=True) > 0, total, area_normals[face])
    out = torch.empty_like(total)
    out[order] = torch.nn.functional.normalize(total, dim=-1)
    return out.view(-1, 3, 3)


def _sums(
    rows: Int[Tensor, " b"],
    partners: Int[Tensor, " c"],
    first: Int[Tensor, " c"],
    face: Int[Tensor, " c"],
    unit: Float[Tensor, "f 3"],
    area_normals: Float[Tensor, "f 3"],
    least_cos: float,
) -> Float[Tensor, "b 3"]:
    """For some corners, the sum of the area normals around each that are close to its own.

    Corners are sorted by place: those at the place of corner i are the `partners[i]` from `first[i]` on.
    """
    count = partners[rows]
    begun = torch.cumsum(count, 0) - count
    mine = torch.repeat_interleave(torch.arange(len(count)), count)
    other = face[first[rows][mine] + torch.arange(len(mine)) - begun[mine]]
    close = (unit[face[rows]][mine] * unit[other]).sum(-1) > least_cos
    total = torch.zeros(len(count), 3, dtype=area_normals.dtype)
    return total.index_add_(0, mine[close], area_normals[other[close]])


def split(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    face_rgb: UInt8[Tensor, "f 3"],
    corner_uv: Float[Tensor, "f 3 2"] | None = None,
) -> SplitMesh:
    """Split vertices so that each looks the same in all its faces, with as few vertices as possible.

    Args:
        vertices: the mesh's.
        faces: the mesh's.
        face_rgb: colours of the faces.
        corner_uv: places of the corners in a texture, [0, 1].
    """
    normals = corner_normals(vertices, faces).reshape(-1, 3)
    corners = faces.reshape(-1).long()
    rgb = face_rgb.repeat_interleave(3, 0)
    coarse = ((normals + 1) * 127).round().long()
    kind = _kinds(torch.cat([coarse, rgb.long()], 1) @ (256 ** torch.arange(6)))
    uv = None if corner_uv is None else corner_uv.reshape(-1, 2)
    if uv is not None:
        kind = _kinds((kind << 32) + (uv * 65535).round().long() @ torch.tensor([65536, 1]))
    keys, index = torch.unique(
        corners * (int(kind.max()) + 1 if len(kind) else 1) + kind, return_inverse=True
    )
    chosen = torch.empty(len(keys), dtype=torch.int64)
    chosen[index] = torch.arange(len(corners))
    used = corners[chosen]  # ascending: the looks of one vertex follow each other
    first = torch.ones(len(used), dtype=torch.bool)
    first[1:] = used[1:] != used[:-1]
    place = torch.empty_like(used)
    place[first] = used[first]
    place[~first] = len(vertices) + torch.arange(int((~first).sum()))
    source = torch.cat([torch.arange(len(vertices)), used[~first]])

    def spread(values: Tensor) -> Tensor:
        out = torch.zeros(len(source), values.shape[1], dtype=values.dtype)
        out[place] = values[chosen]
        return out

    return SplitMesh(
        vertices[source],
        spread(normals),
        spread(rgb),
        place[index].view(-1, 3),
        source,
        None if uv is None else spread(uv),
    )


def _kinds(values: Int[Tensor, " n"]) -> Int[Tensor, " n"]:
    """A number for each distinct value, from 0."""
    return torch.unique(values, return_inverse=True)[1]


def welded(vertices: Float[Tensor, "v 3"]) -> Int[Tensor, " v"]:
    """A number for each vertex, equal for vertices at the same place (to 10 micrometres)."""
    steps = torch.round(vertices.double() * 1e5).long()
    steps = (steps - steps.amin(0)) % (1 << 21)
    packed = (steps[:, 0] << 42) | (steps[:, 1] << 21) | steps[:, 2]
    return torch.unique(packed, return_inverse=True)[1]
