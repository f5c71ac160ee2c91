"""SMPL, SMPL-H and SMPL-X bodies from the user's own files, skinned by the smplx library.

The files have their makers' licence and are not part of this package. A pickle is converted to an npz once
(`chorus-recon models convert`); an npz is read as it is. Fingers, jaw and eyes are assigned to the hands
and head of the 24 joints that priors use; a pose may have either the 24 or all joints.
"""

# pyright: reportMissingImports=false

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.errors import InputError, MissingBackend
from chorus_recon.geometry import rig, transforms, warp
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.io.body_files import PUBLISHED, default_file, load_arrays
from chorus_recon.types import BodyParams, PosedBody, Rigid

# The body part whose skin each of the 24 joints moves.
PARTS = tuple(
    "hips leftUpLeg rightUpLeg spine leftLeg rightLeg spine1 leftFoot rightFoot spine2 leftToeBase "
    "rightToeBase neck leftShoulder rightShoulder head leftArm rightArm leftForeArm rightForeArm leftHand "
    "rightHand leftHandIndex1 rightHandIndex1".split()
)
_BODY_JOINTS = 22
_FINGER_JOINTS = 15  # per hand: three each of index, middle, little and ring finger and thumb
_LICENCE = "the makers' (smpl.is.tue.mpg.de, smpl-x.is.tue.mpg.de): research only, register there"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the J joints of a model correspond to the 24 joints.

    `of` [J] is the index, among the 24, of the joint that each joint of the model belongs to; `stands` [24]
    is the joint of the model that represents each of the 24.
    """

    of: tuple[int, ...]
    stands: tuple[int, ...]


def _layout(face_joints: int) -> _Layout:
    """The layout of a model with 22 body joints, then face joints (SMPL-X), then fingers of both hands."""
    first = _BODY_JOINTS + face_joints
    fingers = [22] * _FINGER_JOINTS + [23] * _FINGER_JOINTS
    middle = 3  # the middle finger's knuckle is where SMPL has its hand joint
    of = (*range(_BODY_JOINTS), *[15] * face_joints, *fingers)
    return _Layout(of, (*range(_BODY_JOINTS), first + middle, first + _FINGER_JOINTS + middle))


_LAYOUTS = {24: _Layout(tuple(range(24)), tuple(range(24))), 52: _layout(0), 55: _layout(3)}
_COUNTS = {name: published.joints for name, published in PUBLISHED.items()}


class SmplBody:
    """A body of the SMPL family.

    Args:
        model: "smpl", "smplh" or "smplx".
        argument: the model's npz file; by default that of `body_files.default_file`.

    Raises:
        MissingBackend: smplx is not installed, or there is no file.
        InputError: the file holds another model.
    """

    licence = _LICENCE
    joint_names = JOINT_NAMES

    def __init__(self, model: str, argument: str = "") -> None:
        try:
            from smplx.lbs import lbs
        except ImportError as error:
            raise MissingBackend(
                f"The body backend '{model}' needs smplx ({error}).", "pip install 'chorus-recon[smpl]'"
            ) from error
        self._lbs: Any = lbs
        self.id = model
        path = Path(argument).expanduser() if argument else default_file(model)
        raw = load_arrays(path)
        count = len(raw["J_regressor"])
        if count != _COUNTS[model]:
            kind = next((name for name, n in _COUNTS.items() if n == count), f"a model of {count} joints")
            raise InputError(
                f"{path}: contains {kind}; body={model} was asked for, which has {_COUNTS[model]} joints.",
                f"Pass --backend body={kind}:{path}" if kind in _COUNTS else "Pass another file.",
            )
        self._layout = _LAYOUTS[count]
        real = lambda name: torch.from_numpy(np.asarray(raw[name], np.float32))  # noqa: E731
        self.template: Float[Tensor, "v 3"] = real("v_template")
        self._regressor, self._shapedirs = real("J_regressor"), real("shapedirs")
        self.shapedirs: Float[Tensor, "s v 3"] = self._shapedirs.permute(2, 0, 1)
        stands = self._regressor[list(self._layout.stands)]
        self.joints_rest: Float[Tensor, "j 3"] = stands @ self.template
        self.joint_shapedirs: Float[Tensor, "s j 3"] = stands @ self.shapedirs
        self._posedirs = real("posedirs").reshape(-1, 9 * (count - 1)).mT.contiguous()
        weights = real("weights")
        self._weights = weights / weights.sum(1, keepdim=True)
        tree = raw["kintree_table"][0].astype(np.int64)
        tree[0] = -1  # the root's parent is stored as the largest unsigned number
        self._tree = torch.from_numpy(tree)
        self.faces: Int[Tensor, "f 3"] = torch.from_numpy(raw["f"].astype(np.int64))
        merged = torch.zeros(len(weights), len(JOINT_NAMES))
        merged.index_add_(1, torch.tensor(self._layout.of), self._weights)
        self.skin_weights: Float[Tensor, "v j"] = merged
        whole = tuple(int(p) for p in tree)
        self.parents: tuple[int, ...] = (
            *(whole[k] for k in range(_BODY_JOINTS)),
            JOINT_NAMES.index("left_wrist"),
            JOINT_NAMES.index("right_wrist"),
        )
        strongest = merged.argmax(1)
        self.parts: dict[str, Int[Tensor, " n"]] = {
            name: torch.where(strongest == k)[0] for k, name in enumerate(PARTS)
        }

    @property
    def num_shape(self) -> int:
        """S, the number of shape components in the file."""
        return int(self._shapedirs.shape[-1])

    def pelvis(self, shape: Float[Tensor, " s"]) -> Float[Tensor, " 3"]:
        """Pelvis joint of a shape in the file's own frame (in the body frame it is the origin)."""
        known = min(self.num_shape, len(shape))
        return self._regressor[0] @ (self.template + self._shapedirs[..., :known] @ shape[:known])

    def canonical(self) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "j 3"]]:
        """Vertices and the 24 joints of the mean shape in the star pose, pelvis joint at the origin."""
        vertices, joints, _ = self._skin(warp.star_pose(JOINT_NAMES), torch.zeros(self.num_shape))
        return vertices, joints

    def pose(self, params: BodyParams) -> PosedBody:
        """The mesh in cam, with one rigid transform per joint (24) from canonical space to it.

        Raises:
            InputError: the parameters are of another body.
        """
        if params.model != self.id:
            raise InputError(
                f"Parameters of the body '{params.model}' were given to '{self.id}'.",
                "Use the body that the human backend poses.",
            )
        shape = torch.zeros(self.num_shape)
        known = min(len(shape), len(params.shape))
        shape[:known] = params.shape[:known]
        vertices, joints, turns = self._skin(params.pose, shape)
        _, canon_joints, star = self._skin(warp.star_pose(JOINT_NAMES), torch.zeros(self.num_shape))
        body_from_canon = warp.rigid_between(star, canon_joints, turns, joints)
        place: Rigid = params.cam_from_body
        return PosedBody(
            transforms.apply(place, vertices),
            self.faces,
            transforms.apply(place, joints),
            transforms.matrix(place) @ body_from_canon,
        )

    def _skin(
        self, pose: Float[Tensor, "p 3 3"], shape: Float[Tensor, " s"]
    ) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "24 3"], Float[Tensor, "24 3 3"]]:
        """Vertices, the 24 joints and their rotations in the body frame."""
        local = spread(pose, len(self._tree))
        vertices, joints = self._lbs(
            shape[None],
            local[None],
            self.template,
            self._shapedirs,
            self._posedirs,
            self._regressor,
            self._tree,
            self._weights,
            pose2rot=False,
        )
        turns = rig.world_turns(local, tuple(self._tree.tolist()))
        stands = torch.tensor(self._layout.stands)
        root = joints[0, 0]
        return vertices[0] - root, joints[0, stands] - root, turns[stands]


def spread(pose: Float[Tensor, "p 3 3"], count: int) -> Float[Tensor, "q 3 3"]:
    """Local rotations of all `count` joints of a model, from those of the 24 or of all.

    A hand's rotation goes to all its knuckles.

    Raises:
        InputError: the pose has another number of joints.
    """
    if len(pose) == count:
        return pose
    if len(pose) != len(JOINT_NAMES):
        raise InputError(
            f"A pose of {len(pose)} joints was given to a body of {count}.", f"Pass 24 or {count} rotations."
        )
    out = torch.eye(3).repeat(count, 1, 1)
    out[:_BODY_JOINTS] = pose[:_BODY_JOINTS]
    for hand in (22, 23):
        first = _LAYOUTS[count].of.index(hand)
        out[first : first + _FINGER_JOINTS : 3] = pose[hand]
    return out


class Smpl(SmplBody):
    """`--backend body=smpl[:FILE]`."""

    def __init__(self, argument: str = "") -> None:
        super().__init__("smpl", argument)


class SmplH(SmplBody):
    """`--backend body=smplh[:FILE]`."""

    def __init__(self, argument: str = "") -> None:
        super().__init__("smplh", argument)


class SmplX(SmplBody):
    """`--backend body=smplx[:FILE]`."""

    def __init__(self, argument: str = "") -> None:
        super().__init__("smplx", argument)
