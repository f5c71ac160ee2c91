"""The template mesh of a mobile phone: the screen at +z, the top at +y."""

from chorus_recon.categories.primitives import slab
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import moved
from chorus_recon.geometry.meshes.solid import Solid

BODY, SCREEN, LENS = (30, 30, 34), (70, 104, 140), (48, 50, 54)


def cell_phone(height: float, width: float, thick: float) -> Solid:
    """A smartphone with lenses at the back."""
    made = Solid()
    made.add(slab(width, height, thick, 0.011), BODY)
    made.add(moved(slab(width - 0.006, height - 0.008, 0.0008, 0.009), (0, 0, thick / 2)), SCREEN)
    corner = (0.5 * width - 0.02, 0.5 * height - 0.022, -thick / 2 - 0.001)
    made.add(moved(slab(0.026, 0.026, 0.003, 0.007), corner), LENS)
    made.anchor("screen", (0, 0, thick / 2), (0, 0, 1))
    made.anchor("back", (0, 0, -thick / 2), (0, 0, -1))
    made.anchor("left_edge", (width / 2, 0, 0), (1, 0, 0))
    made.anchor("right_edge", (-width / 2, 0, 0), (-1, 0, 0))
    made.anchor("base", (0, -height / 2, 0), (0, -1, 0))
    return made


# Phones of 5.4 to 6.9 inches.
TEMPLATES: tuple[Template, ...] = (
    Template(
        cell_phone,
        {"height": (0.148, 0.008), "width": (0.072, 0.003), "thick": (0.0095, 0.0012)},
        symmetry="none",
    ),
)
