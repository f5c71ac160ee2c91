"""Find on any mesh the points that archetypes of use name: its grip, seat, handle, lip and the others."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.categories.families.family import usual
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.types import Anchor, ObjectShape

SAMPLES = 6000
SLAB = 0.05  # thickness of a section, as a share of the length
COLUMN = 0.2  # width of the column over which the seat is searched, as a share of the sizes
_ON_AXIS = ("grip", "near_grip", "far_grip", "middle")
_ON_TOP = ("seat", "left_seat", "right_seat", "saddle", "handle")


def with_grips(shape: ObjectShape) -> ObjectShape:
    """The shape with all points that archetypes use (`archetype.ANCHORS`); those it has are kept.

    Points along the axis are the middles of sections of the mesh. Points on top lie on the highest surface.
    The others are those of a thing that fills its bounding box.
    """
    low, high = shape.vertices.amin(0), shape.vertices.amax(0)
    width, height, length = (high - low).tolist()
    points = sample_surface(shape.vertices, shape.faces, SAMPLES).at(shape.vertices)
    have = {anchor.name for anchor in shape.anchors}
    places: list[Float[Tensor, " 3"]] = []
    anchors = list(shape.anchors)
    for name, (place, direction) in usual(length, width, height).items():
        if name in have:
            continue
        at = torch.tensor(place, dtype=torch.float32) + (low + high) / 2
        if name in _ON_AXIS:
            at = _section(points, at, max(SLAB * length, 0.003))
        elif name in _ON_TOP:
            at = _top(points, at, COLUMN * torch.tensor([width, length]))
        anchors.append(
            Anchor(name, torch.tensor([len(shape.vertices) + len(places)]), torch.tensor(direction))
        )
        places.append(at)
    if not places:
        return shape
    return replace(
        shape,
        vertices=torch.cat([shape.vertices, torch.stack(places)]),
        modes=torch.cat([shape.modes, shape.modes.new_zeros(len(shape.modes), len(places), 3)], 1),
        anchors=tuple(anchors),
    )


def _section(points: Float[Tensor, "n 3"], at: Float[Tensor, " 3"], thick: float) -> Float[Tensor, " 3"]:
    """The middle of the section of the mesh at the depth (z) of a point."""
    near = (points[:, 2] - at[2]).abs() < thick
    return torch.cat([_middle(points, near)[:2], at[2:]]) if bool(near.any()) else at


def _middle(points: Float[Tensor, "n 3"], chosen: Bool[Tensor, " n"]) -> Float[Tensor, " 3"]:
    return (points[chosen].amin(0) + points[chosen].amax(0)) / 2


def _top(
    points: Float[Tensor, "n 3"], at: Float[Tensor, " 3"], reach: Float[Tensor, " 2"]
) -> Float[Tensor, " 3"]:
    """The highest surface in a column around a point: the median of the upper tenth of its points."""
    near = ((points[:, [0, 2]] - at[[0, 2]]).abs() < reach / 2).all(-1)
    if not bool(near.any()):
        return at
    heights = points[near, 1]
    level = heights[heights >= heights.quantile(0.9)].median()
    return torch.stack([at[0], level, at[2]])
