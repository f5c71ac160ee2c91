"""The template meshes of a laptop, open and closed: the screen faces +z, where the user sits."""

from functools import partial

import numpy as np

from chorus_recon.categories.primitives import slab
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, moved, turned
from chorus_recon.geometry.meshes.solid import Solid

SCREEN, ALUMINIUM, KEYS, TOUCHPAD = (70, 104, 140), (176, 178, 184), (48, 50, 54), (150, 152, 158)


def laptop(width: float, depth: float, opening_rad: float) -> Solid:
    """A laptop on its base. `opening_rad` is the angle between lid and base."""
    made = Solid()
    made.add(moved(turned(slab(width, depth, 0.012, 0.012), -np.pi / 2), (0, 0.006, 0)), ALUMINIUM)
    made.add(box((0.86 * width, 0.003, 0.42 * depth), (0, 0.0125, -0.12 * depth)), KEYS)
    made.add(box((0.34 * width, 0.002, 0.26 * depth), (0, 0.0125, 0.3 * depth)), TOUCHPAD)
    swing, hinge = np.pi / 2 - opening_rad, (0, 0.012, -depth / 2)
    for chunk, lift, colour in (
        (slab(width, depth, 0.007, 0.012), 0.0, ALUMINIUM),
        (slab(0.95 * width, 0.92 * depth, 0.001, 0.006), 0.0035, SCREEN),
    ):
        made.add(moved(turned(moved(chunk, (0, depth / 2, lift)), swing), hinge), colour)
    middle = (0.0, 0.012 + depth / 2 * np.cos(swing), -depth / 2 + depth / 2 * np.sin(swing))
    for side, s in (("left", -1), ("right", 1)):  # of the user, who looks towards -z
        made.anchor(f"{side}_hand", (0.2 * s * width, 0.014, 0.12 * depth), (0, 1, 0))
    made.anchor("keyboard", (0, 0.014, -0.1 * depth), (0, 1, 0))
    made.anchor("palm_rest", (0, 0.012, 0.35 * depth), (0, 1, 0))
    made.anchor("base", (0, 0, 0), (0, -1, 0))
    made.anchor("screen", middle, (0, 0, 1))
    return made


# Laptops of 12 to 17 inches.
TEMPLATES: tuple[Template, ...] = (
    Template(
        laptop,
        {"width": (0.335, 0.025), "depth": (0.232, 0.015), "opening_rad": (1.87, 0.15)},
        symmetry="none",
    ),
    Template(
        partial(laptop, opening_rad=0.03),
        {"width": (0.335, 0.025), "depth": (0.232, 0.015)},
        symmetry="none",
        kind="closed_laptop",
    ),
)
