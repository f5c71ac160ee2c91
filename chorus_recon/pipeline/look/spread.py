"""Spread colours over a mesh: from vertices that are seen to those that are not."""

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import splu
from torch import Tensor

STIFF = 0.02  # of a link between neighbours, against a vertex that is seen
MANY = 60_000  # vertices above which nothing is spread: the solution would take minutes
PULL = 1e-4  # towards the expected colour, of vertices that nothing else decides


def spread(
    rgb: Float[Tensor, "v 3"],
    belief: Float[Tensor, " v"],
    edges: Int[Tensor, "e 2"],
    expected: Float[Tensor, "v 3"],
    pull: Float[Tensor, " v"],
) -> Float[Tensor, "v 3"]:
    """The smoothest colours that keep to those that are seen; the expected ones beside them on a fine mesh.

    Args:
        rgb: of vertices.
        belief: in them, [0, 1].
        edges: neighbours.
        expected: the colour of vertices that nothing else decides.
        pull: how strongly they have it (see PULL).
    """
    count = len(rgb)
    if count > MANY:
        return (rgb * belief[:, None] + expected * STIFF) / (belief + STIFF)[:, None]
    i, j = edges.numpy().T
    ones = np.full(len(i), STIFF)
    links = coo_array((np.r_[ones, ones], (np.r_[i, j], np.r_[j, i])), shape=(count, count)).tocsc()
    hold, pulled = belief.double().numpy(), pull.double().numpy()
    system = diags_array(hold + pulled + links.sum(1)) - links
    right = rgb.double().numpy() * hold[:, None] + expected.double().numpy() * pulled[:, None]
    solved = splu(system.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(right)
    return torch.from_numpy(solved).float().clamp(0, 1)
