"""Colours of points of a mesh, as the photo shows them, and how far to believe them."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.look.sight import Sight

GRAZING, FACING = 0.08, 0.45  # cosines of the view at which a surface shows nothing, and its colour
BEHIND = 0.05  # belief in a colour of the other side of the same part, against one that is seen
UNUSUAL = 0.08  # how far it may be from the usual colour there, root of the sum of squares, [0, 1] sRGB
THICK_M = 0.5  # parts are at most this thick
NOT_ALIKE = -1  # the number of parts whose two sides do not look alike
OCCLUDED_M = 0.05  # a surface this far behind another is not trusted near the other's outline
DOUBTED = 0.05  # belief there


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a mesh.

    Attributes:
        places: in cam, metres.
        shown: where the photo shows them, in cam, metres.
        facing: the cosine between the surface's normal and the line of sight, [0, 1].
        part: the number of the part that each belongs to; NOT_ALIKE for those whose sides differ.
        usual: the colour that is usual around them, and how far it is known, [0, 1].
    """

    places: Float[Tensor, "n 3"]
    shown: Float[Tensor, "n 3"]
    facing: Float[Tensor, " n"]
    part: Int[Tensor, " n"]
    usual: Float[Tensor, "n 4"]


def colours(
    points: Points, sight: Sight, part_of_face: Int[Tensor, " f"], *, smooth: bool
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, " n"]]:
    """Colour and belief of each point, from the pixel that it projects to.

    A point that is hidden by the same part of the mesh has the colour of that part's near side, with less
    belief: both sides of a sleeve look alike.

    Args:
        points: where.
        sight: what the photo shows of the mesh.
        part_of_face: the part of each face of the mesh.
        smooth: use averaged colours, for points that are farther apart than pixels.
    """
    at, within = _inside(points.places, sight)
    index = at[:, 1] * sight.camera.size_px[0] + at[:, 0]
    z = points.places[:, 2]
    slack = 0.006 + 1.5 / float(sight.camera.focal_px.mean()) * z / points.facing.clamp_min(0.15)
    depth = sight.depth_m.view(-1)[index]
    same = part_of_face[sight.face.view(-1)[index].clamp_min(0)] == points.part
    same &= (points.part != NOT_ALIKE) & (z < depth + THICK_M)
    pixels = project(sight.camera, points.shown)[0]
    at, inside = _inside(points.shown, sight)
    rgb = _bilinear(sight.smooth if smooth else sight.rgb, pixels)
    off = (rgb - points.usual[:, :3]).square().sum(-1) / UNUSUAL**2
    behind = BEHIND * torch.exp(-off * (points.usual[:, 3] > 0.5))
    near = torch.where(z > sight.nearest_m.view(-1)[index] + OCCLUDED_M + slack, DOUBTED, 1.0)
    seen = torch.where(z > depth + slack, torch.where(same, behind, 0.0), near)
    clear = ((points.facing - GRAZING) / (FACING - GRAZING)).clamp(0, 1)
    own = sight.belief.view(-1)[at[:, 1] * sight.camera.size_px[0] + at[:, 0]]
    return rgb, seen * clear * clear * (3 - 2 * clear) * own * (within & inside)


def _inside(places: Float[Tensor, "n 3"], sight: Sight) -> tuple[Int[Tensor, "n 2"], Bool[Tensor, " n"]]:
    """The pixel (x, y) that each point is in, the nearest one for those outside; and which are inside."""
    pixels, valid = project(sight.camera, places)
    size = torch.tensor(sight.camera.size_px)
    inside = valid & (pixels >= 0).all(-1) & (pixels < size).all(-1)
    return pixels.long().clamp_min(0).minimum(size - 1), inside


def _bilinear(image: Float[Tensor, "h w 3"], pixels: Float[Tensor, "n 2"]) -> Float[Tensor, "n 3"]:
    size = torch.tensor([image.shape[1], image.shape[0]])
    at = (2 * pixels / size - 1)[None, None]
    return torch.nn.functional.grid_sample(
        image.permute(2, 0, 1)[None], at, padding_mode="border", align_corners=False
    )[0, :, 0].T
