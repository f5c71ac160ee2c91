"""Build parts of the surroundings: grounds, buildings, trees, hills and water."""

import numpy as np
import trimesh
from jaxtyping import Float

from chorus_recon.backends.images.rendered import noise, textures
from chorus_recon.backends.images.rendered.surfaces import Material, Rgb, Surface

FAR_M = 400.0
_BOX_QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
_BOX_FACES = np.array([face for a, b, c, d in _BOX_QUADS for face in ((a, b, c), (a, c, d))])


def floor(
    kind: str,
    rng: np.random.Generator,
    y: float,
    x: tuple[float, float] = (-FAR_M, FAR_M),
    z: tuple[float, float] = (-FAR_M, FAR_M),
    rough: float = 0.9,
) -> Surface:
    """A horizontal rectangle of textured ground."""
    corners = np.array([[x[0], y, z[0]], [x[0], y, z[1]], [x[1], y, z[1]], [x[1], y, z[0]]])
    texture = textures.ground(kind, rng)
    uv = corners[:, [0, 2]] / textures.TILE_M
    return Surface(
        corners, np.array([[0, 1, 2], [0, 2, 3]]), Material(rough=rough, texture=texture), uv=uv, smooth=False
    )


def rectangle(rgb: Rgb, y: float, x: tuple[float, float], z: tuple[float, float]) -> Surface:
    """A horizontal rectangle of one colour (a painted line)."""
    corners = np.array([[x[0], y, z[0]], [x[0], y, z[1]], [x[1], y, z[1]], [x[1], y, z[0]]])
    return Surface(corners, np.array([[0, 1, 2], [0, 2, 3]]), Material(rgb, 0.8), smooth=False)


def box(low: np.ndarray | list, high: np.ndarray | list, material: Material) -> Surface:
    """An upright block."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    corners = np.array(
        [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]] for i, j, k in np.ndindex(2, 2, 2)]
    )
    return Surface(corners, _BOX_FACES, material, smooth=False)


def building(low: np.ndarray | list, high: np.ndarray | list, rng: np.random.Generator) -> Surface:
    """An upright block with a tiled facade texture."""
    solid = box(low, high, Material())
    corners = solid.vertices[solid.faces].reshape(-1, 3)
    faces = np.arange(len(corners)).reshape(-1, 3)
    a, b, c = corners[::3], corners[1::3], corners[2::3]
    facing = np.repeat(np.abs(np.cross(b - a, c - a)).argmax(1), 3)
    along = np.where(facing == 0, corners[:, 2], corners[:, 0])
    uv = np.stack([along / rng.uniform(2.5, 3.6), (corners[:, 1] - low[1]) / 3.1], 1)
    uv[facing == 1] = 0.02
    return Surface(corners, faces, Material(rough=0.8, texture=textures.facade(rng)), uv=uv, smooth=False)


def tree(at: np.ndarray, height: float, rng: np.random.Generator, detail: int = 4500) -> list[Surface]:
    """A trunk and a crown of leaves in clumps; `at` is the foot of the trunk."""
    trunk = trimesh.creation.cone(radius=0.035 * height, height=0.75 * height, sections=9)
    bark = np.asarray(trunk.vertices)[:, [0, 2, 1]] * [1, 1, 1] + at
    wood = Surface(bark, np.asarray(trunk.faces), Material((0.30, 0.23, 0.17), 0.95))
    clumps = at + np.column_stack(
        [rng.normal(0, 0.16 * height, 9), rng.uniform(0.42, 0.9, 9) * height, rng.normal(0, 0.16 * height, 9)]
    )
    sizes = rng.uniform(0.13, 0.24, 9) * height
    green = np.array([0.20, 0.32, 0.10]) * rng.uniform(0.75, 1.35) + rng.uniform(-0.03, 0.05, 3)
    return [wood, _leaves(clumps, sizes, green, 0.016 * height, detail, rng)]


def pine(at: np.ndarray, height: float, rng: np.random.Generator, snowy: bool = False) -> list[Surface]:
    """A conifer: tiers of branches around a stem, optionally with snow."""
    tiers = 9
    t = np.linspace(0.12, 0.95, tiers)
    rings = []
    for share in t:
        angle = np.linspace(0, 2 * np.pi, 9, endpoint=False) + rng.uniform(0, 1)
        reach = 0.2 * height * (1.02 - share) * rng.uniform(0.8, 1.2, 9)
        rings.append(
            np.column_stack([reach * np.cos(angle), np.full(9, share * height), reach * np.sin(angle)]) + at
        )
    clumps = np.concatenate(rings)
    sizes = np.repeat(0.075 * height * (1.1 - t), 9)
    dark = np.array([0.10, 0.19, 0.12]) * rng.uniform(0.8, 1.3)
    return [_leaves(clumps, sizes, dark, 0.014 * height, 3500, rng, 0.5 if snowy else 0.0)]


def bush(at: np.ndarray, size: np.ndarray | list, rng: np.random.Generator) -> Surface:
    """A bush of size `size` (x, y, z) in metres."""
    size = np.asarray(size, float)
    clumps = at + rng.uniform([-0.5, 0.2, -0.5], [0.5, 0.8, 0.5], (14, 3)) * size
    green = np.array([0.18, 0.30, 0.10]) * rng.uniform(0.7, 1.4)
    return _leaves(clumps, np.full(14, 0.3 * float(size.min())), green, 0.03, 4500, rng)


def blades(
    eye: Float[np.ndarray, " 3"],
    middle: Float[np.ndarray, " 3"],
    y: float,
    half_view_rad: float,
    path_x: tuple[float, float] | None,
    rng: np.random.Generator,
) -> Surface:
    """Blades of grass in the field of view, to beyond the subject; none on the path."""
    count = 30000
    flat = (middle - eye)[[0, 2]]
    angle = np.arctan2(flat[1], flat[0]) + 1.1 * half_view_rad * rng.uniform(-1, 1, count)
    reach = np.sqrt(rng.uniform(0.25, 1, count)) * (np.linalg.norm(flat) + 4)
    foot = np.stack([eye[0] + reach * np.cos(angle), np.full(count, y), eye[2] + reach * np.sin(angle)], 1)
    if path_x is not None:
        off = (foot[:, 0] < path_x[0]) | (foot[:, 0] > path_x[1])
        foot, reach, count = foot[off], reach[off], int(off.sum())
    thin = 1 - (reach / (np.linalg.norm(flat) + 4)) ** 2  # shorter far away, so that no edge is visible
    high = (
        thin[:, None]
        * rng.uniform(0.015, 0.05, (count, 1))
        * (1 + 0.5 * noise.at_points(foot, rng, 2))[:, None]
    )
    aside = rng.standard_normal((count, 3)) * [1, 0, 1]
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    tip = foot + high * (np.array([0, 1, 0]) + 0.7 * rng.standard_normal((count, 3)) * [1, 0, 1])
    corners = np.stack([foot - 0.004 * aside, foot + 0.004 * aside, tip], 1).reshape(-1, 3)
    green = np.array([0.27, 0.40, 0.15]) * rng.uniform(0.6, 1.3, (count, 1)) + rng.uniform(
        0, 0.08, (count, 1)
    ) * [1, 0.6, 0]
    faces = np.arange(3 * count).reshape(-1, 3)
    return Surface(
        corners, faces, Material(rough=0.7, specular=0.3), np.clip(np.repeat(green, 3, 0), 0, 1), smooth=False
    )


def _leaves(
    clumps: Float[np.ndarray, "c 3"],
    sizes: Float[np.ndarray, " c"],
    rgb: np.ndarray,
    leaf_m: float,
    count: int,
    rng: np.random.Generator,
    white: float = 0.0,
) -> Surface:
    """Leaves near the surface of spheres. Upper leaves are lighter; a share `white` has snow."""
    which = rng.choice(len(clumps), count, p=sizes**2 / (sizes**2).sum())
    out = rng.standard_normal((count, 3))
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    centre = clumps[which] + out * sizes[which, None] * rng.uniform(0.6, 1.05, (count, 1))
    corners = (
        rng.standard_normal((count, 3, 3)) * leaf_m * rng.uniform(0.6, 1.4, (count, 1, 1)) + centre[:, None]
    )
    shade = rng.uniform(0.7, 1.3, (count, 1)) * (0.85 + 0.25 * out[:, 1:2])
    tint = np.clip(rgb * shade, 0, 1)
    tint = np.where((rng.random((count, 1)) < white) & (out[:, 1:2] > -0.1), 0.9, tint)
    faces = np.arange(count * 3).reshape(-1, 3)
    return Surface(
        corners.reshape(-1, 3), faces, Material(rough=0.8, specular=0.2), np.repeat(tint, 3, 0), smooth=False
    )


def hills(
    y: float, radius_m: float, height_m: float, rgb: Rgb, rng: np.random.Generator, ragged: float = 1.0
) -> Surface:
    """A ring of hills around the scene; larger values of `ragged` give mountains."""
    around, rows = 160, 10
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    points = np.stack([np.cos(angle), np.sin(angle), np.zeros(around)], 1)
    ridge = 0.55 + 0.45 * noise.at_points(points * 2.2, rng, 2 + int(2 * ragged))
    t = np.linspace(0, 1, rows)[:, None]
    reach = radius_m * (1 + 0.8 * t)
    bumps = noise.at_points(
        np.stack([reach * np.cos(angle), np.zeros_like(reach * angle), reach * np.sin(angle)], -1).reshape(
            -1, 3
        )
        / (0.1 * radius_m),
        rng,
        3,
    )
    top = (
        y
        - 0.5
        + height_m
        * np.clip(ridge, 0.08, None)
        * t**0.8
        * (1 + 0.18 * ragged * bumps.reshape(rows, around) * t)
    )
    vertices = np.stack([reach * np.cos(angle), top, reach * np.sin(angle)], -1).reshape(-1, 3)
    a = (np.arange(rows - 1)[:, None] * around + np.arange(around)).ravel()
    b = (np.arange(rows - 1)[:, None] * around + (np.arange(around) + 1) % around).ravel()
    faces = np.concatenate([np.stack([a, a + around, b], 1), np.stack([b, a + around, b + around], 1)])
    tint = np.array(rgb) * (1 + 0.12 * bumps)[:, None]
    return Surface(vertices, faces, Material(rough=0.95, specular=0.1), np.clip(tint, 0, 1))


def water(
    y: float,
    rng: np.random.Generator,
    swell_m: float,
    breaker: tuple[float, float] | None = None,
    boat: tuple[np.ndarray, float] | None = None,
    shore_z: float | None = None,
) -> Surface:
    """A sea with its level at y and its finest mesh around the origin.

    `breaker` (x of its foot, height) is a wave along z on the +x side; `boat` (centre, radius) is a place
    with foam; there is water only where z exceeds `shore_z`.
    """
    s = np.linspace(-1, 1, 261)
    axis = np.sign(s) * (6.0 * np.abs(s) + 240.0 * np.abs(s) ** 7)
    x, z = np.meshgrid(axis, axis, indexing="ij")
    flat = np.stack([x, np.zeros_like(x), z], -1).reshape(-1, 3)
    far = np.hypot(flat[:, 0], flat[:, 2])
    calm = np.clip(1.2 - far / 60, 0.15, 1)
    chop = noise.at_points(flat / [2.6, 1, 1.7], rng, 4)
    ripples = noise.at_points(flat / [0.35, 1, 0.28], rng, 3) * np.clip(1 - far / 12, 0, 1)
    rise = (swell_m * chop + 0.018 * ripples) * calm
    white = np.clip((chop - 0.75) * 2, 0, 0.6) * (swell_m > 0.1)
    if boat is not None:
        middle, radius = boat
        near = np.exp(-(((flat - middle)[:, [0, 2]] / radius) ** 2).sum(1))
        rise *= 1 - 0.85 * np.exp(-(((flat - middle)[:, [0, 2]] / (1.6 * radius)) ** 2).sum(1))
        white = np.maximum(white, 1.3 * near * np.clip(0.5 + noise.at_points(flat / 0.16, rng, 3), 0, 1))
    if breaker is not None:
        foot, height = breaker
        edge = foot + 0.5 * noise.at_points(flat * [0, 0, 1] / 5.0, rng, 2)
        up = np.clip((flat[:, 0] - edge) / (1.6 * height), 0, 1)
        back = np.clip((flat[:, 0] - edge - 1.8 * height) / (4 * height), 0, 1)
        rise += height * up**1.8 * (1 - back) ** 2
        froth = np.clip(0.45 + noise.at_points(flat / [0.5, 1, 0.6], rng, 4), 0, 1)
        white = np.maximum(white, np.clip((up - 0.8) * 5, 0, 1) * (back < 0.5) * froth * 1.3)
    vertices = flat.copy()
    vertices[:, 1] = y + rise
    count = len(axis)
    a = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    faces = np.concatenate(
        [np.stack([a, a + 1, a + count], 1), np.stack([a + 1, a + count + 1, a + count], 1)]
    )
    if shore_z is not None:
        faces = faces[(vertices[faces][:, :, 2] > shore_z).all(1)]
    deep = np.array([0.05, 0.20, 0.27]) * rng.uniform(0.7, 1.4) + [0, rng.uniform(-0.02, 0.08), 0]
    thin = np.clip(rise / max(swell_m, 0.15), 0, 1)[:, None] * np.array([0.02, 0.10, 0.08])
    rgb = deep + thin
    rgb = rgb + (np.array([0.93, 0.95, 0.96]) - rgb) * np.clip(white, 0, 1)[:, None]
    return Surface(vertices, faces, Material(rough=0.12, specular=0.7), np.clip(rgb, 0, 1))
