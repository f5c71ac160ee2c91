"""Nearest distances to point sets and surfaces, and inside tests for closed meshes."""

from typing import Any

import numpy as np
import torch
import trimesh
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry.mesh import face_normals, sample_surface

_SPACING_M = 0.012  # between samples of a surface
_FEWEST, _MOST = 1000, 40_000  # samples
_NEIGHBOURS = 6  # samples whose triangles are measured
# Directions that are unlikely to be parallel to edges. If one ray grazes an edge, the other two outvote it.
_DIRECTIONS = ((0.6137, 0.5211, 0.5931), (-0.7071, 0.3117, -0.6347), (0.1733, -0.8419, 0.5111))


def nearest_m(
    points: Float[Tensor, "n 3"], targets: Float[Tensor, "m 3"]
) -> tuple[Float[Tensor, " n"], Int[Tensor, " n"]]:
    """Distance to, and index of, the nearest target of each point."""
    distance, index = KDTree(targets.double().numpy()).query(points.double().numpy())
    return torch.from_numpy(distance), torch.from_numpy(index).long()


def surface_gaps_m(
    points: Float[Tensor, "n 3"], vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], reach_m: float
) -> Float[Tensor, " n"]:
    """Distance of each point from a surface; infinite where it is `reach_m` or more.

    The distance is exact to the triangles that hold the nearest of many samples of the surface.
    """
    out = torch.full((len(points),), torch.inf)
    low, high = vertices.amin(0) - reach_m, vertices.amax(0) + reach_m
    close = ((points > low) & (points < high)).all(-1).nonzero()[:, 0]
    if not len(close):
        return out
    area = float(face_normals(vertices, faces).norm(dim=-1).sum()) / 2
    count = min(max(int(area / _SPACING_M**2), _FEWEST), _MOST)
    spread = 2 * (area / count) ** 0.5  # no point of the surface is farther from a sample, nearly always
    samples = sample_surface(vertices, faces, count)
    tree = KDTree(samples.at(vertices).numpy())
    asked_for: Any = tree.query(points[close].numpy(), k=_NEIGHBOURS, distance_upper_bound=reach_m + spread)
    gap, index = asked_for
    found = np.isfinite(gap)
    asked = points[close].double().numpy()[found.nonzero()[0]]
    triangles = vertices[samples.corners[torch.from_numpy(index[found])]].double().numpy()
    exact = np.full(found.shape, np.inf)
    exact[found] = np.linalg.norm(trimesh.triangles.closest_point(triangles, asked) - asked, axis=1)
    least = torch.from_numpy(exact.min(1)).float()
    out[close] = torch.where(least < reach_m, least, torch.inf)
    return out


def inside(
    points: Float[Tensor, "n 3"], vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]
) -> Bool[Tensor, " n"]:
    """Whether points lie inside a closed mesh, which may overlap itself.

    Counts surface crossings along a ray, entering against leaving (the winding number), in three
    directions of which two must agree.
    """
    result = torch.zeros(len(points), dtype=torch.bool)
    box = (points >= vertices.amin(0)).all(-1) & (points <= vertices.amax(0)).all(-1)
    if not bool(box.any()):
        return result
    mesh = trimesh.Trimesh(vertices.double().numpy(), faces.numpy(), process=False)
    normals = face_normals(vertices.double(), faces)
    origins = points[box].double()
    votes = torch.zeros(len(origins))
    for towards in _DIRECTIONS:
        direction = torch.tensor(towards, dtype=torch.float64)
        hits = mesh.ray.intersects_id(
            origins.numpy(), direction.expand_as(origins).numpy(), multiple_hits=True
        )
        face, ray = hits[0], hits[1]
        leaving = (normals[torch.from_numpy(face).long()] @ direction).sign()
        winding = torch.zeros(len(origins), dtype=torch.float64)
        winding.index_add_(0, torch.from_numpy(ray).long(), leaving)
        votes += (winding.abs() >= 1).float()
    result[box] = votes >= 2
    return result
