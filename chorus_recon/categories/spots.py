"""Where the spots of an object are that interactions name."""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.categories.schema import Frame, Spot
from chorus_recon.types import ObjectShape


def axes_of(frame: Frame) -> dict[str, Float[Tensor, " 3"]]:
    """The forward, up and side (left) axes of a category's objects, in the object frame."""
    up = torch.tensor(frame.up)
    forward = torch.tensor(frame.forward)
    return {"forward": forward, "up": up, "side": torch.linalg.cross(up, forward)}


def anchor(shape: ObjectShape, name: str) -> tuple[Int[Tensor, " n"], Float[Tensor, " 3"]]:
    """The vertices whose mean an anchor is, and its direction in the object frame.

    Raises:
        KeyError: the shape has no such anchor.
    """
    for found in shape.anchors:
        if found.name == name:
            return found.vertices, found.direction
    raise KeyError(f"shape {shape.name!r} has no anchor {name!r}")


def place_of(
    spot: Spot, shape: ObjectShape, vertices: Float[Tensor, "b v 3"], axes: Mapping[str, Tensor]
) -> Float[Tensor, "b 3"]:
    """The place of a spot on each of `b` objects, in the frame of their vertices.

    Args:
        spot: an anchor, a point between two anchors, or a point relative to the bounding box.
        shape: the shape with its anchors.
        vertices: of the shape, as large and as deformed as each object is.
        axes: of `axes_of`, in the frame of the vertices.

    Raises:
        KeyError: the shape has no such anchor.
    """
    if isinstance(spot, str):
        return vertices[:, anchor(shape, spot)[0]].mean(1)
    if isinstance(spot[0], str) and isinstance(spot[1], str):
        ends = [vertices[:, anchor(shape, name)[0]].mean(1) for name in (spot[0], spot[1])]
        return torch.lerp(ends[0], ends[1], spot[2])
    basis = torch.stack([axes["forward"], axes["up"], axes["side"]])
    local = vertices @ basis.mT
    low, high = local.amin(1), local.amax(1)
    return ((low + high) / 2 + torch.tensor(spot) * (high - low) / 2) @ basis


def direction_of(spot: Spot, shape: ObjectShape, axes: Mapping[str, Tensor]) -> Float[Tensor, " 3"] | None:
    """The direction out of the object at a spot, a unit vector in the object frame.

    Args:
        spot: as for `place_of`. Between two anchors it is the direction of the first.
        shape: the shape with its anchors.
        axes: of `axes_of`.

    Returns:
        None for a point that is on no face of the bounding box, or on an edge.

    Raises:
        KeyError: the shape has no such anchor.
    """
    if isinstance(spot, str):
        return anchor(shape, spot)[1]
    if isinstance(spot[0], str):
        return anchor(shape, spot[0])[1]
    point = torch.tensor(spot)
    on = point.abs() >= 1
    if int(on.sum()) != 1 or float(point.abs().max()) > 1:
        return None
    face = int(on.nonzero())
    return axes[("forward", "up", "side")[face]] * point[face]
