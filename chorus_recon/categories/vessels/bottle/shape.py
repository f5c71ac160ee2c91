"""The template mesh of a bottle: the mouth at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe
from chorus_recon.geometry.meshes.solid import Solid, two_tone

PET, CAP, LABEL = (150, 196, 214), (52, 96, 168), (232, 226, 206)


def bottle(height: float, diameter: float) -> Solid:
    """A drinks bottle with a cap and a label."""
    made = Solid()
    r = diameter / 2
    radii = np.array([0.7, 0.95, 1.0, 1.0, 1.0, 1.0, 0.97, 0.8, 0.5, 0.38, 0.37, 0.3])
    place = np.array([0.0, 0.012, 0.05, 0.28, 0.281, 0.6, 0.66, 0.76, 0.86, 0.9, 0.96, 0.962])
    vertices, faces = lathe(r * radii, height * (place - 0.5), 24)
    label = np.isin(faces // 24, (4, 5)).all(1)
    made.add((vertices, faces), two_tone(label, LABEL, PET))
    made.add(
        lathe([0.4 * r, 0.43 * r, 0.43 * r, 0.38 * r], [height * p for p in (0.43, 0.435, 0.49, 0.5)], 16),
        CAP,
    )
    made.anchor("grip", (0, 0, 0), (0, 1, 0))
    made.anchor("mouth", (0, height / 2, 0), (0, 1, 0))
    made.anchor("base", (0, -height / 2, 0), (0, -1, 0))
    return made


TEMPLATES: tuple[Template, ...] = (
    Template(bottle, {"height": (0.23, 0.025), "diameter": (0.068, 0.006)}, symmetry="axis_y", scale_sd=0.05),
)
