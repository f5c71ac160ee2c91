"""Encode a mesh as base64 typed arrays for the pages' 3D viewer."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry.meshes.creases import split
from chorus_recon.geometry.meshes.thin import thin

NEAR = 110  # flag of vertices that are near the other mesh; those that touch it have 255
MOST_SHORT = 65_535  # vertices up to which faces have 16-bit indices
FACE_LIMIT = 60_000  # larger meshes are simplified, in the page only, which may hold six of them


@dataclass(frozen=True, slots=True)
class Packed:
    """`arrays` for the page's JSON; `source` is an original vertex for each packed vertex."""

    arrays: dict[str, Any]
    source: Int[Tensor, " n"]
    count: int  # number of original vertices

    def flags(self, touching: Int[Tensor, " c"], near: Int[Tensor, " n"]) -> str:
        """One byte per packed vertex, as base64, from two sets of original vertices.

        It is 255 for those that touch, 110 for those that are near, 0 for others.
        """
        return _flags(touching, near, self.count, self.source)


def pack(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    face_rgb: UInt8[Tensor, "f 3"],
    touching: Int[Tensor, " c"] | None = None,
    near: Int[Tensor, " n"] | None = None,
    limit: int = FACE_LIMIT,
    uv: Float[Tensor, "f 3 2"] | None = None,
    photo_rgb: UInt8[Tensor, "v 3"] | None = None,
) -> Packed:
    """Pack 16-bit positions in the mesh's bounding box and 8-bit normals, colours and contact flags.

    Creases are kept. If there are more faces than `limit`, nearby vertices are merged.

    Args:
        vertices: metres.
        faces: triangles.
        face_rgb: plain colours.
        touching: vertices that touch something.
        near: vertices that are near something.
        limit: of faces.
        uv: places of the corners in a texture, [0, 1].
        photo_rgb: colours of the vertices in the photo.
    """
    nothing = torch.zeros(0, dtype=torch.int64)
    touching, near = (nothing if some is None else some for some in (touching, near))
    light, triangles, kept, merged = thin(vertices, faces, limit)
    apart = split(light, triangles, face_rgb[kept], None if uv is None else uv[kept])
    low = apart.vertices.amin(0)
    span = (apart.vertices.amax(0) - low).clamp_min(1e-6)
    index = "<u2" if len(apart.vertices) <= MOST_SHORT else "<u4"
    grid = ((apart.vertices - low) / span * 65535).round().numpy().astype("<u2")
    arrays = {
        "low": low.tolist(),
        "span": span.tolist(),
        "positions": _base64(grid),
        "normals": _base64((apart.normals * 127).round().numpy().astype(np.int8)),
        "colors": _base64(_one_or_all(apart.rgb)),
        "contacts": _flags(merged[touching], merged[near], len(light), apart.source),
        "faces": _base64(apart.faces.numpy().astype(index)),
    }
    first = torch.zeros(int(merged.max()) + 1, dtype=torch.int64)
    first[merged] = torch.arange(len(merged))  # any of the merged vertices
    source = first[apart.source]
    if apart.uv is not None:
        arrays["uv"] = _base64((apart.uv * 65535).round().numpy().astype("<u2"))
    elif photo_rgb is not None:
        arrays["photo_colors"] = _base64(photo_rgb[source].numpy())
    return Packed(arrays, source, len(vertices))


def _one_or_all(rgb: UInt8[Tensor, "n 3"]) -> np.ndarray:
    """The colours of the vertices, or a single one that all have."""
    return (rgb[:1] if bool((rgb == rgb[:1]).all()) else rgb).numpy()


def _flags(
    touching: Int[Tensor, " c"], near: Int[Tensor, " n"], count: int, source: Int[Tensor, " s"]
) -> str:
    flags = torch.zeros(count, dtype=torch.uint8)
    flags[near] = NEAR
    flags[touching] = 255
    return _base64(flags[source].numpy())


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
