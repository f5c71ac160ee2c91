"""Screens: the side that is looked at faces +z, up +y."""

from functools import partial

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import box, cushion, moved, plate, rounded, turned
from chorus_recon.geometry.solid import Chunk, Solid

BODY, SCREEN, ALUMINIUM, KEYS = (30, 30, 34), (70, 104, 140), (176, 178, 184), (48, 50, 54)
BUTTON, RED = (150, 152, 158), (190, 40, 40)


def _slab(width: float, height: float, thick: float, corner: float) -> Chunk:
    """A round-cornered sheet facing z."""
    return plate(rounded(width / 2, height / 2, corner, 20), thick, (0, 0, 0), "z")


def cell_phone(height: float, width: float, thick: float) -> Solid:
    """Smartphone: glass at +z, lenses at the back."""
    made = Solid()
    made.add(_slab(width, height, thick, 0.011), BODY)
    made.add(moved(_slab(width - 0.006, height - 0.008, 0.0008, 0.009), (0, 0, thick / 2)), SCREEN)
    corner = (0.5 * width - 0.02, 0.5 * height - 0.022, -thick / 2 - 0.001)
    made.add(moved(_slab(0.026, 0.026, 0.003, 0.007), corner), KEYS)
    made.anchor("screen", (0, 0, thick / 2), (0, 0, 1))
    made.anchor("back", (0, 0, -thick / 2), (0, 0, -1))
    made.anchor("left_edge", (width / 2, 0, 0), (1, 0, 0))
    made.anchor("right_edge", (-width / 2, 0, 0), (-1, 0, 0))
    made.anchor("base", (0, -height / 2, 0), (0, -1, 0))
    return made


def laptop(width: float, depth: float, opening_rad: float) -> Solid:
    """Open laptop on its base; the user sits at +z. `opening_rad` is the angle between lid and base."""
    made = Solid()
    made.add(moved(turned(_slab(width, depth, 0.012, 0.012), -np.pi / 2), (0, 0.006, 0)), ALUMINIUM)
    made.add(box((0.86 * width, 0.003, 0.42 * depth), (0, 0.0125, -0.12 * depth)), KEYS)
    made.add(box((0.34 * width, 0.002, 0.26 * depth), (0, 0.0125, 0.3 * depth)), BUTTON)
    swing, hinge = np.pi / 2 - opening_rad, (0, 0.012, -depth / 2)
    for chunk, lift, colour in (
        (_slab(width, depth, 0.007, 0.012), 0.0, ALUMINIUM),
        (_slab(0.95 * width, 0.92 * depth, 0.001, 0.006), 0.0035, SCREEN),
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


def remote(length: float, width: float) -> Solid:
    """Remote control: length along y, buttons at +z, the end that points at +y."""
    made = Solid()
    made.add(turned(cushion((width, 0.02, length), (0, 0, 0), 0.006, 20, 0.016), np.pi / 2), BODY)
    for row, y in enumerate(np.linspace(0.36, -0.3, 7) * length):
        for x in (-0.27 * width, 0.0, 0.27 * width):
            key = box((0.19 * width, 0.04 * length, 0.004), (x, y, 0.011))
            made.add(key, RED if row == 0 and x < 0 else BUTTON)
    made.anchor("grip", (0, -0.2 * length, -0.01), (0, 1, 0))
    made.anchor("tip", (0, length / 2, 0), (0, 1, 0))
    return made


# Phones of 5.4 to 6.9 inches; laptops of 12 to 17 inches.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "cell_phone": (
        Template(
            cell_phone, {"height": (0.148, 0.008), "width": (0.072, 0.003), "thick": (0.0095, 0.0012)}, "none"
        ),
    ),
    "laptop": (
        Template(
            laptop, {"width": (0.335, 0.025), "depth": (0.232, 0.015), "opening_rad": (1.87, 0.15)}, "none"
        ),
        Template(
            partial(laptop, opening_rad=0.03),
            {"width": (0.335, 0.025), "depth": (0.232, 0.015)},
            "none",
            kind="closed_laptop",
        ),
    ),
    "remote": (Template(remote, {"length": (0.175, 0.022), "width": (0.046, 0.004)}, "none", 0.05),),
}
