"""Fakes that satisfy the Protocols and know the right answer: body, people, outlines."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.warp import star_pose
from chorus_recon.types import (
    BodyParams,
    Camera,
    DepthMap,
    Detection,
    HumanEstimate,
    Mask,
    Photo,
    PosedBody,
    Reason,
    Rejected,
)
from tests.capsules import JOINT_NAMES, PARENTS, capsule_person

SIZE_PER_SHAPE = 0.04  # ln(size) a unit of the one shape coefficient

_PARTS = {
    "head": ("head",),
    "torso": ("pelvis", "spine1", "spine2", "spine3"),
    "left_hand": ("left_wrist", "left_hand"),
    "right_hand": ("right_wrist", "right_hand"),
    "left_foot": ("left_ankle", "left_foot"),
    "right_foot": ("right_ankle", "right_foot"),
}


class FakeBody:
    """The capsule man as a BodyModel: each capsule follows one joint; one shape coefficient, his size."""

    id = "capsule-man-v1"
    licence = "Apache-2.0"
    joint_names = JOINT_NAMES
    parents = PARENTS

    def __init__(self) -> None:
        person = capsule_person()
        self.template = person.vertices
        self.joints = person.joints
        self.faces = person.faces
        self.skin_weights = person.skin_weights
        owner = person.skin_weights.argmax(1)
        self.parts = {
            part: torch.cat([(owner == JOINT_NAMES.index(j)).nonzero()[:, 0] for j in joints])
            for part, joints in _PARTS.items()
        }

    def pose(self, params: BodyParams) -> PosedBody:
        size = float(torch.exp(SIZE_PER_SHAPE * params.shape[0]))
        root, origin = params.cam_from_body.rotation, params.cam_from_body.translation_m
        rotations, joints = self._walk(params.pose, size)
        local = self.template * size - (self.skin_weights @ (self.joints * size))
        turned = torch.einsum("vj,jab,vb->va", self.skin_weights, rotations, local)
        vertices = turned + self.skin_weights @ joints
        star_rotations, star_joints = self._walk(star_pose(JOINT_NAMES), 1.0)
        cam_from_canon = torch.eye(4).repeat(len(JOINT_NAMES), 1, 1)
        cam_from_canon[:, :3, :3] = root @ rotations @ star_rotations.mT
        cam_joints = joints @ root.mT + origin
        cam_from_canon[:, :3, 3] = cam_joints - (cam_from_canon[:, :3, :3] @ star_joints[..., None])[..., 0]
        return PosedBody(vertices @ root.mT + origin, self.faces, cam_joints, cam_from_canon)

    def canonical(self) -> tuple[torch.Tensor, torch.Tensor]:
        rotations, joints = self._walk(star_pose(JOINT_NAMES), 1.0)
        local = self.template - self.skin_weights @ self.joints
        turned = torch.einsum("vj,jab,vb->va", self.skin_weights, rotations, local)
        return turned + self.skin_weights @ joints, joints

    def _walk(self, pose: torch.Tensor, size: float) -> tuple[torch.Tensor, torch.Tensor]:
        """World rotations and positions of the joints in the body frame."""
        rotations, joints = [pose[0]], [self.joints[0] * size]
        for j, parent in enumerate(PARENTS[1:], start=1):
            joints.append(joints[parent] + rotations[parent] @ (self.joints[j] - self.joints[parent]) * size)
            rotations.append(rotations[parent] @ pose[j])
        return torch.stack(rotations), torch.stack(joints)


def overlap(a: torch.Tensor, b: torch.Tensor) -> float:
    """Intersection over union of two boxes."""
    both = (torch.minimum(a[2:], b[2:]) - torch.maximum(a[:2], b[:2])).clamp_min(0).prod()
    return float(both / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - both).clamp_min(1e-9))


@dataclass(frozen=True)
class FakeSegmenter:
    """Returns the true boxes and masks; `noise` in [0, 1] frays the masks' edges."""

    truth: Sequence[Detection]
    noise: float = 0.0
    name: str = "fake"
    licences: dict[str, str] = field(default_factory=dict)

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        return [replace(d, mask=None) for d in self.truth if query is None or d.label == query]

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        out = []
        for number, wanted in enumerate(detections):
            known = [d for d in self.truth if d.mask is not None]
            best = max(known, key=lambda d: overlap(d.box_px, wanted.box_px), default=None)
            if best is None or best.mask is None or overlap(best.box_px, wanted.box_px) == 0:
                width, height = photo.size_px
                out.append(Mask(torch.zeros(height, width), wanted.label, 0.0))
                continue
            out.append(Mask(self._frayed(best.mask.alpha, number), wanted.label, best.score))
        return out

    def _frayed(self, alpha: torch.Tensor, seed: int) -> torch.Tensor:
        if self.noise == 0:
            return alpha
        generator = torch.Generator().manual_seed(seed)
        soft = torch.nn.functional.avg_pool2d(alpha[None, None], 5, 1, 2, count_include_pad=False)[0, 0]
        jitter = (torch.rand(alpha.shape, generator=generator) - 0.5) * self.noise
        return (soft + jitter > 0.5).float()


@dataclass(frozen=True)
class FakeHumanEstimator:
    """Returns the true person of each box; `noise_rad` turns the joints, `noise_m` moves the body."""

    truth: Sequence[HumanEstimate]
    noise_rad: float = 0.0
    noise_m: float = 0.0
    name: str = "fake"
    licences: dict[str, str] = field(default_factory=dict)
    body: FakeBody = field(default_factory=FakeBody)

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        out: list[HumanEstimate | Rejected] = []
        for number, person in enumerate(people):
            best = max(self.truth, key=lambda h: overlap(h.box_px, person.box_px), default=None)
            if best is None or overlap(best.box_px, person.box_px) < 0.1:
                out.append(Rejected(f"person {number}", Reason.NO_POSE, "nobody known in this box"))
            else:
                out.append(replace(best, camera=camera, body=self._shaken(best.body, number)))
        return out

    def _shaken(self, body: BodyParams, seed: int) -> BodyParams:
        generator = torch.Generator().manual_seed(seed)
        turn = self.noise_rad * torch.randn(len(body.pose), 3, generator=generator)
        turn[0] = 0.0
        moved = body.cam_from_body.translation_m + self.noise_m * torch.randn(3, generator=generator)
        return replace(
            body,
            pose=body.pose @ convert.from_vector(turn),
            cam_from_body=replace(body.cam_from_body, translation_m=moved),
        )


@dataclass(frozen=True)
class FakeDepth:
    """The true depth of a world, times `scale`; the object's also times `object_shift`, with smooth noise."""

    truth: Any
    scale: float = 1.0
    object_shift: float = 1.0
    noise: float = 0.0
    focal_px: float | None = None
    name: str = "fake"
    licences: dict[str, str] = field(default_factory=lambda: {"fake depth": "Apache-2.0"})

    def estimate(self, photo: Photo) -> DepthMap:
        world = self.truth
        render = EmbreeRenderer().render
        body = render(world.body.vertices, world.body.faces, world.camera).depth
        thing = render(world.object_vertices, world.shape.faces, world.camera).depth
        depth = torch.minimum(body, thing * self.object_shift)
        mine = world.object_mask.alpha > 0.5
        depth[mine] = thing[mine] * self.object_shift
        coarse = torch.randn(1, 1, 12, 16, generator=torch.Generator().manual_seed(0))
        bumps = torch.nn.functional.interpolate(coarse, depth.shape, mode="bicubic")[0, 0]
        metres = depth * self.scale * torch.exp(self.noise * bumps)
        return DepthMap(metres, torch.isfinite(metres), self.focal_px)
