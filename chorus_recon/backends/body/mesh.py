"""A body model built from the mesh and joints of a body that another library poses.

Only the body's rest state is needed. Its canonical pose is found by aligning its bones with those of the
embedded body; each vertex takes the skin weights of the nearest vertex of the embedded body.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.errors import InputError
from chorus_recon.geometry import rig, warp
from chorus_recon.types import BodyParams, PosedBody, Rigid

_LIMBS = {"hip": "knee", "knee": "ankle", "shoulder": "elbow", "elbow": "wrist", "wrist": "hand"}


@dataclass(frozen=True, slots=True)
class RestState:
    """A mesh in the rest pose of its rig: y up, z forward, x to the person's left, metres.

    `joints` and `turns` are those of the 24 joints, in order; `turns` are the rotations from each joint's
    own axes, which may be any, to the rest frame.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    joints: Float[Tensor, "24 3"]
    turns: Float[Tensor, "24 3 3"]


class MeshBody:
    """A BodyModel whose `pose` returns the mesh that is stored in the parameters.

    Args:
        id: the body's name.
        licence: of the body.
        rest: its rest state.
    """

    def __init__(self, id: str, licence: str, rest: RestState) -> None:
        like = DefaultBody()
        self.id, self.licence, self.faces = id, licence, rest.faces
        self.joint_names: tuple[str, ...] = like.joint_names
        self.parents: tuple[int, ...] = like.parents
        joints = rest.joints - rest.joints[0]
        like_vertices, like_joints = like.canonical()
        # canonical pose: the trunk as at rest, limbs parallel to the embedded body's, feet with the shins
        self._turns = rig.turns_onto(joints, like_joints, _bone_ends(self.joint_names), self.parents)
        self._joints = rig.chain(joints, self._turns, self.parents)
        back = rig.rigid_of(self._turns.mT, like_joints, joints)
        in_rest = warp.forward(like_vertices, like.skin_weights, back)
        vertices = rest.vertices - rest.joints[0]
        self.skin_weights: Float[Tensor, "v j"] = rig.skin_like(vertices, in_rest, like.skin_weights)
        carry = rig.rigid_of(self._turns, joints, self._joints)
        self._vertices = warp.forward(vertices, self.skin_weights, carry)
        self._rest_turns = rest.turns
        strongest = self.skin_weights.argmax(1)
        self.parts: dict[str, Int[Tensor, " n"]] = {
            name: torch.where(strongest == k)[0]
            for k, name in enumerate(self.joint_names)
            if bool((strongest == k).any())
        }

    def canonical(self) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "j 3"]]:
        """Vertices and the 24 joints of the rest shape in the star pose, pelvis joint at the origin."""
        return self._vertices, self._joints

    def params_of(
        self,
        vertices_cam: Float[Tensor, "v 3"],
        joints_cam: Float[Tensor, "24 3"],
        turns_cam: Float[Tensor, "24 3 3"],
        shape: Float[Tensor, " s"],
    ) -> BodyParams:
        """Parameters of a person as the other library posed them.

        Args:
            vertices_cam: the mesh in cam, metres.
            joints_cam: the 24 joints in cam, metres.
            turns_cam: rotations from the joints' own axes to cam, as `RestState.turns` at rest.
            shape: the library's shape coefficients, kept as they are.
        """
        moved = turns_cam @ self._rest_turns.mT @ self._turns.mT  # cam from canon
        posed = PosedBody(vertices_cam, self.faces, joints_cam, rig.rigid_of(moved, self._joints, joints_cam))
        star = rig.world_turns(warp.star_pose(self.joint_names), self.parents)
        pose = rig.local_turns(moved @ star, self.parents)
        root = pose[0].clone()
        pose[0] = torch.eye(3)
        return BodyParams(self.id, shape, pose, Rigid(root, joints_cam[0]), posed)

    def pose(self, params: BodyParams) -> PosedBody:
        """The mesh stored in the parameters.

        Raises:
            InputError: the parameters are of another body, or have no mesh.
        """
        if params.model != self.id or params.mesh is None:
            raise InputError(
                f"The body '{self.id}' is posed by another library: it needs parameters with a mesh, "
                f"not those of '{params.model}'.",
                "Use a body that is posed from parameters (the default, smpl, smplh, smplx).",
            )
        return params.mesh


def _bone_ends(names: tuple[str, ...]) -> tuple[int | None, ...]:
    ends: list[int | None] = []
    for name in names:
        side, _, part = name.partition("_")
        ends.append(names.index(f"{side}_{_LIMBS[part]}") if part in _LIMBS else None)
    return tuple(ends)
