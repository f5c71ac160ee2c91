"""Generate tileable textures of grounds and walls."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, UInt8

from chorus_recon.backends.images.rendered.noise import clouded

SIZE = 1024
TILE_M = 8.0  # size on the ground of one tile


def ground(kind: str, rng: np.random.Generator) -> UInt8[np.ndarray, "h w 3"]:
    """The texture of one of GROUNDS, `TILE_M` wide."""
    return _bytes(_GROUNDS[kind](rng))


def facade(rng: np.random.Generator) -> UInt8[np.ndarray, "h w 3"]:
    """One bay of a building: a window in a wall, about 3 m across."""
    wall = np.array(
        _pick(
            rng,
            ((0.72, 0.66, 0.56), (0.62, 0.36, 0.28), (0.76, 0.75, 0.72), (0.5, 0.5, 0.52), (0.8, 0.72, 0.6)),
        )
    )
    size = 128
    image = np.ones((size, size, 3)) * wall * (1 + 0.06 * clouded(size, rng)[..., None])
    if wall[0] > 1.4 * wall[2]:  # brick
        row = np.arange(size) // 5
        column = (np.arange(size)[None] + (row[:, None] % 2) * 6) % 12
        joint = (np.arange(size)[:, None] % 5 == 0) | (column == 0)
        image[joint] = image[joint] * 0.8 + 0.12
    low, high = int(size * rng.uniform(0.18, 0.28)), int(size * rng.uniform(0.7, 0.82))
    left, right = int(size * rng.uniform(0.15, 0.3)), int(size * rng.uniform(0.7, 0.85))
    image[low - 4 : high + 4, left - 4 : right + 4] = _pick(
        rng, ((0.9, 0.9, 0.88), (0.3, 0.25, 0.2), (0.5, 0.5, 0.5))
    )
    glass = np.linspace(0.35, 0.16, high - low)[:, None, None] * np.array([0.75, 0.9, 1.0])
    image[low:high, left:right] = glass
    image[low:high, (left + right) // 2 - 1 : (left + right) // 2 + 2] = 0.75
    return _bytes(image[::-1])  # the first row is the lowest


def _bytes(image: np.ndarray) -> np.ndarray:
    return (np.clip(image, 0, 1) * 255).round().astype(np.uint8)


def _pick(rng: np.random.Generator, rows):
    return rows[int(rng.integers(len(rows)))]


def _asphalt(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    base = rng.uniform(0.3, 0.48)
    value = base + 0.035 * rng.standard_normal((SIZE, SIZE)) + 0.012 * clouded(SIZE, rng, 1.0)
    crack = np.abs(clouded(SIZE, rng, 1.6)) < 0.008
    value = np.where(crack, value * 0.65, value)
    return value[..., None] * np.array([1.0, 0.99, 0.97])


def _concrete(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    value = (
        rng.uniform(0.58, 0.72) + 0.03 * rng.standard_normal((SIZE, SIZE)) + 0.015 * clouded(SIZE, rng, 0.9)
    )
    joints = np.arange(SIZE) % int(SIZE * 2.0 / TILE_M) < 2
    value = np.where(joints[:, None] | joints[None], value * 0.75, value)
    return value[..., None] * np.array([1.0, 0.98, 0.94])


def _paving(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    pitch = SIZE // 20
    rows = np.arange(SIZE) // pitch
    columns = (np.arange(SIZE)[None] + (rows[:, None] % 2) * pitch // 2) // pitch % 20
    tone = rng.uniform(-0.05, 0.05, (21, 20))[np.minimum(rows, 20)[:, None], columns]
    value = rng.uniform(0.5, 0.65) + tone + 0.03 * rng.standard_normal((SIZE, SIZE))
    joint = (np.arange(SIZE) % pitch < 2)[:, None] | (
        (np.arange(SIZE)[None] + (rows[:, None] % 2) * pitch // 2) % pitch < 2
    )
    value = np.where(joint, value * 0.7, value)
    return value[..., None] * np.array(_pick(rng, ((1.0, 0.92, 0.85), (1.0, 1.0, 0.98), (1.0, 0.86, 0.76))))


def _grass(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    blades = clouded(SIZE, rng, 0.4, 0.35)
    patches = clouded(SIZE, rng, 1.3)[..., None]
    green = np.array([0.27, 0.40, 0.15]) + 0.05 * patches * np.array([1.3, 0.6, 0.2])
    dry = np.clip(clouded(SIZE, rng, 1.0) - 0.6, 0, 1)[..., None] * np.array([0.16, 0.08, 0.02])
    return (green + dry) * (1 + 0.38 * blades[..., None])


def _sand(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    value = (
        0.03 * rng.standard_normal((SIZE, SIZE))
        + 0.02 * clouded(SIZE, rng, 0.9)
        + 0.03 * clouded(SIZE, rng, 0.7, 0.35)
    )
    return (1 + value[..., None]) * np.array(
        _pick(rng, ((0.80, 0.70, 0.55), (0.74, 0.66, 0.54), (0.86, 0.79, 0.66)))
    )


def _snow(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    value = (
        0.015 * rng.standard_normal((SIZE, SIZE))
        + 0.03 * clouded(SIZE, rng, 1.2)
        + 0.02 * clouded(SIZE, rng, 0.8, 0.2)
    )
    return (0.9 + value[..., None]) * np.array([0.98, 0.99, 1.0])


def _court(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    colour = np.array(
        _pick(rng, ((0.22, 0.36, 0.55), (0.28, 0.44, 0.32), (0.68, 0.38, 0.25), (0.24, 0.42, 0.50)))
    )
    return (
        colour * (1 + 0.05 * rng.standard_normal((SIZE, SIZE)) + 0.025 * clouded(SIZE, rng, 0.9))[..., None]
    )


def _boards(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    width = SIZE // 48
    plank = np.arange(SIZE) // width
    tone = rng.uniform(0.85, 1.1, 64)[np.minimum(plank, 63)]
    grain = clouded(SIZE, rng, 0.7, 12.0).T
    value = tone[None] * (1 + 0.08 * grain)
    value = np.where((np.arange(SIZE) % width < 1)[None], value * 0.5, value)
    return value[..., None] * np.array(
        _pick(rng, ((0.62, 0.46, 0.32), (0.5, 0.37, 0.27), (0.72, 0.58, 0.42)))
    )


def _dirt(rng: np.random.Generator) -> Float[np.ndarray, "h w 3"]:
    value = 1 + 0.1 * clouded(SIZE, rng, 0.6) + 0.12 * clouded(SIZE, rng, 1.2)
    return value[..., None] * np.array([0.50, 0.41, 0.31])


_GROUNDS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "asphalt": _asphalt,
    "concrete": _concrete,
    "paving": _paving,
    "grass": _grass,
    "sand": _sand,
    "snow": _snow,
    "court": _court,
    "boards": _boards,
    "dirt": _dirt,
}
GROUNDS = tuple(_GROUNDS)
