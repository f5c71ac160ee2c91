"""Fit the parameters of one body model to people estimated with another.

Each point of the target's skin has a place on the source's skin, found once where both bodies stand in the
canonical pose with their joints on each other. A person of the source body then says where every such point
is in the photo, and pose, shape and position of the target are fitted to them by Levenberg-Marquardt. Pose
corrections are left out of the fit, and fingers go with the hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.body.canonical import canon_between
from chorus_recon.backends.human import terms
from chorus_recon.backends.human.solver import minimise
from chorus_recon.backends.protocols import BodyModel, HumanEstimator, SkinnedBody, UsesHeight
from chorus_recon.geometry import rig, warp
from chorus_recon.geometry.kinematics import (
    Skeleton,
    SkinnedPoints,
    exponential,
    place_points,
    points_jacobian,
    pose_joints,
    skeleton,
    skinned_points,
)
from chorus_recon.geometry.mesh import farthest
from chorus_recon.geometry.meshes.proximity import nearest_m
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams, Camera, Detection, HumanEstimate, Mask, Photo, Rejected, Rigid

MOST_SHAPE = 10  # components fitted: the rest of a file's are details of the face and skin
STEPS = 20
_PLACES = 700
_POINT_SD_M = 0.01  # the same place on two skins
_KERNEL = 3.0  # in deviations: hands and faces differ more than that
_TURN_SD = 0.5  # of a joint from the source's own rotation, radians: little against hundreds of points
_HAND_SD = 0.05  # hands are modelled too differently to be matched by points
_SHAPE_SD = 2.0
_MAX_STEP = (0.5, 0.3, 1.0)  # of one step: radians, metres, shape


class Retargeted:
    """Satisfies the HumanEstimator protocol: `human`'s people, told as parameters of `body`."""

    def __init__(self, human: HumanEstimator, body: SkinnedBody) -> None:
        self._human, self.body = human, body
        self.name = f"{human.name}, as {body.id}"
        self.licences = human.licences | {body.id: body.licence}
        self.uses_height = isinstance(human, UsesHeight) and human.uses_height

    @cached_property
    def _match(self) -> "Match":
        return Match(self._human.body, self.body)

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One result a box, in order, all in the given camera."""
        found = self._human.estimate(photo, people, masks, camera)
        return [
            person if isinstance(person, Rejected) else replace(person, body=self._match.convert(person.body))
            for person in found
        ]


@dataclass(frozen=True, slots=True)
class _Points:
    """Places on the target's skin, and the same on the source's: a vertex and an offset in canon."""

    skinned: SkinnedPoints
    vertex: Int[Tensor, " n"]
    offset: Float[Tensor, "n 3"]
    weights: Float[Tensor, "n j"]


class Match:
    """Which place of one body's skin is which of another's."""

    def __init__(self, source: BodyModel, target: SkinnedBody) -> None:
        self.source, self.target = source, target
        self._count = min(MOST_SHAPE, len(target.shapedirs))
        modes = target.joint_shapedirs[: self._count]
        self._tree = skeleton(target.joints_rest, modes, target.parents).double()
        self._points = self._matched()

    def _matched(self) -> _Points:
        source, target = self.source, self.target
        vertices, there = target.canonical()[0], source.canonical()[0]
        rows = farthest(target.template, _PLACES)
        weights = target.skin_weights[rows]
        on_source = warp.forward(vertices[rows], weights, canon_between(target, source))
        _, nearest = nearest_m(on_source, there)
        skinned = skinned_points(
            torch.eye(len(rows)), target.template[rows], target.shapedirs[: self._count, rows], weights
        )
        return _Points(skinned.double(), nearest, on_source - there[nearest], source.skin_weights[nearest])

    def convert(self, params: BodyParams) -> BodyParams:
        """A person of the source body as parameters of the target."""
        posed = self.source.pose(params)
        points = self._points
        turns = posed.cam_from_canon[:, :3, :3]
        blend = torch.einsum("nj,jcd->ncd", points.weights, turns)
        goal = posed.vertices[points.vertex] + (blend @ points.offset[..., None])[..., 0]
        star = rig.world_turns(warp.star_pose(self.target.joint_names), self.target.parents)
        local = rig.local_turns(turns @ star, self.target.parents)
        root = local[0].clone()
        local[0] = torch.eye(3)
        first = torch.cat(
            [convert.to_vector(local).flatten(), posed.joints[0], torch.zeros(self._count)]
        ).double()
        fit = _Fit(self._tree, points.skinned, root.double(), goal.double(), first, self._stiffness())
        found, _ = minimise(fit, first[None], STEPS, self._most(first))
        rotvec, place, shape = fit.split(found)
        pose = exponential(rotvec)[0][0].float()
        turned = root @ pose[0]
        pose[0] = torch.eye(3)
        return BodyParams(self.target.id, shape[0].float(), pose, Rigid(turned, place[0].float()))

    def _stiffness(self) -> Float[Tensor, " p"]:
        names = self.target.joint_names
        turns = torch.tensor([1 / (_HAND_SD if n.endswith("_hand") else _TURN_SD) for n in names])
        return torch.cat(
            [turns.repeat_interleave(3), torch.zeros(3), torch.full((self._count,), 1 / _SHAPE_SD)]
        )

    def _most(self, first: Float[Tensor, " p"]) -> Float[Tensor, " p"]:
        turn, move, shape = _MAX_STEP
        out = torch.full_like(first, turn)
        out[-3 - self._count : -self._count], out[-self._count :] = move, shape
        return out


@dataclass(frozen=True, slots=True)
class _Fit:
    """The cost of parameters: rotation vectors, position of the root joint, shape."""

    tree: Skeleton
    points: SkinnedPoints
    root: Float[Tensor, "3 3"]
    goal: Float[Tensor, "n 3"]
    first: Float[Tensor, " p"]
    stiffness: Float[Tensor, " p"]

    def split(
        self, parameters: Float[Tensor, "b p"]
    ) -> tuple[Float[Tensor, "b j 3"], Float[Tensor, "b 3"], Float[Tensor, "b s"]]:
        """Rotation vectors, root position, shape."""
        joints = len(self.tree.parents)
        rotvec = parameters[:, : 3 * joints].unflatten(1, (joints, 3))
        return rotvec, parameters[:, 3 * joints : 3 * joints + 3], parameters[:, 3 * joints + 3 :]

    def __call__(
        self, parameters: Float[Tensor, "b p"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, "b p p"], Float[Tensor, "b p"]]:
        rotvec, place, shape = self.split(parameters)
        posed = pose_joints(self.tree, self.root[None], rotvec, place, shape)
        found, shares = place_points(posed, self.points, shape)
        eye = torch.eye(3, dtype=found.dtype).expand(*found.shape[:2], 3, 3)
        moved = points_jacobian(self.tree, posed, self.points, shares, eye)
        apart = terms.Residuals(
            (found - self.goal) / _POINT_SD_M, moved / _POINT_SD_M, torch.ones_like(found[..., 0])
        )
        total = terms.reduce(apart, _KERNEL) + terms.held(
            parameters, self.first[None], self.stiffness[None].to(parameters)
        )
        return total.cost, total.curvature, total.gradient
