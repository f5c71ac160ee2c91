"""The template mesh of a tied necktie: up +y, the front at +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import curve, loft
from chorus_recon.geometry.meshes.solid import Solid

SILK, KNOT = (46, 62, 122), (38, 52, 106)
_THICK = 0.006
_OFF = 0.028  # in front of the middle of the chest, which is hollow


def tie(length: float, width: float, swell: float) -> Solid:
    """Blade and knot. `swell` is how far the chest pushes the blade forward of the knot."""
    made = Solid()
    knots = [
        (0.0, 0.0),
        (-0.06, 0.35 * swell),
        (-0.17, swell),
        (-0.62 * length, 1.2 * swell),
        (-length, 1.3 * swell),
    ]
    path = curve([(0.0, y, z) for y, z in knots], 15)[:, 1:]
    along = np.linspace(0, 1, len(path))
    half = np.interp(along, [0, 0.12, 0.88, 1.0], [0.014, 0.018, width / 2, 0.004])
    made.add(_strip(path, half, _THICK), SILK)
    drop = np.array([(0.022, -0.006), (0.012, 0.002), (-0.02, 0.008), (-0.028, 0.009)])
    made.add(_strip(drop, np.array([0.019, 0.022, 0.015, 0.012]), 0.018), KNOT)
    made.anchor("knot", (0, 0.0, 0.0), (0, 0, 1))
    made.anchor("chest", (0, -0.17, swell - _OFF), (0, 0, -1))
    made.anchor("low", (0, -0.8 * length, 1.24 * swell - _OFF), (0, 0, -1))
    return made


def _strip(path: np.ndarray, half: np.ndarray, thick: float) -> tuple[np.ndarray, np.ndarray]:
    """A flat band along the points (y, z) of `path`, with a half width at each point."""
    rings = []
    for (y, z), w in zip(path[::-1], half[::-1], strict=True):
        t = thick / 2
        rings.append(
            [(w, y, z - t), (-w, y, z - t), (-w, y, z + 0.4 * t), (0, y, z + t), (w, y, z + 0.4 * t)]
        )
    return loft(np.array(rings))


TEMPLATES: tuple[Template, ...] = (
    Template(
        tie,
        {"length": (0.5, 0.03), "width": (0.085, 0.008), "swell": (0.055, 0.012)},
        symmetry="none",
        scale_sd=0.02,
        kind="necktie",
    ),
)
