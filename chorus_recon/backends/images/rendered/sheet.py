"""Operations on parts of a body's skin: cut along a level line, subdivide, smooth, normals."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from trimesh.grouping import unique_rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of a body's skin; `rest` places it on the T-posed mean body, `posed` in the world."""

    rest: Float[np.ndarray, "v 3"]
    posed: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]


def cut(sheet: Sheet, field: Float[np.ndarray, " v"]) -> Sheet:
    """The part where `field` is positive, with new edges along its zero level."""
    inside = (field > 0)[sheet.faces]
    count = inside.sum(1)
    whole = sheet.faces[count == 3]
    chunks, pairs = [whole], []
    start = len(sheet.rest)
    for wanted in (1, 2):  # triangles with one corner inside, then with two
        some = sheet.faces[count == wanted]
        odd = (inside[count == wanted] == (wanted == 1)).argmax(1)
        a, b, c = (some[np.arange(len(some)), (odd + k) % 3] for k in range(3))
        ab = start + np.arange(len(some))
        ac = ab + len(some)
        start += 2 * len(some)
        pairs += [np.stack([a, b], 1), np.stack([a, c], 1)]
        if wanted == 1:
            chunks.append(np.stack([a, ab, ac], 1))
        else:
            chunks += [np.stack([ab, b, c], 1), np.stack([ab, c, ac], 1)]
    first, second = np.concatenate(pairs).T
    share = (field[first] / (field[first] - field[second]))[:, None]
    rest, posed = (
        np.concatenate([x, x[first] + share * (x[second] - x[first])]) for x in (sheet.rest, sheet.posed)
    )
    return _welded(rest, posed, np.concatenate(chunks))


def _welded(rest: np.ndarray, posed: np.ndarray, faces: np.ndarray) -> Sheet:
    """A sheet without unused vertices, with vertices at the same rest position merged."""
    used, faces = np.unique(faces, return_inverse=True)
    faces = faces.reshape(-1, 3)
    first, which = unique_rows(rest[used], digits=5)
    faces = which[faces]
    solid = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return Sheet(rest[used][first], posed[used][first], faces[solid])


def refine(sheet: Sheet) -> Sheet:
    """Subdivide each triangle into four."""
    edges = np.sort(sheet.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    first, which = unique_rows(edges)
    unique, middle = edges[first], len(sheet.rest) + which.reshape(-1, 3)
    a, b, c = sheet.faces.T
    ab, bc, ca = middle.T
    faces = np.concatenate([np.stack(f, 1) for f in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    rest, posed = (np.concatenate([x, x[unique].mean(1)]) for x in (sheet.rest, sheet.posed))
    return Sheet(rest, posed, faces)


def smooth(points: np.ndarray, faces: Int[np.ndarray, "f 3"], rounds: int, share: float = 0.5) -> np.ndarray:
    """Laplacian smoothing; vertices on an open edge are averaged along the edge only."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    once, which = unique_rows(edges)
    edges, counts = edges[once], np.bincount(which)
    rim = np.zeros(len(points), bool)
    rim[edges[counts == 1]] = True
    border, inner = edges[counts == 1], edges[counts != 1]
    ways = np.concatenate([border, border[:, ::-1], *([w[~rim[w[:, 0]]] for w in (inner, inner[:, ::-1])])])
    first, second = ways.T
    degree = np.maximum(np.bincount(first, minlength=len(points)), 1)[:, None]
    for _ in range(rounds):
        total = np.stack([np.bincount(first, points[second, k], len(points)) for k in range(3)], 1)
        moved = np.where(total.any(1, keepdims=True), total / degree, points)
        points = points + share * (moved - points)
    return points


def normals(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "v 3"]:
    """Unit vertex normals, weighted by area."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.stack(
        [sum(np.bincount(faces[:, k], face[:, d], len(points)) for k in range(3)) for d in range(3)], 1
    )
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
