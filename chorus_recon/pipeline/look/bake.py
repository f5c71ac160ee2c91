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
SEEN = 0.3  # belief above which a colour counts for what is usual
LEAST = 8  # vertices of a band that must be seen

_At = Callable[[Float[Tensor, "v k"], Int[Tensor, " m"] | None], Float[Tensor, "m k"]]


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
        shown: where the photo shows the vertices and their copies, in cam; () where the mesh has them.
        band: vertices of one number mostly look alike all around the mesh, -1 for none; None if unknown.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    copies: tuple[Float[Tensor, "v 3"], ...]
    part: Int[Tensor, " v"]
    edges: Int[Tensor, "e 2"]
    uv: Float[Tensor, "f 3 2"] | None
    shown: tuple[Float[Tensor, "v 3"], ...] = ()
    band: Int[Tensor, " v"] | None = None


@dataclass(frozen=True, slots=True)
class Coloured:
    """Colours of vertices before they are spread.

    Attributes:
        rgb: of each.
        belief: in it.
        usual: the colour of the band of each, with 1 behind it, or 0 where it is not known.
    """

    rgb: Float[Tensor, "v 3"]
    belief: Float[Tensor, " v"]
    usual: Float[Tensor, "v 4"]


def vertex_colours(surface: Surface, sight: Sight) -> Coloured:
    """What the photo shows of the vertices."""
    usual = torch.zeros(len(surface.vertices), 4)
    if surface.band is not None:
        usual = _usual(surface.band, *_mixed(surface, sight, surface.part, _rows, usual, smooth=True))
    return Coloured(*_mixed(surface, sight, surface.part, _rows, usual, smooth=True), usual)


def _usual(
    band: Int[Tensor, " v"], rgb: Float[Tensor, "v 3"], belief: Float[Tensor, " v"]
) -> Float[Tensor, "v 4"]:
    """The median colour of each band, where enough of it is seen."""
    out = torch.zeros(len(rgb), 4)
    seen = (belief > SEEN) & (band >= 0)
    for number in band[seen].unique():
        chosen = seen & (band == number)
        if int(chosen.sum()) >= LEAST:
            out[band == number] = torch.cat([rgb[chosen].median(0).values, torch.ones(1)])
    return out


def texture(
    surface: Surface, sight: Sight, usual: Float[Tensor, "v 4"], spread_rgb: Float[Tensor, "v 3"], size: int
) -> UInt8[Tensor, "s s 3"]:
    """The texture: photo pixels where they show the surface, else the colours that were spread."""
    assert surface.uv is not None
    made = texels(surface.uv, size)
    corners = surface.faces[made.face].long()

    def at(table: Tensor, rows: Tensor | None) -> Tensor:
        ids, weights = (corners, made.weights) if rows is None else (corners[rows], made.weights[rows])
        return torch.nn.functional.embedding_bag(ids, table, per_sample_weights=weights, mode="sum")

    rgb, belief = _mixed(surface, sight, surface.part[corners[:, 0]], at, usual, smooth=False)
    base = at(spread_rgb, None)
    rgb = (rgb * belief[:, None] + base * SPREAD) / (belief + SPREAD)[:, None]
    image, known = torch.zeros(size * size, 3), torch.zeros(size * size)
    image[made.index], known[made.index] = rgb, 1.0
    filled = push_pull(image.view(size, size, 3), known.view(size, size))
    return (filled * 255).round().clamp(0, 255).to(torch.uint8)


def _rows(table: Float[Tensor, "v k"], rows: Int[Tensor, " m"] | None) -> Float[Tensor, "m k"]:
    return table if rows is None else table[rows]


def _mixed(
    surface: Surface,
    sight: Sight,
    part: Int[Tensor, " n"],
    at: _At,
    usual: Float[Tensor, "v 4"],
    *,
    smooth: bool,
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, " n"]]:
    """The mean colour of points and their symmetrical places, by belief.

    Args:
        surface: the mesh.
        sight: what the photo shows of it.
        part: of each point.
        at: interpolates a table of the vertices at some of the points; None for all.
        usual: the colours of the vertices' bands, and whether they are known.
        smooth: use averaged colours.
    """
    part_of_face = surface.part[surface.faces[:, 0]]
    total, mass = torch.zeros(len(part), 3), torch.zeros(len(part))
    places = (surface.vertices, *surface.copies)
    for number, (vertices, shown) in enumerate(zip(places, surface.shown or places, strict=True)):
        rows = (mass < ENOUGH).nonzero()[:, 0]
        if not len(rows):
            break
        towards = torch.nn.functional.normalize(vertices, dim=-1)
        facing = (vertex_normals(vertices, surface.faces) * towards).sum(-1, keepdim=True).abs()
        found = at(torch.cat([vertices, shown, facing, usual], 1), rows if number else None)
        points = Points(found[:, :3], found[:, 3:6], found[:, 6], part[rows], found[:, 7:])
        rgb, belief = colours(points, sight, part_of_face, smooth=smooth)
        belief = belief * (COPIED if number else 1.0)
        total[rows] += rgb * belief[:, None]
        mass[rows] += belief
    return total / mass.clamp_min(1e-8)[:, None], mass
