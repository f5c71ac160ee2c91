"""The body's parameters as arrays, for body.npz, under the names that their model's users know."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body.smpl import spread
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.io.body_files import PUBLISHED
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.types import BodyParams, Reconstruction

# The joints of the published models, in their order: name of the array, number of joints.
_LAYOUTS = {
    "smpl": (("global_orient", 1), ("body_pose", 23)),
    "smplh": (("global_orient", 1), ("body_pose", 21), ("left_hand_pose", 15), ("right_hand_pose", 15)),
    "smplx": (
        ("global_orient", 1),
        ("body_pose", 21),
        ("jaw_pose", 1),
        ("leye_pose", 1),
        ("reye_pose", 1),
        ("left_hand_pose", 15),
        ("right_hand_pose", 15),
    ),
}


def body_arrays(reconstruction: Reconstruction, person: Reconstruction) -> dict[str, np.ndarray]:
    """What body.npz holds (docs/conventions.md, "Body parameters"); the person is in cam.

    Args:
        reconstruction: the result, whose world frame is meant.
        person: the part of it whose body is meant.
    """
    params = person.human.body
    arrays = _published(person) if params.model in PUBLISHED else _own(params)
    return {
        "model": np.array(params.model),
        **{name: values.float().numpy() for name, values in arrays.items()},
        "joint_names": np.array(JOINT_NAMES),
        "joints_m": person.body.joints.numpy(),
        "world_from_cam": gravity.world_of(reconstruction).world_from_cam.numpy(),
    }


def _own(params: BodyParams) -> dict[str, Tensor]:
    return {
        "shape": params.shape,
        "pose": params.pose,
        "rotation": params.cam_from_body.rotation,
        "translation_m": params.cam_from_body.translation_m,
        "hands_closed": torch.tensor(params.closed),
    }


def _published(person: Reconstruction) -> dict[str, Float[Tensor, "1 n"]]:
    """Axis-angle vectors, a batch of one person, as the smplx library takes them."""
    params = person.human.body
    layout = _LAYOUTS[params.model]
    turns = spread(params.pose, sum(count for _, count in layout)).clone()
    turns[0] = params.cam_from_body.rotation
    vectors = convert.to_vector(turns)
    parts = vectors.split([count for _, count in layout])
    pelvis = torch.zeros(3) if person.rig is None else person.rig.pelvis_m
    return {
        "betas": params.shape[None],
        **{name: part.reshape(1, -1) for (name, _), part in zip(layout, parts, strict=True)},
        "transl": (params.cam_from_body.translation_m - pelvis)[None],
    }
