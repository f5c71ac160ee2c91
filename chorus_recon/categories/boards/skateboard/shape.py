"""The template mesh of a skateboard: the nose at +z, the deck facing +y."""

import numpy as np

from chorus_recon.categories.boards.shared_shape import board, board_anchors, stations
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import cushion, lathe, tube
from chorus_recon.geometry.meshes.solid import Solid

WOOD, GRIP, STEEL, WHEEL = (196, 148, 92), (52, 52, 56), (150, 152, 158), (226, 220, 204)


def skateboard(length: float, width: float, wheel_radius: float) -> Solid:
    """A deck with raised ends, two trucks and four wheels."""
    made = Solid()
    u = stations(27)
    kick = np.clip((np.abs(u) - 0.66) / 0.34, 0, None)
    half = width / 2 * np.sqrt(np.clip(1 - np.clip((np.abs(u) - 0.7) / 0.3, 0, 1) ** 2.2, 0.01, 1))
    board(made, u * length / 2, half, 0.052 * kick**1.2, 0.014, GRIP, WOOD)
    below = -0.045 - wheel_radius
    for side in (-1, 1):
        z = side * 0.27 * length
        made.add(cushion((0.055, 0.012, 0.08), (0, -0.012, z), 0.003, 12), STEEL)
        made.add(tube([(0, -0.015, z - 0.02 * side), (0, below, z + 0.005 * side)], [0.024, 0.016], 8), STEEL)
        hanger = np.array([-0.36, -0.3, 0.3, 0.36]) * width
        made.add(tube([(x, below, z) for x in hanger], [0.008, 0.015, 0.015, 0.008], 8), STEEL)
        made.add(tube([(-0.5 * width, below, z), (0.5 * width, below, z)], 0.004, 6), STEEL)
        for x in (-0.42 * width, 0.42 * width):
            radii = np.array([0.45, 0.8, 1.0, 1.0, 0.8, 0.45]) * wheel_radius
            heights = [-0.017, -0.017, -0.010, 0.010, 0.017, 0.017]
            made.add(lathe(radii, heights, 14, "x", (x, below, z)), WHEEL)
    board_anchors(made, 0.29 * length, width, 0.007, length, 0.05)
    return made


# Decks on sale are 0.75-0.85 m by 0.19-0.215 m.
TEMPLATES: tuple[Template, ...] = (
    Template(
        skateboard,
        {"length": (0.80, 0.035), "width": (0.205, 0.009), "wheel_radius": (0.027, 0.003)},
        symmetry="y180",
        upright=0.2,
    ),
)
