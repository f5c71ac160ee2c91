"""The template mesh of a mug: the rim at +y, the handle at +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import curve, lathe, tube
from chorus_recon.geometry.meshes.solid import Solid

CHINA = (226, 222, 210)


def cup(height: float, diameter: float) -> Solid:
    """A mug with a handle at +z."""
    made = Solid()
    r = diameter / 2
    radii = np.array([0.8, 0.95, 1.0, 1.0, 0.92, 0.9, 0.86, 0.05])
    place = np.array([0.0, 0.03, 0.2, 1.0, 1.0, 0.2, 0.09, 0.07])
    made.add(lathe(r * radii, height * (place - 0.5), 24), CHINA)
    ear = [
        (0, 0.3 * height, 0.95 * r),
        (0, 0.3 * height, 1.45 * r),
        (0, 0.02 * height, 1.65 * r),
        (0, -0.24 * height, 1.4 * r),
        (0, -0.26 * height, 0.95 * r),
    ]
    made.add(tube(curve(ear, 13), 0.0065, 7), CHINA)
    made.anchor("handle", (0, 0.02 * height, 1.62 * r), (0, 1, 0))
    made.anchor("rim", (0, height / 2, 0), (0, 1, 0))
    made.anchor("side", (0, 0, -r), (0, 0, -1))
    return made


TEMPLATES: tuple[Template, ...] = (
    Template(cup, {"height": (0.096, 0.008), "diameter": (0.082, 0.005)}, symmetry="none", scale_sd=0.05),
)
