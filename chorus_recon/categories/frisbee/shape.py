"""The template mesh of a frisbee: the top at +y, hollow below."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe
from chorus_recon.geometry.meshes.solid import Solid, two_tone

DISC, DISC_RIM = (236, 122, 40), (214, 96, 24)


def frisbee(diameter: float, depth: float) -> Solid:
    """A flying disc."""
    made = Solid()
    radii = [0.02, 0.6, 0.88, 0.925, 0.945, 0.965, 0.99, 1.0, 0.99, 0.95, 0.88, 0.6, 0.3, 0.02]
    heights = [0.4, 0.36, 0.22, 0.05, -0.45, -0.5, -0.42, -0.15, 0.05, 0.24, 0.36, 0.46, 0.495, 0.5]
    vertices, faces = lathe([diameter / 2 * r for r in radii], [depth * y for y in heights], 40)
    lip = np.isin(faces // 40, (4, 5, 6, 7, 8)).all(1)
    made.add((vertices, faces), two_tone(lip, DISC_RIM, DISC))
    made.anchor("rim", (0, -0.2 * depth, -0.485 * diameter), (0, 0, -1))
    made.anchor("rim_opposite", (0, -0.2 * depth, 0.485 * diameter), (0, 0, 1))
    made.anchor("center", (0, 0, 0), (0, 1, 0))
    return made


# Sport discs are 0.274 m across, toys 0.20-0.27 m.
TEMPLATES: tuple[Template, ...] = (
    Template(frisbee, {"diameter": (0.262, 0.018), "depth": (0.031, 0.003)}, symmetry="axis_y"),
)
