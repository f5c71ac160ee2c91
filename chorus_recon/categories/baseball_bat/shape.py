"""The template mesh of a baseball bat: the knob at -y, the barrel at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe
from chorus_recon.geometry.meshes.solid import Solid, two_tone

WOOD, KNOB = (206, 164, 108), (60, 52, 48)


def baseball_bat(length: float, barrel_radius: float) -> Solid:
    """A bat with a knob, a thin handle and a barrel."""
    made = Solid()
    top = length / 2
    place = np.array([0.0, 0.004, 0.016, 0.024, 0.1, 0.3, 0.45, 0.6, 0.72, 0.92, 0.975, 0.995, 1.0])
    slim = np.array([0.6, 0.95, 0.95, 0.52, 0.5, 0.5, 0.6, 0.8, 0.95, 1.0, 0.96, 0.7, 0.2])
    vertices, faces = lathe(barrel_radius * slim, length * place - top, 20)
    taped = (faces // 20).max(1) <= 5
    made.add((vertices, faces), two_tone(taped, KNOB, WOOD))
    made.anchor("grip", (0, -top + 0.11, 0), (0, 1, 0))
    made.anchor("upper_grip", (0, -top + 0.2, 0), (0, 1, 0))
    made.anchor("barrel", (0, 0.36 * length, 0), (0, 1, 0))
    return made


# Bats are 0.76-0.86 m long, their barrels 57-70 mm across.
TEMPLATES: tuple[Template, ...] = (
    Template(baseball_bat, {"length": (0.82, 0.03), "barrel_radius": (0.032, 0.002)}, symmetry="axis_y"),
)
