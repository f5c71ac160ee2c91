"""Sample the radiance of the sky and the sun for a kind of weather."""

import numpy as np

from chorus_recon.backends.images.rendered.noise import clouded
from chorus_recon.backends.images.rendered.surfaces import Light

ROWS = 128
WEATHERS = ("clear", "fair", "hazy", "overcast")


def light(weather: str, ground_rgb: tuple[float, float, float], rng: np.random.Generator) -> Light:
    """Sun and sky of a weather (one of WEATHERS), with a linear ground colour below the horizon."""
    height = rng.uniform(0.35, 1.1)  # of the sun, radians
    around = rng.uniform(0, 2 * np.pi)
    sun = np.array([np.cos(height) * np.sin(around), np.sin(height), np.cos(height) * np.cos(around)])
    low = np.clip(1.2 - height, 0, 1)  # warmer light from a low sun
    colour = np.array([1.0, 0.93 - 0.12 * low, 0.82 - 0.28 * low])
    strength = {"clear": 3.4, "fair": 2.9, "hazy": 1.5, "overcast": 0.15}[weather]
    latitude = (0.5 - (np.arange(ROWS) + 0.5) / ROWS) * np.pi
    up = np.sin(latitude)[:, None]
    longitude = (np.arange(2 * ROWS) + 0.5) / ROWS * np.pi
    zenith, horizon = {
        "clear": ((0.12, 0.27, 0.68), (0.40, 0.58, 0.86)),
        "fair": ((0.17, 0.33, 0.70), (0.46, 0.61, 0.84)),
        "hazy": ((0.36, 0.46, 0.62), (0.62, 0.67, 0.73)),
        "overcast": ((0.62, 0.65, 0.70), (0.70, 0.72, 0.75)),
    }[weather]
    fade = np.clip(up, 0, 1)[..., None] ** 0.45
    sky = np.array(horizon) * (1 - fade) + np.array(zenith) * fade
    sky = np.broadcast_to(sky, (ROWS, 2 * ROWS, 3)).copy()
    cover = {"clear": 1.9, "fair": 0.5, "hazy": 0.9, "overcast": -0.6}[weather]
    field = clouded(2 * ROWS, rng, 1.5, 0.6)
    # project a flat layer of clouds: rows near the horizon show distant clouds
    far = 1.0 / np.maximum(up, 0.06)
    x = (far * np.cos(longitude)[None] * 10 + 128).astype(int) % (2 * ROWS)
    y = (far * np.sin(longitude)[None] * 10 + 128).astype(int) % (2 * ROWS)
    cloud = np.clip((field[y, x] - cover) / 0.9, 0, 1)[..., None] * np.clip(up * 6, 0, 1)[..., None]
    shade = 0.75 + 0.25 * np.clip(field[(y + 7) % (2 * ROWS), x], -1, 1)[..., None]
    sky = sky * (1 - 0.85 * cloud) + 0.85 * cloud * shade * np.array([1.0, 1.0, 1.02])
    sky[latitude < 0] = np.array(ground_rgb) * 0.8
    facing = np.stack(
        [
            np.cos(latitude)[:, None] * np.sin(longitude)[None],
            np.broadcast_to(up, (ROWS, 2 * ROWS)),
            -np.cos(latitude)[:, None] * np.cos(longitude)[None],
        ],
        -1,
    )
    glow = np.clip((facing @ sun - 0.9) / 0.1, 0, 1)[..., None] ** 2 * (0.8 if weather != "overcast" else 0.2)
    sky += glow * colour
    red, green, blue = (float(c) for c in colour * strength)
    return Light(sky, sun, (red, green, blue))
