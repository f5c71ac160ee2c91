"""Write triangle meshes as PLY and OBJ files that name their frame and keep the vertex order."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8
from torch import Tensor


def write_ply(
    path: Path,
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    face_rgb: UInt8[Tensor, "f 3"],
    comments: Sequence[str],
) -> None:
    """Write a binary little-endian PLY with one colour per face; comments go to the header."""
    header = [
        "ply",
        "format binary_little_endian 1.0",
        *(f"comment {_line(c)}" for c in comments),
        f"element vertex {len(vertices)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        *(f"property uchar {c}" for c in ("red", "green", "blue")),
        "end_header\n",
    ]
    rows = np.empty(len(faces), dtype=[("n", "u1"), ("ids", "<i4", 3), ("rgb", "u1", 3)])
    rows["n"] = 3
    rows["ids"] = faces.numpy()
    rows["rgb"] = face_rgb.numpy()
    path.write_bytes(
        "\n".join(header).encode("ascii", "replace")
        + vertices.numpy().astype("<f4").tobytes()
        + rows.tobytes()
    )


def write_obj(
    path: Path, name: str, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], comments: Sequence[str]
) -> None:
    """Write an OBJ of triangles; positions have six decimals (micrometres)."""
    lines = [f"# {_line(c)}" for c in comments]
    lines.append(f"o {name}")
    lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices.tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (faces + 1).tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(text: str) -> str:
    return " ".join(text.split())
