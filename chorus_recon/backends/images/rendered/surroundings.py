"""Build the surroundings of the person for a setting and a camera position."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from chorus_recon.backends.images.rendered import scenery, sky
from chorus_recon.backends.images.rendered.surfaces import Light, Material, Rgb, Surface

SETTINGS = ("street", "road", "park", "plaza", "court", "beach", "sea", "slope", "room")


@dataclass(frozen=True, slots=True)
class Stage:
    """Places in the world (metres): height of the ground, centre of the subject, position of the camera.

    `half_view_rad` is half the horizontal field of view; `footprint` is the bounding rectangle of the
    object on the ground (low and high x, z).
    """

    ground_m: float
    middle: Float[np.ndarray, " 3"]
    eye: Float[np.ndarray, " 3"]
    half_view_rad: float
    footprint: Float[np.ndarray, "2 2"]


_Made = tuple[list[Surface], Rgb, list[str]]  # surfaces, linear colour of the ground, possible weathers


def surround(setting: str, stage: Stage, rng: np.random.Generator) -> tuple[list[Surface], Light]:
    """Ground, backdrop, sky and sun of one of SETTINGS."""
    made, ground, weathers = _SETTINGS[setting](stage, rng)
    weather = str(rng.choice(weathers))
    return made, sky.light(weather, ground, rng)


def _places(stage: Stage, rng: np.random.Generator, count: int, near_m: float, far_m: float) -> np.ndarray:
    """Points on the ground in view, behind the subject by `near_m` to `far_m`; far ones first."""
    flat = (stage.middle - stage.eye)[[0, 2]]
    away = float(np.linalg.norm(flat))
    ahead = np.arctan2(flat[1], flat[0])
    angle = ahead + stage.half_view_rad * rng.uniform(-1.25, 1.25, count)
    reach = away + np.sort(rng.uniform(near_m, far_m, count))[::-1]
    x = stage.eye[0] + reach * np.cos(angle)
    z = stage.eye[2] + reach * np.sin(angle)
    return np.stack([x, np.full(count, stage.ground_m), z], 1)


def _woods(
    stage: Stage, rng: np.random.Generator, count: int, near_m: float = 8, far_m: float = 40
) -> list[Surface]:
    made: list[Surface] = []
    for at in _places(stage, rng, count, near_m, far_m):
        made += scenery.tree(at, rng.uniform(4, 9), rng)
    return made


def _bushes(stage: Stage, rng: np.random.Generator, count: int) -> list[Surface]:
    return [
        scenery.bush(at, rng.uniform([1.2, 0.6, 1.2], [3.0, 1.6, 3.0]), rng)
        for at in _places(stage, rng, count, 4, 22)
    ]


def _rows_of_houses(stage: Stage, rng: np.random.Generator, offset: float) -> list[Surface]:
    """Buildings along both sides of the z axis, and across its far ends."""
    made, y = [], stage.ground_m - 0.1
    for side in (-1, 1):
        z = -45.0
        while z < 45:
            long, deep, high = rng.uniform(7, 15), rng.uniform(8, 12), rng.uniform(6, 16)
            front = side * (offset + rng.uniform(0, 1.5))
            x = sorted((front, front + side * deep))
            made.append(scenery.building([x[0], y, z], [x[1], y + high, z + long], rng))
            z += long + (rng.uniform(1, 4) if rng.random() < 0.3 else 0)
    for end in (-60.0, 52.0):
        made.append(scenery.building([-40, y, end], [40, y + rng.uniform(8, 14), end + 8], rng))
    return made


def _keep_off(stage: Stage, least: float) -> float:
    """Least distance to the side of large things, so that none contains the camera."""
    return max(least, abs(float(stage.eye[0])) + 3.0, abs(float(stage.middle[0])) + 4.0)


def _street(stage: Stage, rng: np.random.Generator) -> _Made:
    y, half = stage.ground_m, rng.uniform(3.2, 4.5)
    middle = float(stage.middle[0]) + rng.uniform(-0.8, 0.8)
    made = [scenery.floor(str(rng.choice(["concrete", "paving"])), rng, y - 0.01)]
    made.append(scenery.floor("asphalt", rng, y, (middle - half, middle + half), (-120, 120)))
    if rng.random() < 0.6:
        made += [
            scenery.rectangle((0.85, 0.84, 0.8), y + 0.002, (middle - 0.06, middle + 0.06), (z, z + 2.0))
            for z in np.arange(-40, 40, 5.0) + rng.uniform(0, 5)
        ]
    for side in (-1, 1):
        edge = sorted((middle + side * half, middle + side * (half + 0.15)))
        made.append(
            scenery.box([edge[0], y - 0.1, -120], [edge[1], y + 0.12, 120], Material((0.6, 0.59, 0.56), 0.9))
        )
    made += _rows_of_houses(stage, rng, _keep_off(stage, half + 4))
    made += _woods(stage, rng, int(rng.integers(0, 4)), 6, 25)
    return made, (0.18, 0.18, 0.17), ["clear", "fair", "hazy", "overcast"]


def _road(stage: Stage, rng: np.random.Generator) -> _Made:
    y, half = stage.ground_m, rng.uniform(2.8, 4.0)
    middle = float(stage.middle[0]) + rng.uniform(-0.8, 0.8)
    made = [scenery.floor(str(rng.choice(["grass", "grass", "dirt"])), rng, y - 0.01)]
    made.append(scenery.floor("asphalt", rng, y, (middle - half, middle + half), (-200, 200)))
    for x in (middle - half + 0.25, middle + half - 0.25):
        made.append(scenery.rectangle((0.85, 0.84, 0.8), y + 0.002, (x - 0.06, x + 0.06), (-150, 150)))
    made.append(scenery.hills(y, 130, rng.uniform(10, 45), (0.25, 0.33, 0.22), rng))
    made += _woods(stage, rng, int(rng.integers(4, 12)), 9, 50) + _bushes(stage, rng, int(rng.integers(0, 4)))
    return made, (0.13, 0.15, 0.09), ["clear", "fair", "fair", "hazy"]


def _park(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    made, path = [scenery.floor("grass", rng, y)], None
    if rng.random() < 0.4:
        path = (float(stage.middle[0]) - 1.4, float(stage.middle[0]) + 1.6)
        kind = str(rng.choice(["dirt", "asphalt", "paving"]))
        made.append(scenery.floor(kind, rng, y + 0.003, path, (-80, 80)))
    made.append(scenery.blades(stage.eye, stage.middle, y, stage.half_view_rad, path, rng))
    made.append(scenery.hills(y, 100, rng.uniform(6, 16), (0.17, 0.25, 0.13), rng))
    made += _woods(stage, rng, int(rng.integers(6, 14)), 7, 45) + _bushes(stage, rng, int(rng.integers(1, 5)))
    return made, (0.10, 0.14, 0.05), ["clear", "fair", "fair", "hazy", "overcast"]


def _plaza(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    made = [scenery.floor(str(rng.choice(["concrete", "paving", "asphalt"])), rng, y)]
    for at in _places(stage, rng, int(rng.integers(1, 4)), 3, 10):
        size = rng.uniform([0.6, 0.3, 1.5], [1.2, 0.6, 4.0])
        made.append(
            scenery.box(
                at - size * [0.5, 0, 0.5], at + size * [0.5, 1, 0.5], Material((0.62, 0.6, 0.56), 0.8)
            )
        )
    made += _rows_of_houses(stage, rng, _keep_off(stage, 14))
    made += _woods(stage, rng, int(rng.integers(1, 6)), 6, 20)
    return made, (0.25, 0.24, 0.22), ["clear", "fair", "hazy", "overcast"]


def _court(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    made = [scenery.floor("court", rng, y), scenery.floor("court", rng, y + 0.002, (-5.5, 5.5), (-12, 12))]
    white, z0 = (0.9, 0.9, 0.88), float(stage.middle[2]) - rng.uniform(0.3, 1.5)
    for x in (-4.1, -5.5, 4.1, 5.5):
        made.append(scenery.rectangle(white, y + 0.004, (x - 0.03, x + 0.03), (z0, z0 + 23.8)))
    for z in (z0, z0 + 23.8, z0 + 5.5, z0 + 18.3):
        made.append(scenery.rectangle(white, y + 0.004, (-5.5, 5.5), (z - 0.03, z + 0.03)))
    net = z0 + 11.9
    made.append(
        scenery.box([-6.2, y, net - 0.01], [6.2, y + 0.9, net + 0.01], Material((0.16, 0.16, 0.17), 0.9))
    )
    made.append(
        scenery.box([-6.2, y + 0.86, net - 0.015], [6.2, y + 0.93, net + 0.015], Material(white, 0.9))
    )
    screen = Material(((0.12, 0.28, 0.2), (0.1, 0.18, 0.32), (0.2, 0.3, 0.22))[int(rng.integers(3))], 0.9)
    reach = _keep_off(stage, 9.5)
    low, high = min(z0 - 6, float(stage.eye[2]) - 2), max(z0 + 30, float(stage.eye[2]) + 2)
    tall = rng.uniform(2.2, 3.4)
    for x in (-reach, reach):
        made.append(scenery.box([x - 0.03, y, low], [x + 0.03, y + tall, high], screen))
    for z in (low, high):
        made.append(scenery.box([-reach, y, z - 0.03], [reach, y + tall, z + 0.03], screen))
    made += _woods(stage, rng, int(rng.integers(3, 9)), 18, 45)
    return made, (0.12, 0.15, 0.15), ["clear", "fair", "hazy"]


def _beach(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    shore = float(max(stage.middle[2], stage.eye[2])) + rng.uniform(2.5, 8)
    wet = scenery.rectangle((0.52, 0.45, 0.35), y + 0.002, (-300, 300), (shore - 1.5, shore + 3))
    made = [scenery.floor("sand", rng, y), wet]
    made.append(scenery.water(y + 0.012, rng, 0.1, shore_z=shore))
    made += [scenery.bush(at, [2, 0.7, 2], rng) for at in _places(stage, rng, 8, 5, 30) if at[2] < shore - 6]
    for at in _places(stage, rng, 8, 10, 60):
        if at[2] < shore - 8:
            made += scenery.tree(at, rng.uniform(4, 8), rng)
    made.append(scenery.hills(y, 220, rng.uniform(10, 40), (0.32, 0.38, 0.32), rng))
    return made, (0.4, 0.33, 0.22), ["clear", "fair", "fair", "hazy"]


def _sea(stage: Stage, rng: np.random.Generator) -> _Made:
    centre = np.array([stage.footprint[:, 0].mean(), 0, stage.footprint[:, 1].mean()])
    radius = float(np.ptp(stage.footprint, axis=0).max()) * 0.5
    breaker = None
    if rng.random() < 0.75:  # behind the subject or far to the side: never over the camera
        side = centre[0] + radius * 0.6 + rng.uniform(0.3, 1.2)
        if stage.eye[0] < side - 0.8:
            breaker = (side, rng.uniform(0.8, 2.2))
    made = [scenery.water(stage.ground_m, rng, rng.uniform(0.05, 0.16), breaker, (centre, 0.75 * radius))]
    if rng.random() < 0.4:
        made.append(scenery.hills(stage.ground_m, 260, rng.uniform(15, 60), (0.33, 0.38, 0.40), rng))
    return made, (0.05, 0.12, 0.15), ["clear", "fair", "fair", "hazy", "overcast"]


def _slope(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    made = [scenery.floor("snow", rng, y, rough=0.7)]
    made.append(scenery.hills(y, 240, rng.uniform(60, 130), (0.80, 0.83, 0.88), rng, 2.0))
    made.append(scenery.hills(y, 120, rng.uniform(5, 15), (0.88, 0.90, 0.94), rng))
    for at in _places(stage, rng, int(rng.integers(4, 16)), 8, 60):
        made += scenery.pine(at, rng.uniform(4, 10), rng, snowy=True)
    return made, (0.75, 0.78, 0.82), ["clear", "clear", "fair", "hazy"]


def _room(stage: Stage, rng: np.random.Generator) -> _Made:
    y = stage.ground_m
    reach = float(np.linalg.norm((stage.eye - stage.middle)[[0, 2]])) + 1.5
    wall = Material(((0.82, 0.80, 0.75), (0.70, 0.74, 0.76), (0.75, 0.68, 0.6))[int(rng.integers(3))], 0.95)
    made = [scenery.floor("boards", rng, y, rough=0.35)]
    x, z = stage.middle[[0, 2]]
    gap = rng.uniform(1.2, 2.5)
    # two walls behind the subject; light comes from the side of the camera
    sx, sz = np.sign(stage.middle - stage.eye)[[0, 2]]
    bx, bz = x + sx * gap * 1.3, z + sz * gap * 1.3
    made.append(
        scenery.box(
            [min(bx, bx + sx * 0.1), y, z - reach], [max(bx, bx + sx * 0.1), y + 2.7, z + reach], wall
        )
    )
    made.append(
        scenery.box(
            [x - reach, y, min(bz, bz + sz * 0.1)], [x + reach, y + 2.7, max(bz, bz + sz * 0.1)], wall
        )
    )
    return made, (0.2, 0.16, 0.12), ["hazy", "overcast"]


_SETTINGS = {
    "street": _street,
    "road": _road,
    "park": _park,
    "plaza": _plaza,
    "court": _court,
    "beach": _beach,
    "sea": _sea,
    "slope": _slope,
    "room": _room,
}
