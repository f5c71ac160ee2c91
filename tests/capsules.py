"""Meshes with known answers: box, sphere, capsule, and a man made of capsules with the 24 joints.

The man stands in a T-pose in the body frame (y up, z forward, x to his left, pelvis at the origin).
"""

import math
from dataclasses import dataclass

import torch

# joint: (parent, position in the T-pose, metres)
SKELETON: dict[str, tuple[str | None, tuple[float, float, float]]] = {
    "pelvis": (None, (0.0, 0.0, 0.0)),
    "left_hip": ("pelvis", (0.09, -0.07, 0.0)),
    "right_hip": ("pelvis", (-0.09, -0.07, 0.0)),
    "spine1": ("pelvis", (0.0, 0.11, -0.01)),
    "left_knee": ("left_hip", (0.10, -0.48, 0.0)),
    "right_knee": ("right_hip", (-0.10, -0.48, 0.0)),
    "spine2": ("spine1", (0.0, 0.24, 0.0)),
    "left_ankle": ("left_knee", (0.10, -0.88, -0.02)),
    "right_ankle": ("right_knee", (-0.10, -0.88, -0.02)),
    "spine3": ("spine2", (0.0, 0.30, 0.0)),
    "left_foot": ("left_ankle", (0.10, -0.93, 0.11)),
    "right_foot": ("right_ankle", (-0.10, -0.93, 0.11)),
    "neck": ("spine3", (0.0, 0.50, -0.01)),
    "left_collar": ("spine3", (0.07, 0.42, 0.0)),
    "right_collar": ("spine3", (-0.07, 0.42, 0.0)),
    "head": ("neck", (0.0, 0.58, 0.03)),
    "left_shoulder": ("left_collar", (0.17, 0.43, 0.0)),
    "right_shoulder": ("right_collar", (-0.17, 0.43, 0.0)),
    "left_elbow": ("left_shoulder", (0.43, 0.43, 0.0)),
    "right_elbow": ("right_shoulder", (-0.43, 0.43, 0.0)),
    "left_wrist": ("left_elbow", (0.68, 0.43, 0.0)),
    "right_wrist": ("right_elbow", (-0.68, 0.43, 0.0)),
    "left_hand": ("left_wrist", (0.77, 0.43, 0.0)),
    "right_hand": ("right_wrist", (-0.77, 0.43, 0.0)),
}
JOINT_NAMES = tuple(SKELETON)
PARENTS = tuple(-1 if p is None else JOINT_NAMES.index(p) for p, _ in SKELETON.values())
HEIGHT_M = 1.765

# joint that carries the capsule: (start, end, radius); left side only where there are two
_BONES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "pelvis": ((-0.07, -0.03, 0.0), (0.07, -0.03, 0.0), 0.12),
    "spine1": ((-0.02, 0.09, 0.0), (0.02, 0.09, 0.0), 0.125),
    "spine2": ((-0.03, 0.22, 0.0), (0.03, 0.22, 0.0), 0.12),
    "spine3": ((-0.08, 0.35, 0.0), (0.08, 0.35, 0.0), 0.12),
    "neck": ((0.0, 0.46, -0.01), (0.0, 0.58, 0.02), 0.055),
    "head": ((0.0, 0.63, 0.03), (0.0, 0.70, 0.03), 0.095),
    "left_hip": ((0.09, -0.07, 0.0), (0.10, -0.48, 0.0), 0.075),
    "left_knee": ((0.10, -0.48, 0.0), (0.10, -0.88, -0.02), 0.055),
    "left_ankle": ((0.10, -0.925, -0.05), (0.10, -0.925, 0.11), 0.045),
    "left_foot": ((0.10, -0.925, 0.11), (0.10, -0.925, 0.17), 0.045),
    "left_collar": ((0.07, 0.42, 0.0), (0.17, 0.43, 0.0), 0.06),
    "left_shoulder": ((0.17, 0.43, 0.0), (0.43, 0.43, 0.0), 0.048),
    "left_elbow": ((0.43, 0.43, 0.0), (0.68, 0.43, 0.0), 0.04),
    "left_wrist": ((0.68, 0.43, 0.0), (0.77, 0.43, 0.0), 0.035),
    "left_hand": ((0.77, 0.43, 0.0), (0.85, 0.43, 0.0), 0.03),
}


@dataclass(frozen=True, slots=True)
class CapsulePerson:
    """A T-posed man; every vertex follows one joint."""

    vertices: torch.Tensor
    faces: torch.Tensor
    joints: torch.Tensor
    skin_weights: torch.Tensor


def box(size_m: tuple[float, float, float]) -> tuple[torch.Tensor, torch.Tensor]:
    """A box centred at the origin: 8 vertices, 12 faces, normals outwards."""
    corners = torch.tensor([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return corners * torch.tensor(size_m), torch.tensor(faces)


def capsule(
    start: tuple[float, ...], end: tuple[float, ...], radius: float, segments: int = 14, rings: int = 4
) -> tuple[torch.Tensor, torch.Tensor]:
    """A cylinder with round ends; a sphere where start and end coincide."""
    a, b = torch.tensor(start), torch.tensor(end)
    axis = torch.tensor([0.0, 1.0, 0.0]) if start == end else torch.nn.functional.normalize(b - a, dim=0)
    side = torch.linalg.cross(axis, torch.eye(3)[int(axis.abs().argmin())])
    side = torch.nn.functional.normalize(side, dim=0)
    other = torch.linalg.cross(axis, side)
    rows = []
    for ring in range(2 * rings):  # two half spheres; the equator twice, once at each end
        step = ring + 1 - rings if ring < rings else ring - rings
        angle = math.pi / 2 * step / rings
        turn = torch.arange(segments) * (2 * math.pi / segments)
        flat = torch.cos(turn)[:, None] * side + torch.sin(turn)[:, None] * other
        rows.append((a if ring < rings else b) + radius * (math.cos(angle) * flat + math.sin(angle) * axis))
    vertices = torch.cat([(a - radius * axis)[None], *rows, (b + radius * axis)[None]])
    last, top = len(vertices) - 1, 2 * rings - 1
    faces = []
    for k in range(segments):
        n = (k + 1) % segments
        faces.append((0, 1 + n, 1 + k))
        for ring in range(top):
            low, high = 1 + ring * segments, 1 + (ring + 1) * segments
            faces += [(low + k, low + n, high + n), (low + k, high + n, high + k)]
        faces.append((last, 1 + top * segments + k, 1 + top * segments + n))
    return vertices, torch.tensor(faces)


def sphere(radius: float, rings: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    """A sphere at the origin."""
    return capsule((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), radius, segments=rings, rings=rings // 2)


def capsule_person() -> CapsulePerson:
    """The man: about 2,700 vertices, one closed capsule a joint, 1.765 m tall."""
    vertices, faces, owner, count = [], [], [], 0
    for number, name in enumerate(JOINT_NAMES):
        start, end, radius = _BONES[name.replace("right", "left")]
        if name.startswith("right"):
            start, end = (-start[0], *start[1:]), (-end[0], *end[1:])
        points, triangles = capsule(start, end, radius)
        vertices.append(points)
        faces.append(triangles + count)
        owner.append(torch.full((len(points),), number))
        count += len(points)
    skin = torch.nn.functional.one_hot(torch.cat(owner), len(JOINT_NAMES)).float()
    joints = torch.tensor([position for _, position in SKELETON.values()])
    return CapsulePerson(torch.cat(vertices), torch.cat(faces), joints, skin)
