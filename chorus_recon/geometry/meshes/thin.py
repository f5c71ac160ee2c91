"""Simplify a mesh by merging the vertices of small cells."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

_COARSER = 1.3


def thin(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], limit: int
) -> tuple[Float[Tensor, "w 3"], Int[Tensor, "g 3"], Int[Tensor, " g"], Int[Tensor, " v"]]:
    """At most `limit` faces.

    Returns:
        New vertices, new faces, the old face of each new one, the new vertex of each old one.
    """
    if len(faces) <= limit:
        return vertices, faces, torch.arange(len(faces)), torch.arange(len(vertices))
    extent = vertices.amax(0) - vertices.amin(0)
    cell = float(extent.max()) / 400
    while True:
        steps = ((vertices - vertices.amin(0)) / cell).floor().long()
        key = (steps[:, 0] * 2048 + steps[:, 1]) * 2048 + steps[:, 2]
        _, merged, count = torch.unique(key, return_inverse=True, return_counts=True)
        moved = merged[faces]
        solid = (moved[:, 0] != moved[:, 1]) & (moved[:, 1] != moved[:, 2]) & (moved[:, 2] != moved[:, 0])
        if int(solid.sum()) <= limit:
            break
        cell *= _COARSER
    mean = torch.zeros(len(count), 3, dtype=vertices.dtype).index_add_(0, merged, vertices)
    return mean / count[:, None], moved[solid], solid.nonzero()[:, 0], merged
