"""The template meshes of a golf club: the grip at -y, the head at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import ellipsoid, plate, tube
from chorus_recon.geometry.meshes.solid import Solid

HANDLE, CLUB, IRON = (40, 40, 44), (150, 152, 158), (96, 98, 104)


def golf_club(length: float, head_length: float) -> Solid:
    """An iron: its head reaches towards +x, its face towards +z."""
    made = Solid()
    top = length / 2
    made.add(tube([(0, -top, 0), (0, -top + 0.27, 0)], [0.0135, 0.0095], 8), HANDLE)
    made.add(tube([(0, -top + 0.26, 0), (0, top - 0.02, 0)], [0.0075, 0.0045], 8), CLUB)
    side = np.array(
        [(-0.13, 0.02), (-0.13, -0.02), (0.4, -0.034), (0.9, -0.036), (1.05, -0.012), (1.0, 0.022)]
    )
    made.add(plate(side * [head_length, 1.0] + [0, top - 0.03], 0.026, (0, 0, 0), "z"), IRON)
    made.anchor("grip", (0, -top + 0.08, 0), (0, 1, 0))
    made.anchor("lower_grip", (0, -top + 0.17, 0), (0, 1, 0))
    made.anchor("head", (0.5 * head_length, top - 0.03, 0), (0, 0, 1))
    return made


def driver(length: float, head_length: float) -> Solid:
    """A wood: a golf club with a large round head."""
    made = Solid()
    top = length / 2
    made.add(tube([(0, -top, 0), (0, -top + 0.27, 0)], [0.0135, 0.0095], 8), HANDLE)
    made.add(tube([(0, -top + 0.26, 0), (0, top - 0.03, 0)], [0.0075, 0.0045], 8), CLUB)
    radii = (head_length / 2, 0.031, 0.46 * head_length)
    made.add(ellipsoid(radii, (0.4 * head_length, top - 0.031, -0.02), 14, 9), HANDLE)
    made.anchor("grip", (0, -top + 0.08, 0), (0, 1, 0))
    made.anchor("lower_grip", (0, -top + 0.17, 0), (0, 1, 0))
    made.anchor("head", (0.4 * head_length, top - 0.03, 0.02), (0, 0, 1))
    return made


# Clubs are 0.86-1.15 m long.
TEMPLATES: tuple[Template, ...] = (
    Template(golf_club, {"length": (0.98, 0.07), "head_length": (0.085, 0.01)}, symmetry="none"),
    Template(driver, {"length": (1.12, 0.03), "head_length": (0.115, 0.008)}, symmetry="none", kind="driver"),
)
