"""The template mesh of a remote control: the buttons at +z, the end that is pointed at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, cushion, turned
from chorus_recon.geometry.meshes.solid import Solid

BODY, BUTTON, RED = (30, 30, 34), (150, 152, 158), (190, 40, 40)


def remote(length: float, width: float) -> Solid:
    """A bar with rows of buttons."""
    made = Solid()
    made.add(turned(cushion((width, 0.02, length), (0, 0, 0), 0.006, 20, 0.016), np.pi / 2), BODY)
    for row, y in enumerate(np.linspace(0.36, -0.3, 7) * length):
        for x in (-0.27 * width, 0.0, 0.27 * width):
            key = box((0.19 * width, 0.04 * length, 0.004), (x, y, 0.011))
            made.add(key, RED if row == 0 and x < 0 else BUTTON)
    made.anchor("grip", (0, -0.2 * length, -0.01), (0, 1, 0))
    made.anchor("tip", (0, length / 2, 0), (0, 1, 0))
    return made


TEMPLATES: tuple[Template, ...] = (
    Template(remote, {"length": (0.175, 0.022), "width": (0.046, 0.004)}, symmetry="none", scale_sd=0.05),
)
