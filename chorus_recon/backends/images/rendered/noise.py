"""Seeded random fields: periodic pictures for textures and smooth values at points in space."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import map_coordinates


def clouded(
    size: int, rng: np.random.Generator, roughness: float = 1.0, stretch: float = 1.0
) -> Float[np.ndarray, "s s"]:
    """Tileable noise of mean 0 and standard deviation 1 whose amplitude falls as frequency^-roughness.

    With `stretch` above 1 it is drawn out along the columns.
    """
    freq = np.fft.fftfreq(size) * size
    radius = np.hypot(freq[:, None], freq[None] * stretch)
    radius[0, 0] = 1.0
    spectrum = np.fft.fft2(rng.standard_normal((size, size))) / radius**roughness
    spectrum[0, 0] = 0.0
    field = np.fft.ifft2(spectrum).real
    return field / field.std()


def at_points(points: Float[np.ndarray, "n 3"], rng: np.random.Generator, octaves: int = 1) -> np.ndarray:
    """Smooth noise within about [-1, 1] whose features are one unit large, halved at every octave."""
    total = np.zeros(len(points))
    for octave in range(octaves):
        total += _values(points * 2.0**octave + rng.uniform(0, 64, 3), rng) * 0.5**octave
    return total


def _values(points: Float[np.ndarray, "n 3"], rng: np.random.Generator) -> np.ndarray:
    """Random values at lattice points, blended by smooth steps."""
    table = rng.uniform(-1, 1, (32, 32, 32)).astype(np.float32)
    cell = np.floor(points)
    share = points - cell
    smooth = cell % 32 + share * share * (3 - 2 * share)
    return map_coordinates(table, smooth.T, order=1, mode="grid-wrap")
