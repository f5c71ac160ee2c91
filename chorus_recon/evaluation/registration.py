"""Register two meshes of one kind of object, so that rotations in their own axes can be compared.

A template and a true mesh may look along different axes, as two laptops do whose lids open towards opposite
ends. Both are centred and brought to the same root mean square radius, so that size and place do not count.
Iterative closest points (trimesh) then start from each of the 24 rotations that map axes to axes.
"""

import hashlib
import itertools
import math

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial import KDTree
from torch import Tensor
from trimesh.registration import icp

from chorus_recon.evaluation.metrics import SAMPLES, spread_m
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.mesh import sample_surface

SEARCH_SAMPLES = 1000  # of each surface, while all 24 starts are compared
ITERATIONS = 15  # of each start; most settle in fewer
HOPEFUL = 1.5  # times the least residual of the search: starts up to here are compared with all samples
TWIN = 1.03  # times the least residual: up to here, rotations are equally right. Round templates reach 1.01
# against round true meshes, the two ends of motorcycles and boards differ by 1.06 or more.
NEAR_TRACE = 1 + 2 * math.cos(math.radians(20.0))  # of the rotation between two results of one optimum
SAME = 1e-3  # residual, in radii, of a mesh and itself: samples of different meshes are farther apart


class Registrations:
    """Rotations between the axes of meshes, each pair of meshes registered once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Float[Tensor, "k 3 3"]] = {}

    def turns(self, source: Mesh, target: Mesh) -> Float[Tensor, "k 3 3"]:
        """Rotations target_from_source that are equally right, the best first.

        There are several where the shapes are symmetric, and only the identity for two equal meshes.

        Args:
            source: a mesh in its own axes; its size and origin do not matter.
            target: another mesh in its own axes.
        """
        pair = _digest(source), _digest(target)
        if pair not in self._known:
            self._known[pair] = register(source, target)
        return self._known[pair]


def register(source: Mesh, target: Mesh) -> Float[Tensor, "k 3 3"]:
    """As `Registrations.turns`, without the cache."""
    fine_target = _unit(target, SAMPLES)
    if _residual(_unit(source, SAMPLES), fine_target) < SAME:
        return torch.eye(3, dtype=torch.float64)[None]
    # samples of their own for each mesh, or meshes of one topology would fit best at the identity
    fine_source = _unit(source, SAMPLES, seed=1)
    coarse_source, coarse_target = _unit(source, SEARCH_SAMPLES, seed=1), _unit(target, SEARCH_SAMPLES)
    found = []
    for start in axis_rotations():
        initial = np.eye(4)
        initial[:3, :3] = start
        matrix, moved, _ = icp(
            coarse_source, coarse_target, initial, max_iterations=ITERATIONS, scale=False, reflection=False
        )
        found.append((_residual(moved, coarse_target), matrix))
    found = _distinct(found)
    scored = []
    for residual, matrix in found:
        if residual <= HOPEFUL * found[0][0]:
            moved = fine_source @ matrix[:3, :3].T + matrix[:3, 3]
            scored.append((_residual(moved, fine_target), matrix))
    scored = _distinct(scored)
    kept = [matrix[:3, :3] for residual, matrix in scored if residual <= TWIN * scored[0][0]]
    return torch.from_numpy(np.stack(kept))


def axis_rotations() -> list[Float[np.ndarray, "3 3"]]:
    """The 24 rotations that map coordinate axes to coordinate axes, the identity first."""
    found = []
    for columns in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), columns] = signs
            if np.linalg.det(turn) > 0:
                found.append(turn)
    return found


def _distinct(
    found: list[tuple[float, Float[np.ndarray, "4 4"]]],
) -> list[tuple[float, Float[np.ndarray, "4 4"]]]:
    """Pairs of residual and transform, the best first, without rotations that are near a better one."""
    kept: list[tuple[float, Float[np.ndarray, "4 4"]]] = []
    for residual, matrix in sorted(found, key=lambda pair: pair[0]):
        traces = [float((matrix[:3, :3] * better[:3, :3]).sum()) for _, better in kept]
        if all(trace < NEAR_TRACE for trace in traces):
            kept.append((residual, matrix))
    return kept


def _unit(mesh: Mesh, count: int, seed: int = 0) -> Float[np.ndarray, "n 3"]:
    """Samples of a surface, centred, with a root mean square radius of 1."""
    points = sample_surface(mesh.vertices.float(), mesh.faces, count, seed).at(mesh.vertices.double())
    return ((points - points.mean(0)) / spread_m(points)).numpy()


def _residual(a: Float[np.ndarray, "n 3"], b: Float[np.ndarray, "m 3"]) -> float:
    """Mean distance to the nearest point, over both directions."""
    return float(KDTree(b).query(a)[0].mean() + KDTree(a).query(b)[0].mean()) / 2


def _digest(mesh: Mesh) -> str:
    parts = (mesh.vertices.double().numpy().tobytes(), mesh.faces.long().numpy().tobytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()
