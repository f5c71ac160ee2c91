"""Assemble pieces into one coloured mesh with named places, for template shapes.

Pieces are numpy arrays (object frame, metres); `categories.template` turns the result into tensors. The
topology of a piece does not depend on its sizes, so that two builds can be subtracted.
"""

from dataclasses import dataclass, field

import numpy as np

Rgb = tuple[int, int, int]
Point = tuple[float, float, float]
Chunk = tuple[np.ndarray, np.ndarray]  # vertices [v 3], faces [f 3] wound outwards


@dataclass(slots=True)
class Solid:
    """A mesh under construction: pieces added one by one, and named places on it."""

    vertices: list[np.ndarray] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    colours: list[np.ndarray] = field(default_factory=list)
    anchors: dict[str, tuple[int, Point]] = field(default_factory=dict)
    count: int = 0

    def add(self, chunk: Chunk, rgb: Rgb | np.ndarray) -> None:
        """Append a piece; `rgb` is one colour, or an array with a colour per face."""
        vertices, faces = chunk
        colour = np.broadcast_to(np.asarray(rgb, np.uint8), (len(faces), 3))
        self.vertices.append(np.asarray(vertices, float))
        self.faces.append(faces + self.count)
        self.colours.append(colour)
        self.count += len(vertices)

    def anchor(self, name: str, place: Point, direction: Point) -> None:
        """Name a place: adds a vertex that no face uses, so that shape modes move it too."""
        self.anchors[name] = (self.count, direction)
        self.vertices.append(np.asarray([place], float))
        self.count += 1


def two_tone(where: np.ndarray | np.bool_, yes: Rgb, no: Rgb) -> np.ndarray:
    """A colour per face: `yes` where the condition holds, `no` elsewhere."""
    return np.where(np.asarray(where)[:, None], np.array(yes, np.uint8), np.array(no, np.uint8))
