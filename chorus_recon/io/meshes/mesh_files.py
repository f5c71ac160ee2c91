"""Write triangle meshes as PLY and OBJ files that name their frame and keep the vertex order."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8
from torch import Tensor

_DECIMALS = 6  # of positions in metres: micrometres
_BLOCK = 100_000  # rows that are formatted at once


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
    head = "\n".join([*lines, f"o {name}\n"]).encode("utf-8")
    with path.open("wb") as file:
        file.write(head)
        for rows in vertices.split(_BLOCK):
            file.write(_text(b"v", rows.double().numpy(), _DECIMALS))
        for rows in faces.split(_BLOCK):
            file.write(_text(b"f", rows.double().numpy() + 1, 0))


def _text(word: bytes, numbers: Float[np.ndarray, "n k"], decimals: int) -> bytes:
    """A line a row: the word, and the numbers as `format(number, ".6f")` gives them for 6 decimals.

    All rows are formatted at once, digit by digit: a call of `format` for each takes much longer.
    """
    if not len(numbers):
        return b""
    scaled = np.rint(np.abs(numbers) * 10.0**decimals)
    wide = int(scaled.max(initial=0.0))
    places = max(len(str(wide)), decimals + 1)
    digits = np.empty((*numbers.shape, places), dtype=np.uint8)
    rest = scaled.astype(np.int64)
    for place in reversed(range(places)):
        rest, digits[..., place] = np.divmod(rest, 10)
    least = places - decimals - 1  # this digit and those after it are written even if they are 0
    shown = np.cumsum(digits, axis=-1) > 0
    shown[..., least:] = True
    sign = np.full((*numbers.shape, 1), ord("-"), dtype=np.uint8)
    space = np.full((*numbers.shape, 1), ord(" "), dtype=np.uint8)
    parts = [(space, np.ones_like(space, bool)), (sign, np.signbit(numbers)[..., None])]
    text = digits + ord("0")
    parts.append((text[..., : least + 1], shown[..., : least + 1]))
    if decimals:
        point = np.full_like(sign, ord("."))
        parts += [(point, np.ones_like(point, bool)), (text[..., least + 1 :], shown[..., least + 1 :])]
    columns = [np.concatenate([part[kind] for part in parts], axis=-1) for kind in (0, 1)]
    rows, kept = (column.reshape(len(numbers), -1) for column in columns)
    first = np.broadcast_to(np.frombuffer(word, np.uint8), (len(rows), len(word)))
    last = np.full((len(rows), 1), ord("\n"), dtype=np.uint8)
    everything = np.concatenate([first, rows, last], axis=1)
    always = np.ones((len(rows), 1), bool)
    mask = np.concatenate([np.broadcast_to(always, first.shape), kept, always], axis=1)
    return everything[mask].tobytes()


def _line(text: str) -> str:
    return " ".join(text.split())
