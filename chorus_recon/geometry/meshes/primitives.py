"""Closed primitive meshes: tubes, lofts, solids of revolution, plates and boxes."""

from collections.abc import Sequence

import numpy as np

from chorus_recon.geometry.meshes.solid import Chunk, Point

_ORDER = {"y": [0, 1, 2], "x": [1, 2, 0], "z": [2, 0, 1]}  # takes a piece built along y to another axis


def loft(rings: np.ndarray, closed: bool = False) -> Chunk:
    """A surface through rings [r n 3], each ordered right-handed about the direction of the loft.

    The ends are capped by fans, unless `closed` joins the last ring to the first.
    """
    count, around = rings.shape[:2]
    i = np.arange(count if closed else count - 1)[:, None]
    j = np.arange(around)[None]
    a, b = i * around + j, i * around + (j + 1) % around
    c, d = (i + 1) % count * around + j, (i + 1) % count * around + (j + 1) % around
    faces = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)]
    if not closed:
        k = np.arange(1, around - 1)
        first = (count - 1) * around
        faces.append(np.stack([np.zeros_like(k), k + 1, k], -1))
        faces.append(first + np.stack([np.zeros_like(k), k, k + 1], -1))
    return rings.reshape(-1, 3), np.concatenate(faces)


def wall(rings: np.ndarray) -> Chunk:
    """A loft over rings that run along one side of a curved wall and back along the other side.

    Vertex k of a ring lies opposite its k-th last vertex, so the caps are strips.
    """
    vertices, faces = loft(rings)
    around = rings.shape[1]
    sides = faces[: -2 * (around - 2)]
    k = np.arange(around // 2 - 1)
    far = around - 1 - k
    low = np.concatenate([np.stack([k, far, k + 1], -1), np.stack([k + 1, far, far - 1], -1)])
    high = len(vertices) - around + low[:, ::-1]
    return vertices, np.concatenate([sides, low, high])


def sweep(
    points: Sequence[Point] | np.ndarray,
    outline: np.ndarray,
    size: Sequence[float] | np.ndarray | float = 1.0,
    up: Point = (0.31, 0.17, 0.93),
    closed: bool = False,
) -> Chunk:
    """An outline [n 2] swept along a polyline, first axis towards `up`, scaled by `size` at each point."""
    path = np.asarray(points, float)
    ahead = np.roll(path, -1, 0) - path
    behind = path - np.roll(path, 1, 0)
    if not closed:
        ahead[-1], behind[0] = behind[-1], ahead[0]
    along = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    along = along + behind / np.linalg.norm(behind, axis=1, keepdims=True)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal, normals = np.asarray(up, float), np.empty_like(path)
    for row, t in enumerate(along):  # each is the last one, turned as little as possible
        normal = normal - t * (normal @ t)
        normal /= np.linalg.norm(normal)
        normals[row] = normal
    flat = outline * np.broadcast_to(size, len(path))[:, None, None]
    beside = np.cross(along, normals)
    return loft(path[:, None] + flat[..., :1] * normals[:, None] + flat[..., 1:] * beside[:, None], closed)


def circle(sides: int, start: float = 0.0) -> np.ndarray:
    """The unit circle [n 2], counter-clockwise."""
    angle = (np.arange(sides) + start) / sides * 2 * np.pi
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def squircle(sides: int, power: float = 5.0) -> np.ndarray:
    """A square with round corners [n 2] within [-1, 1]; power 2 is the circle."""
    unit = circle(sides, 0.5)
    return unit / (np.abs(unit) ** power).sum(1, keepdims=True) ** (1 / power)


def tube(
    points: Sequence[Point] | np.ndarray,
    radius: float | Sequence[float] | np.ndarray,
    sides: int = 8,
    closed: bool = False,
) -> Chunk:
    """A pipe along a polyline (metres), with one radius or a radius per point."""
    return sweep(points, circle(sides), radius, closed=closed)


def curve(points: Sequence[Point] | np.ndarray, count: int) -> np.ndarray:
    """`count` points along a smooth line (Catmull-Rom) through the given ones."""
    knots = np.asarray(points, float)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    place = np.linspace(0, len(knots) - 1, count)
    k = np.minimum(place.astype(int), len(knots) - 2)
    t = (place - k)[:, None]
    a, b, c, d = padded[k], padded[k + 1], padded[k + 2], padded[k + 3]
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def lathe(
    radii: Sequence[float] | np.ndarray,
    heights: Sequence[float] | np.ndarray,
    sides: int = 24,
    axis: str = "y",
    centre: Point = (0, 0, 0),
) -> Chunk:
    """A solid of revolution from a profile of (radius, height), bottom to top."""
    unit = circle(sides)
    rings = np.stack(
        [
            np.stack([r * unit[:, 0], np.full(sides, h), -r * unit[:, 1]], 1)
            for r, h in zip(radii, heights, strict=True)
        ]
    )
    return loft(rings[..., _ORDER[axis]] + np.asarray(centre))


def stack(
    sections: Sequence[tuple[float, float, float, float, float]],
    outline: np.ndarray,
    axis: str = "y",
) -> Chunk:
    """A loft along an axis: each section is (place, half a, half b, middle a, middle b).

    (a, b) are (z, x) for axis y, (x, y) for axis z and (y, z) for axis x.
    """
    rings = np.stack(
        [
            np.stack([mb + hb * outline[:, 1], np.full(len(outline), place), ma + ha * outline[:, 0]], 1)
            for place, ha, hb, ma, mb in sections
        ]
    )
    return loft(rings[..., _ORDER[axis]])


def rounded(half_a: float, half_b: float, corner: float, sides: int) -> np.ndarray:
    """A rectangle with round corners [n 2], counter-clockwise; `sides` is a multiple of four."""
    steps = sides // 4
    angle = np.linspace(0, np.pi / 2, steps)
    quarter = np.stack([np.cos(angle), np.sin(angle)], 1) * corner
    quarter += np.array([half_a - corner, half_b - corner])
    return np.concatenate([quarter, quarter[::-1] * [-1, 1], quarter * [-1, -1], quarter[::-1] * [1, -1]])


def cushion(size: Point, centre: Point, bevel: float, sides: int = 20, corner: float | None = None) -> Chunk:
    """A box with round edges: `corner` is the radius of the upright ones, `bevel` that of the others."""
    w, h, d = np.asarray(size, float) / 2
    radius = 0.35 * min(w, d) if corner is None else corner
    inset = min(bevel, 0.9 * radius)
    rise = [(-h, inset), (-h + 0.3 * bevel, 0.3 * inset), (-h + bevel, 0.0)]
    rise += [(-level, back) for level, back in reversed(rise)]
    rings = []
    for level, back in rise:
        zx = rounded(d - back, w - back, radius - back, sides)
        rings.append(np.column_stack([zx[:, 1], np.full(len(zx), level), zx[:, 0]]) + np.asarray(centre))
    return loft(np.stack(rings))


def box(size: Point, centre: Point, tilt_x_rad: float = 0.0) -> Chunk:
    """A cuboid, turned about x through its centre."""
    corner = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * np.asarray(size) / 2
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [f for a, b, c, d in quads for f in ((a, b, c), (a, c, d))]
    return moved(turned((corner, np.array(faces)), tilt_x_rad), centre)


def turned(chunk: Chunk, angle_rad: float) -> Chunk:
    """The piece turned about the x axis, from y towards z."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return chunk[0] @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]), chunk[1]


def moved(chunk: Chunk, by: Point) -> Chunk:
    """The piece moved by a vector."""
    return chunk[0] + np.asarray(by), chunk[1]


def plate(outline: np.ndarray, thick: float, centre: Point, axis: str = "x") -> Chunk:
    """A flat piece: an outline [n 2] seen along an axis, counter-clockwise, in (y, z), (z, x) or (x, y)."""
    order = {"x": [0, 1, 2], "y": [2, 0, 1], "z": [1, 2, 0]}[axis]
    rings = np.stack(
        [np.column_stack([np.full(len(outline), t), outline])[:, order] for t in (-thick / 2, thick / 2)]
    )
    return loft(rings + np.asarray(centre))


def plank(
    z: np.ndarray, half_width: np.ndarray, height: np.ndarray, thick: float | np.ndarray, edge: float = 0.92
) -> Chunk:
    """A board along z: at each station a slab with pointed edges whose mid level is `height`."""
    t = np.broadcast_to(thick, len(z)) / 2
    across = np.array([-edge, 0, edge, 1, edge, 0, -edge, -1])
    up = np.array([-1, -1, -1, 0, 1, 1, 1, 0])
    rings = np.stack(
        [
            np.column_stack([w * across, h + k * up, np.full(8, s)])
            for s, w, h, k in zip(z, half_width, height, t, strict=True)
        ]
    )
    return loft(rings)


def ellipsoid(radii: Point, centre: Point, sides: int = 16, rings: int = 9) -> Chunk:
    """An ellipsoid; its poles are along y."""
    polar = np.linspace(0.05, np.pi - 0.05, rings)
    vertices, faces = lathe(np.sin(polar), -np.cos(polar), sides)
    return vertices * np.asarray(radii) + np.asarray(centre), faces
