"""The published release's own numbers, where they are at hand: set CHORUS_PARITY to the file's path."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from chorus_recon.geometry.rotations import convert

FIXTURE = Path(
    os.environ.get("CHORUS_PARITY", Path(__file__).parents[2] / "shared" / "parity" / "parity.npz")
)
needed = pytest.mark.skipif(
    not FIXTURE.is_file(), reason=f"no parity fixture at {FIXTURE} (set CHORUS_PARITY)"
)


def arrays(*starts: str) -> dict[str, np.ndarray]:
    """The fixture's arrays whose names begin so."""
    with np.load(FIXTURE) as stored:
        return {key: stored[key] for key in stored.files if key.startswith(starts)}


def skeleton(release, pose_aa: np.ndarray) -> torch.Tensor:
    """Rest-removed joint transforms [J 4 4] of an axis-angle pose (float64)."""
    rest = torch.tensor(release["body_J_rest"]).double()
    rotations = convert.from_vector(torch.tensor(pose_aa).double().reshape(-1, 3))
    chain: list[torch.Tensor] = []
    for joint, parent in enumerate(release["body_parents"].tolist()):
        local = torch.eye(4).double()
        local[:3, :3] = rotations[joint]
        local[:3, 3] = rest[joint] - (rest[parent] if joint else 0.0)
        chain.append(chain[parent] @ local if joint else local)
    world = torch.stack(chain)
    world[:, :3, 3] -= (world[:, :3, :3] @ rest[:, :, None])[..., 0]
    return world


def posed_from_canon(release, pose_aa: np.ndarray) -> torch.Tensor:
    star = skeleton(release, release["star_pose_aa"])
    return (skeleton(release, pose_aa) @ torch.linalg.inv(star)).float()
