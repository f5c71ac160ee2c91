"""Seeded noise: periodic pictures for textures, and smooth values at points in space."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import map_coordinates


def clouded(
    size: int, rng: np.random.Generator, roughness: float = 1.0, stretch: float = 1.0
) -> Float[np.ndarray, "s s"]:
    """Tileable noise with mean 0, standard deviation 1 and amplitude proportional to frequency^-roughness.

    A `stretch` above 1 elongates it along the columns.
    """
    freq = np.fft.fftfreq(size) * size
    radius = np.hypot(freq[:, None], freq[None] * stretch)
    radius[0, 0] = 1.0
    spectrum = np.fft.fft2(rng.standard_normal((size, size))) / radius**roughness
    spectrum[0, 0] = 0.0
    field = np.fft.ifft2(spectrum).real
    return field / field.std()


def at_points(points: Float[np.ndarray, "n 3"], rng: np.random.Generator, octaves: int = 1) -> np.ndarray:
    """Smooth noise, about in [-1, 1], with features of one unit; each octave halves size and amplitude."""
    total = np.zeros(len(points))
    for octave in range(octaves):
        total += _values(points * 2.0**octave + rng.uniform(0, 64, 3), rng) * 0.5**octave
    return total


def _values(points: Float[np.ndarray, "n 3"], rng: np.random.Generator) -> np.ndarray:
    """Random values at lattice points, interpolated smoothly."""
    table = rng.uniform(-1, 1, (32, 32, 32)).astype(np.float32)
    cell = np.floor(points)
    share = points - cell
    smooth = cell % 32 + share * share * (3 - 2 * share)
    return map_coordinates(table, smooth.T, order=1, mode="grid-wrap")
