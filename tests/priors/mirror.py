"""Mirror an observation left to right, as `aggregate.mirrored` does with tallies."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from chorus_recon.types import Camera, Observation


def observation(original: Observation, joint_names: Sequence[str]) -> Observation:
    """The mirrored picture; exact if the canonical body is symmetric."""
    names = list(joint_names)
    twin = [names.index(_other_side(name)) for name in names]
    flip = torch.diag(torch.tensor([-1.0, 1.0, 1.0, 1.0])).to(original.cam_from_canon)
    width, _ = original.camera.size_px
    center = torch.stack([width - original.camera.center_px[0], original.camera.center_px[1]])
    return replace(
        original,
        camera=Camera(original.camera.focal_px, center, original.camera.size_px),
        cam_from_canon=flip @ original.cam_from_canon[twin] @ flip,
        object=original.object.flip(1),
        body_depth=original.body_depth.flip(1),
    )


def _other_side(joint: str) -> str:
    side, _, rest = joint.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, joint)
