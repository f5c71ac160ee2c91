"""Tell the specks that float far from a mesh, as scans and generated meshes have them."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from chorus_recon.geometry.mesh import face_normals

TAIL = 0.02  # share of the area that may lie beyond the main part, on each side of each axis
BEYOND = 0.5  # of the main part's diagonal: how far from it specks float
SPECK = 5e-4  # of the whole area: the largest connected part that is a speck


def specks(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Bool[Tensor, " f"]:
    """The faces of connected parts of hardly any area that float far from where the area is.

    Parts that share the position of a vertex are connected. What is connected to the main part is no speck,
    however far it reaches (the line of a kite).
    """
    none = torch.zeros(len(faces), dtype=torch.bool)
    area = face_normals(vertices, faces).norm(dim=-1).double()
    if not float(area.sum()) > 0:
        return none
    low, high = _main_box(vertices[faces].mean(1), area)
    reach = BEYOND * (high - low).norm()
    outside = ((vertices < low - reach) | (vertices > high + reach)).any(-1)
    if not bool(outside.any()):
        return none
    part = _parts(vertices, faces)
    count = int(part.max()) + 1
    share = torch.zeros(count, dtype=torch.float64).index_add(0, part, area) / area.sum()
    near = torch.zeros(count, dtype=torch.float64).index_add(0, part, (~outside[faces].all(1)).double())
    return ((share < SPECK) & (near == 0))[part]


def _main_box(
    middles: Float[Tensor, "f 3"], area: Float[Tensor, " f"]
) -> tuple[Float[Tensor, " 3"], Float[Tensor, " 3"]]:
    """Area-weighted quantiles along each axis."""
    low, high = [], []
    for values in middles.unbind(1):
        ordered, order = values.sort()
        filled = area[order].cumsum(0)
        for bound, share in ((low, TAIL), (high, 1 - TAIL)):
            at = int(torch.searchsorted(filled, share * filled[-1]))
            bound.append(ordered[min(at, len(ordered) - 1)])
    return torch.stack(low), torch.stack(high)


def _parts(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Int[Tensor, " f"]:
    """The number of each face's connected part; vertices at the same position are one."""
    place = np.unique(vertices.numpy(), axis=0, return_inverse=True)[1].reshape(-1)
    corners = place[faces.numpy()]
    begin, end = corners.reshape(-1), np.roll(corners, -1, 1).reshape(-1)
    links = coo_array((np.ones(len(begin)), (begin, end)), shape=(len(place), len(place)))
    label = connected_components(links, directed=False)[1]
    return torch.from_numpy(label).long()[torch.from_numpy(corners[:, 0])]
