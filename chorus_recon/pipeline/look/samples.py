"""Colours of points of a mesh, as the photo shows them, and how far to believe them."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.look.sight import Sight

GRAZING, FACING = 0.08, 0.45  # cosines of the view at which a surface shows nothing, and its colour
BEHIND = 0.05  # belief in a colour of the other side of the same part, against one that is seen
THICK_M = 0.5  # parts are at most this thick
NOT_ALIKE = -1  # the number of parts whose two sides do not look alike
OCCLUDED_M = 0.05  # a surface this far behind another is not trusted near the other's outline
DOUBTED = 0.05  # belief there


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a mesh.

    Attributes:
        places: in cam, metres.
        facing: the cosine between the surface's normal and the line of sight, [0, 1].
        part: the number of the part that each belongs to; NOT_ALIKE for those whose sides differ.
    """

    places: Float[Tensor, "n 3"]
    facing: Float[Tensor, " n"]
    part: Int[Tensor, " n"]


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
    pixels, valid = project(sight.camera, points.places)
    size = torch.tensor(sight.camera.size_px)
    within = valid & (pixels >= 0).all(-1) & (pixels < size).all(-1)
    x, y = pixels.long().clamp_min(0).minimum(size - 1).unbind(-1)
    at = y * sight.camera.size_px[0] + x
    z = points.places[:, 2]
    slack = 0.006 + 1.5 / float(sight.camera.focal_px.mean()) * z / points.facing.clamp_min(0.15)
    depth = sight.depth_m.view(-1)[at]
    same = part_of_face[sight.face.view(-1)[at].clamp_min(0)] == points.part
    same &= (points.part != NOT_ALIKE) & (z < depth + THICK_M)
    near = torch.where(z > sight.nearest_m.view(-1)[at] + OCCLUDED_M + slack, DOUBTED, 1.0)
    seen = torch.where(z > depth + slack, torch.where(same, BEHIND, 0.0), near)
    clear = ((points.facing - GRAZING) / (FACING - GRAZING)).clamp(0, 1)
    belief = seen * clear * clear * (3 - 2 * clear) * sight.belief.view(-1)[at] * within
    return _bilinear(sight.smooth if smooth else sight.rgb, pixels), belief


def _bilinear(image: Float[Tensor, "h w 3"], pixels: Float[Tensor, "n 2"]) -> Float[Tensor, "n 3"]:
    size = torch.tensor([image.shape[1], image.shape[0]])
    at = (2 * pixels / size - 1)[None, None]
    return torch.nn.functional.grid_sample(
        image.permute(2, 0, 1)[None], at, padding_mode="border", align_corners=False
    )[0, :, 0].T
