"""Flatten a mesh into charts: connected patches that face one way, each projected onto a plane.

It takes milliseconds for templates and a second for the largest meshes that are textured, it never fails, and
its result depends on the mesh only. Patches of one direction hardly overlap in projection.
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from chorus_recon.geometry.atlas.packing import pack
from chorus_recon.geometry.mesh import face_normals

_DIRECTIONS = np.concatenate([np.eye(3), -np.eye(3)])
_ROUNDS = 4  # of smoothing the borders between charts
_AGREEMENT = 0.6  # how much a neighbour's direction counts, against the cosine of a face's own
_SMALL = 24  # faces of charts that are merged with their neighbours
_MERGES = 6  # rounds, each of one face's width
_MERGED_COSINE = 0.08  # a face of a small chart is not projected more obliquely
_LEAST_COSINE = 0.35  # a face is not projected more obliquely for the sake of its neighbours


def unwrap(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    gap: float = 0.004,
    region: Int[Tensor, " f"] | None = None,
    density: Float[Tensor, " f"] | None = None,
) -> Float[Tensor, "f 3 2"]:
    """Texture coordinates of each face's corners, in [0, 1].

    Args:
        vertices: of the mesh; lengths in the atlas are proportional to lengths on it.
        faces: indices of the vertices.
        gap: between charts and around them, in parts of the atlas.
        region: a number for each face; charts do not cross from one to another.
        density: how much larger each face's chart is than its area demands, linear; of a chart, the mean.
    """
    points, triangles = vertices.double().numpy(), faces.numpy()
    normals = face_normals(vertices.double(), faces).numpy()
    area = np.linalg.norm(normals, axis=1)
    normals = normals / np.maximum(area, 1e-30)[:, None]
    pairs = _neighbours(triangles, points)
    if region is not None:
        pairs = pairs[(region[pairs[:, 0]] == region[pairs[:, 1]]).numpy()]
    label = _merged(_directions(normals, pairs), normals, pairs)
    chart = _components(label, pairs)
    count = int(chart.max()) + 1
    total = np.zeros((count, 3))
    np.add.at(total, chart, normals * area[:, None])
    flat = _flatten(points[triangles], chart, total)
    if density is not None:
        mass = np.bincount(chart, area + 1e-12, count)
        grown = np.bincount(chart, density.double().numpy() * (area + 1e-12), count) / mass
        flat *= grown[chart][:, None, None]
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, chart, flat.min(1))
    np.maximum.at(high, chart, flat.max(1))
    place, scale = pack(high - low, gap)
    uv = (flat - low[chart][:, None]) * scale + place[chart][:, None]
    return torch.from_numpy(uv).float().clamp(0, 1)


def _neighbours(faces: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Pairs [n 2] of faces that share an edge; vertices at one place are one."""
    welded = np.unique(points.round(6), axis=0, return_inverse=True)[1].reshape(-1)[faces]
    edges = np.sort(np.stack([welded, np.roll(welded, -1, 1)], -1).reshape(-1, 2), 1)
    key = edges[:, 0].astype(np.int64) * (welded.max(initial=0) + 1) + edges[:, 1]
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    return np.stack([order[:-1][same], order[1:][same]], 1) // 3


def _directions(normals: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The direction [f] along which each face is projected: its own, or that of its neighbours."""
    own = normals @ _DIRECTIONS.T
    label = own.argmax(1)
    for _ in range(_ROUNDS):
        votes = np.zeros_like(own)
        for here, there in (pairs.T, pairs.T[::-1]):
            np.add.at(votes, (here, label[there]), _AGREEMENT)
        label = np.where(own > _LEAST_COSINE, own + votes, own - 9.0).argmax(1)
    return label


def _merged(label: np.ndarray, normals: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The directions, with small charts given to their neighbours where they do not face away."""
    own = normals @ _DIRECTIONS.T
    for _ in range(_MERGES):
        chart = _components(label, pairs)
        count = np.bincount(chart)[chart]
        votes = np.zeros_like(own)
        for here, there in (pairs.T, pairs.T[::-1]):
            grown = (count[here] < _SMALL) & (count[there] > count[here])
            np.add.at(votes, (here[grown], label[there[grown]]), 1.0)
        votes[own < _MERGED_COSINE] = 0
        if not votes.any():
            break
        label = np.where(votes.any(1), votes.argmax(1), label)
    return label


def _components(label: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The number [f] of each face's chart: connected faces of one direction."""
    inner = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
    links = coo_array((np.ones(len(inner)), inner.T), shape=(len(label), len(label)))
    return connected_components(links, directed=False)[1]


def _flatten(corners: np.ndarray, chart: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Corners [f 3 2] projected along the mean normal of their chart, turned so that charts lie along u."""
    length = np.linalg.norm(total, axis=1, keepdims=True)
    normal = np.where(length > 0, total / np.maximum(length, 1e-30), [0.0, 0.0, 1.0])
    steepest = np.abs(normal).argmin(1)
    first = np.cross(normal, np.eye(3)[steepest])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(normal, first)
    axes = np.stack([first, second], 1)[chart]
    flat = np.einsum("fij,fkj->fki", axes, corners)
    middle = flat.mean(1)
    count = np.maximum(np.bincount(chart, minlength=len(total)), 1)
    mean = np.stack([np.bincount(chart, middle[:, k], len(total)) for k in (0, 1)], 1) / count[:, None]
    apart = middle - mean[chart]
    xx, xy, yy = (
        np.bincount(chart, apart[:, i] * apart[:, j], len(total)) for i, j in ((0, 0), (0, 1), (1, 1))
    )
    angle = np.arctan2(2 * xy, xx - yy) / 2
    c, s = np.cos(angle)[chart][:, None], np.sin(angle)[chart][:, None]
    return np.stack([c * flat[..., 0] + s * flat[..., 1], -s * flat[..., 0] + c * flat[..., 1]], -1)
