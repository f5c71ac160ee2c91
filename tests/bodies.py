"""Files in the layout of the SMPL family, made from the embedded body: nothing of theirs is in them."""

from functools import lru_cache

import numpy as np
import torch
from scipy.spatial import cKDTree

from chorus_recon.backends.body.default import DefaultBody

COUNTS = {"smpl": 24, "smplh": 52, "smplx": 55}


@lru_cache(maxsize=4)
def arrays(model: str, low: bool = True) -> dict[str, np.ndarray]:
    """The low-poly skin (or all of it) with `model`'s joints; two shape components, small corrections."""
    body = DefaultBody()
    rows = body.low_rows if low else torch.arange(len(body.template))
    rest = body.template[rows].double()
    skin = body.skin_weights[rows].double()
    count = COUNTS[model]
    first = count - 30  # fingers come last, but for SMPL's two hand joints
    index = [*range(22), 22, 23] if count == 24 else [*range(22), first + 3, first + 18]
    weights = torch.zeros(len(rows), count, dtype=torch.float64)
    weights[:, index] = skin
    parents = torch.zeros(count, dtype=torch.int64)
    parents[:22] = torch.tensor(body.parents[:22])
    joints = body.joints_rest.double()[list(range(22)) + [20, 21] + [15] * (count - 24)][:count].clone()
    if count == 24:
        parents[22:] = torch.tensor([20, 21])
        joints[22:] = body.joints_rest[22:]
    else:
        parents[22:first] = 15
        joints[22:first] = body.joints_rest[15]
        for hand, wrist in ((0, 20), (1, 21)):
            start = first + 15 * hand
            for finger in range(5):
                at = start + 3 * finger
                parents[at : at + 3] = torch.tensor([wrist, at, at + 1])
                joints[at : at + 3] = body.joints_rest[22 + hand]
    directions = body.shapedirs[:2][:, rows].permute(1, 2, 0).double()
    corrections = 1e-3 * torch.randn(
        len(rows), 3, 9 * (count - 1), generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    return {
        "v_template": rest.numpy(),
        "f": (body.low_mesh_faces if low else body.faces).numpy().astype(np.uint32),
        "weights": weights.numpy(),
        "J_regressor": regressor(rest.numpy(), joints.numpy()),
        "kintree_table": np.stack([parents.numpy().astype(np.uint32), np.arange(count, dtype=np.uint32)]),
        "shapedirs": directions.numpy(),
        "posedirs": corrections.numpy(),
    }


def regressor(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Weights that sum to 1 and put each joint where it is, over its nearest vertices."""
    out = np.zeros((len(joints), len(vertices)))
    tree = cKDTree(vertices)
    for row, joint in enumerate(joints):
        _, near = tree.query(joint, 60)
        system = np.concatenate([vertices[near].T, np.ones((1, len(near)))])
        out[row, near] = np.linalg.lstsq(system, np.append(joint, 1.0), rcond=None)[0]
    return out
