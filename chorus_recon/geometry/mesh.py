"""Functions of triangle meshes: normals, area-weighted surface samples, farthest points."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from chorus_recon.types import ObjectShape


@dataclass(frozen=True, slots=True)
class SurfaceSamples:
    """Points fixed to faces by barycentric weights, so that they follow a deforming mesh."""

    corners: Int[Tensor, "n 3"]
    weights: Float[Tensor, "n 3"]

    def at(self, vertices: Float[Tensor, "*b v 3"]) -> Float[Tensor, "*b n 3"]:
        """Positions on a mesh of the same topology."""
        return (vertices[..., self.corners, :] * self.weights[..., None]).sum(-2)


def face_normals(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Float[Tensor, "f 3"]:
    """Unnormalised face normals: twice the area long, oriented by the right-hand rule."""
    a, b, c = vertices[faces].unbind(1)
    return torch.linalg.cross(b - a, c - a)


def vertex_normals(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Float[Tensor, "v 3"]:
    """Area-weighted unit normals."""
    normals = torch.zeros_like(vertices)
    per_face = face_normals(vertices, faces)
    for k in range(3):
        normals.index_add_(0, faces[:, k], per_face)
    return torch.nn.functional.normalize(normals, dim=-1)


def sides(faces: Int[Tensor, "f 3"]) -> Int[Tensor, "e 2"]:
    """The edges of a mesh, each once, with the lower vertex first."""
    ends = torch.stack([faces.flatten(), faces.roll(-1, 1).flatten()], 1).long().sort(1).values
    count = int(ends.max()) + 1 if len(ends) else 1
    key = torch.unique(ends[:, 0] * count + ends[:, 1])
    return torch.stack([key // count, key % count], 1)


def sample_surface(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], count: int, seed: int = 0
) -> SurfaceSamples:
    """Stratified area-weighted samples; the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    area = face_normals(vertices, faces).norm(dim=-1).double()
    edges = torch.cumsum(area, 0)
    spots = (torch.arange(count) + torch.rand(count, generator=generator)) / count * edges[-1]
    face = torch.searchsorted(edges, spots.double()).clamp_max(len(faces) - 1)
    r = torch.rand(count, 2, generator=generator)
    root = r[:, 0].sqrt()
    weights = torch.stack([1 - root, root * (1 - r[:, 1]), root * r[:, 1]], -1)
    return SurfaceSamples(faces[face], weights)


def surface_of(shape: ObjectShape) -> ObjectShape:
    """The shape without the vertices that no face uses (a template's anchors), and without its anchors."""
    if bool((torch.bincount(shape.faces.flatten(), minlength=len(shape.vertices)) > 0).all()):
        return replace(shape, anchors=())
    used, faces = torch.unique(shape.faces, return_inverse=True)
    return replace(shape, vertices=shape.vertices[used], faces=faces, modes=shape.modes[:, used], anchors=())


def is_solid(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> bool:
    """Whether a mesh is closed and the faces of every connected part point outwards.

    Each edge must occur equally often in both directions, and each part must have a positive volume.
    """
    count = len(vertices)
    begin, end = faces.flatten(), faces.roll(-1, 1).flatten()
    there, back = (begin * count + end).sort().values, (end * count + begin).sort().values
    if not torch.equal(there, back):
        return False
    links = coo_array((np.ones(len(begin)), (begin.numpy(), end.numpy())), shape=(count, count))
    parts, label = connected_components(links, directed=False)
    part = torch.from_numpy(label).long()[faces[:, 0]]
    middle = torch.zeros(parts, 3).index_add(0, part, vertices[faces[:, 0]])
    middle = middle / torch.bincount(part, minlength=parts).clamp_min(1)[:, None]
    six_volumes = (face_normals(vertices, faces) * (vertices[faces[:, 0]] - middle[part])).sum(-1)
    volume = torch.zeros(parts).index_add(0, part, six_volumes)
    return bool((volume[part.unique()] > 0).all())


def farthest(points: Float[Tensor, "n 3"], count: int) -> Int[Tensor, " m"]:
    """Farthest point sampling: row indices of at most `count` points, starting with the first."""
    distance = torch.full((len(points),), torch.inf)
    chosen = [0]
    for _ in range(min(count, len(points)) - 1):
        distance = torch.minimum(distance, (points - points[chosen[-1]]).square().sum(-1))
        chosen.append(int(distance.argmax()))
    return torch.tensor(chosen)
