"""The surface of an object for colouring: its symmetries, and what unseen parts look like."""

import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.atlas.charts import unwrap
from chorus_recon.geometry.mesh import sides
from chorus_recon.geometry.meshes.creases import welded
from chorus_recon.pipeline.look.bake import SEEN, Coloured, Surface
from chorus_recon.pipeline.look.sight import Sight
from chorus_recon.pipeline.look.spread import PULL
from chorus_recon.types import Placement

TEXTURED_FACES = 60_000  # meshes of more faces get colours of vertices
MIRRORED = 0.01  # of the diagonal: how far a mirrored mesh may differ from itself, on average
LEAST = 10  # vertices that must be seen to know a material
_SAMPLE = 300  # vertices that decide whether a mesh is symmetrical
_TURNS = 4  # of an object that may be turned by any angle


def surface(placement: Placement) -> Surface:
    """A placed object; its copies are its mirror images and the turns that leave it unchanged."""
    shape = placement.shape
    rest = shape.vertices + torch.einsum("m,mvd->vd", placement.shape_code, shape.modes)
    copies = tuple(
        transforms.apply(placement.cam_from_object, rest @ turn.mT)
        for turn in _symmetries(rest, shape.symmetry)
    )
    uv = unwrap(shape.vertices, shape.faces) if len(shape.faces) <= TEXTURED_FACES else None
    part = torch.zeros(len(rest), dtype=torch.int64)
    return Surface(placement.vertices, shape.faces, copies, part, _edges(rest, shape.faces), uv)


def expected(
    placement: Placement, _sight: Sight, found: Coloured
) -> tuple[Float[Tensor, "v 3"], Float[Tensor, " v"]]:
    """The colours of what is not seen: that of parts of the same material, else of all that is seen.

    Faces that a shape has in one colour are one material.
    """
    shape, rgb, belief = placement.shape, found.rgb, found.belief
    seen = belief > SEEN
    kinds, of_face = torch.unique(shape.face_rgb, dim=0, return_inverse=True)
    material = torch.zeros(len(rgb), dtype=torch.int64)
    material[shape.faces] = of_face[:, None].expand(-1, 3)
    if not bool(seen.any()):
        return kinds.float()[material] / 255.0, torch.full_like(belief, PULL)
    out = rgb[seen].median(0).values.repeat(len(rgb), 1)
    if len(kinds) < LEAST:
        for number in range(len(kinds)):
            here = material == number
            if int((seen & here).sum()) >= LEAST:
                out[here] = rgb[seen & here].median(0).values
    return out, torch.full_like(belief, PULL)


def _edges(rest: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Int[Tensor, "e 2"]:
    """Neighbours along edges, and vertices at one place."""
    place = welded(rest)
    order = torch.argsort(place, stable=True)
    same = place[order][1:] == place[order][:-1]
    return torch.cat([sides(faces), torch.stack([order[:-1][same], order[1:][same]], 1)])


def _symmetries(rest: Float[Tensor, "v 3"], symmetry: str) -> list[Float[Tensor, "3 3"]]:
    """Mirror images that hardly change the mesh, and proper rotations that leave it unchanged."""
    tree = KDTree(rest.double().numpy())
    some = rest[:: max(1, len(rest) // _SAMPLE)]
    limit = MIRRORED * float((rest.amax(0) - rest.amin(0)).norm())
    out = []
    for axis in range(3):
        mirror = torch.eye(3)
        mirror[axis, axis] = -1.0
        if tree.query((some @ mirror).double().numpy())[0].mean() < limit:
            out.append(mirror)
    return out + list(transforms.symmetry_rotations(symmetry, _TURNS))[1:_TURNS]
