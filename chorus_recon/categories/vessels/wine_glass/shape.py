"""The template mesh of a wine glass: the rim at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe
from chorus_recon.geometry.meshes.solid import Solid, two_tone

GLASS, WINE = (206, 218, 224), (126, 28, 52)


def wine_glass(height: float, diameter: float) -> Solid:
    """A stemmed glass, partly filled."""
    made = Solid()
    r = diameter / 2
    outside = [
        (0.0, 0.85),
        (0.012, 0.86),
        (0.03, 0.3),
        (0.06, 0.12),
        (0.2, 0.095),
        (0.42, 0.1),
        (0.46, 0.3),
        (0.52, 0.72),
        (0.6, 0.95),
        (0.68, 1.0),
        (0.84, 0.94),
        (1.0, 0.82),
    ]
    inside = [(0.995, 0.79), (0.84, 0.91), (0.68, 0.97), (0.6, 0.92), (0.52, 0.69), (0.47, 0.25)]
    profile = [(h, r * t) for h, t in outside + inside]
    vertices, faces = lathe([t for _, t in profile], [height * (h - 0.5) for h, _ in profile], 24)
    full = np.isin(faces // 24, (6, 7, 8, 9, 14, 15, 16, 17)).all(1)
    made.add((vertices, faces), two_tone(full, WINE, GLASS))
    made.anchor("stem", (0, -0.2 * height, 0), (0, 1, 0))
    made.anchor("bowl", (0, 0.16 * height, 0), (0, 1, 0))
    made.anchor("rim", (0, 0.5 * height, 0), (0, 1, 0))
    return made


TEMPLATES: tuple[Template, ...] = (
    Template(
        wine_glass, {"height": (0.215, 0.016), "diameter": (0.083, 0.007)}, symmetry="axis_y", scale_sd=0.04
    ),
)
