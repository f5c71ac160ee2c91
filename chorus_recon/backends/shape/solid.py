"""Numbers in, closed coloured pieces out: what the templates are assembled from.

Pieces are numpy arrays here (object frame, metres); `templates` turns the whole into tensors.
Every piece has a topology that does not depend on its sizes, so that two builds can be subtracted.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

Rgb = tuple[int, int, int]
Point = tuple[float, float, float]


@dataclass(slots=True)
class Solid:
    """A mesh under construction: pieces added one by one, and named places on it."""

    vertices: list[np.ndarray] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    colours: list[np.ndarray] = field(default_factory=list)
    anchors: dict[str, tuple[int, Point]] = field(default_factory=dict)
    count: int = 0

    def add(self, vertices: np.ndarray, faces: np.ndarray, rgb: Rgb | np.ndarray) -> None:
        """Append a piece; `rgb` is one colour or one a face."""
        colour = np.broadcast_to(np.asarray(rgb, np.uint8), (len(faces), 3))
        self.vertices.append(np.asarray(vertices, float))
        self.faces.append(faces + self.count)
        self.colours.append(colour)
        self.count += len(vertices)

    def anchor(self, name: str, place: Point, direction: Point) -> None:
        """Name a place: one vertex that no face uses, so that shape modes carry it along."""
        self.anchors[name] = (self.count, direction)
        self.vertices.append(np.asarray([place], float))
        self.count += 1


def two_tone(chosen: ArrayLike, rgb: Rgb, rest: Rgb) -> np.ndarray:
    """A colour a face: `rgb` where `chosen`, else `rest`."""
    return np.where(np.reshape(chosen, (-1, 1)), np.array(rgb, np.uint8), np.array(rest, np.uint8))


def stitch(rings: int, around: int, closed: bool) -> np.ndarray:
    """Faces between consecutive rings of `around` vertices, capped at both ends unless closed."""
    faces = []
    for i in range(rings if closed else rings - 1):
        for j in range(around):
            a, b = i * around + j, i * around + (j + 1) % around
            c, d = (i + 1) % rings * around + j, (i + 1) % rings * around + (j + 1) % around
            faces += [(a, c, b), (b, c, d)]
    if not closed:
        last = (rings - 1) * around
        faces += [(0, j, j + 1) for j in range(1, around - 1)]
        faces += [(last, last + j + 1, last + j) for j in range(1, around - 1)]
    return np.array(faces)


def tube(
    points: list[Point] | np.ndarray, radius: float | list[float], sides: int = 8, closed: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """A pipe along a polyline (metres), of one radius or one a point."""
    path = np.asarray(points, float)
    ahead = np.roll(path, -1, 0) - path
    behind = path - np.roll(path, 1, 0)
    if not closed:
        ahead[-1], behind[0] = behind[-1], ahead[0]
    along = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    along = along + behind / np.linalg.norm(behind, axis=1, keepdims=True)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.cross(along[0], [0.31, 0.17, 0.93])
    rings = []
    radii = np.broadcast_to(radius, len(path))
    angle = np.arange(sides) / sides * 2 * np.pi
    for centre, t, r in zip(path, along, radii, strict=True):
        normal = normal - t * (normal @ t)
        normal /= np.linalg.norm(normal)
        other = np.cross(t, normal)
        rings.append(centre + r * (np.cos(angle)[:, None] * normal + np.sin(angle)[:, None] * other))
    faces = stitch(len(path), sides, closed)
    return np.concatenate(rings), faces[:, ::-1]


def lathe(
    radii: list[float], heights: list[float], sides: int = 24, axis: str = "y", centre: Point = (0, 0, 0)
) -> tuple[np.ndarray, np.ndarray]:
    """A solid of revolution from a profile of (radius, height), bottom to top."""
    angle = np.arange(sides) / sides * 2 * np.pi
    rings = [
        np.stack([r * np.cos(angle), np.full(sides, h), -r * np.sin(angle)], 1)
        for r, h in zip(radii, heights, strict=True)
    ]
    vertices = np.concatenate(rings)
    order = {"y": [0, 1, 2], "x": [1, 2, 0], "z": [2, 0, 1]}[axis]
    return vertices[:, order] + np.asarray(centre), stitch(len(radii), sides, False)[:, ::-1]


def ring(
    radius: float, thick: float, centre: Point, around: int = 32, sides: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """A torus about the x axis (a wheel's tyre)."""
    angle = np.arange(around) / around * 2 * np.pi
    path = np.stack([np.zeros(around), radius * np.cos(angle), radius * np.sin(angle)], 1)
    return tube(path + np.asarray(centre), thick, sides, closed=True)


def box(size: Point, centre: Point, tilt_x_rad: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A cuboid, turned about x through its centre."""
    corner = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * np.asarray(size) / 2
    c, s = np.cos(tilt_x_rad), np.sin(tilt_x_rad)
    turned = corner @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [f for a, b, c2, d in quads for f in ((a, b, c2), (a, c2, d))]
    return turned + np.asarray(centre), np.array(faces)


def plank(
    z: np.ndarray, half_width: np.ndarray, height: np.ndarray, thick: float | np.ndarray, edge: float = 0.6
) -> tuple[np.ndarray, np.ndarray]:
    """A board along z: at each station a rounded slab `height` is its mid level."""
    t = np.broadcast_to(thick, len(z)) / 2
    rings = [
        [(-w * 0.92, h - k, s), (0, h - k, s), (w * 0.92, h - k, s), (w, h, s), (w * 0.92, h + k, s), (0, h + k, s), (-w * 0.92, h + k, s), (-w, h, s)]
        for s, w, h, k in zip(z, half_width, height, t, strict=True)
    ]  # fmt: skip
    vertices = np.asarray(rings, float).reshape(-1, 3)
    return vertices, stitch(len(z), 8, False)[:, ::-1]


def ellipsoid(radii: Point, centre: Point, sides: int = 16, rings: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """An ellipsoid."""
    polar = np.linspace(0.05, np.pi - 0.05, rings)
    vertices, faces = lathe(list(np.sin(polar)), list(-np.cos(polar)), sides)
    return vertices * np.asarray(radii) + np.asarray(centre), faces
