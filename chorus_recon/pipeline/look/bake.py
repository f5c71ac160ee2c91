"""Bake a texture for a mesh from the photo, its symmetrical places, and what is expected of the rest."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry.atlas.push_pull import push_pull
from chorus_recon.geometry.atlas.texels import texels
from chorus_recon.geometry.mesh import vertex_normals
from chorus_recon.pipeline.look.samples import Points, colours
from chorus_recon.pipeline.look.sight import Sight

COPIED = 0.1  # belief in a colour of a symmetrical place, against one that is seen
SPREAD = 0.002  # belief in a colour spread over the mesh
ENOUGH = 0.25  # belief from which symmetrical places are not asked

_At = Callable[[Float[Tensor, "v 4"], Int[Tensor, " m"] | None], Float[Tensor, "m 4"]]


@dataclass(frozen=True, slots=True)
class Surface:
    """A mesh to colour.

    Attributes:
        vertices: in cam, metres.
        faces: indices of them.
        copies: where the symmetrical place of each vertex is, in cam; one array a symmetry.
        part: the number of the part of each vertex; the two sides of a part look alike.
        edges: neighbours that colours spread between.
        uv: texture coordinates of the corners; None for a mesh with too many faces.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    copies: tuple[Float[Tensor, "v 3"], ...]
    part: Int[Tensor, " v"]
    edges: Int[Tensor, "e 2"]
    uv: Float[Tensor, "f 3 2"] | None


def vertex_colours(surface: Surface, sight: Sight) -> tuple[Float[Tensor, "v 3"], Float[Tensor, " v"]]:
    """Colours of the vertices before they are spread, and the belief in them."""
    return _mixed(surface, sight, surface.part, _rows, smooth=True)


def texture(
    surface: Surface, sight: Sight, spread_rgb: Float[Tensor, "v 3"], size: int
) -> UInt8[Tensor, "s s 3"]:
    """The texture: photo pixels where they show the surface, else the colours that were spread."""
    assert surface.uv is not None
    made = texels(surface.uv, size)
    corners, weights = surface.faces[made.face].unbind(1), made.weights.unbind(1)

    def at(table: Tensor, rows: Tensor | None) -> Tensor:
        out = torch.zeros(len(made.index) if rows is None else len(rows), table.shape[1])
        for corner, weight in zip(corners, weights, strict=True):
            if rows is not None:
                corner, weight = corner.index_select(0, rows), weight.index_select(0, rows)
            out.addcmul_(table.index_select(0, corner), weight[:, None])
        return out

    rgb, belief = _mixed(surface, sight, surface.part[corners[0]], at, smooth=False)
    base = at(spread_rgb, None)
    rgb = (rgb * belief[:, None] + base * SPREAD) / (belief + SPREAD)[:, None]
    image, known = torch.zeros(size * size, 3), torch.zeros(size * size)
    image[made.index], known[made.index] = rgb, 1.0
    filled = push_pull(image.view(size, size, 3), known.view(size, size))
    return (filled * 255).round().clamp(0, 255).to(torch.uint8)


def _rows(table: Float[Tensor, "v 4"], rows: Int[Tensor, " m"] | None) -> Float[Tensor, "m 4"]:
    return table if rows is None else table[rows]


def _mixed(
    surface: Surface, sight: Sight, part: Int[Tensor, " n"], at: _At, *, smooth: bool
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, " n"]]:
    """The mean colour of points and their symmetrical places, by belief.

    Args:
        surface: the mesh.
        sight: what the photo shows of it.
        part: of each point.
        at: interpolates a table of the vertices at some of the points; None for all.
        smooth: use averaged colours.
    """
    part_of_face = surface.part[surface.faces[:, 0]]
    total, mass = torch.zeros(len(part), 3), torch.zeros(len(part))
    for number, vertices in enumerate((surface.vertices, *surface.copies)):
        rows = (mass < ENOUGH).nonzero()[:, 0]
        if not len(rows):
            break
        towards = torch.nn.functional.normalize(vertices, dim=-1)
        facing = (vertex_normals(vertices, surface.faces) * towards).sum(-1, keepdim=True).abs()
        found = at(torch.cat([vertices, facing], 1), rows if number else None)
        points = Points(found[:, :3], found[:, 3], part[rows])
        rgb, belief = colours(points, sight, part_of_face, smooth=smooth)
        belief = belief * (COPIED if number else 1.0)
        total[rows] += rgb * belief[:, None]
        mass[rows] += belief
    return total / mass.clamp_min(1e-8)[:, None], mass
