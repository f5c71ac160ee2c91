"""An observation in, the one with left and right traded out: `aggregate.mirrored` does it to tallies."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from chorus_recon.types import Camera, Observation


def observation(one: Observation, joint_names: Sequence[str]) -> Observation:
    """The picture that a mirror shows: exact where the canonical body is alike left and right."""
    names = list(joint_names)
    twin = [names.index(_other_side(name)) for name in names]
    flip = torch.diag(torch.tensor([-1.0, 1.0, 1.0, 1.0])).to(one.cam_from_canon)
    width, _ = one.camera.size_px
    center = torch.stack([width - one.camera.center_px[0], one.camera.center_px[1]])
    return replace(
        one,
        camera=Camera(one.camera.focal_px, center, one.camera.size_px),
        cam_from_canon=flip @ one.cam_from_canon[twin] @ flip,
        object=one.object.flip(1),
        body_depth=one.body_depth.flip(1),
    )


def _other_side(joint: str) -> str:
    side, _, rest = joint.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, joint)
