"""The template mesh of a snowboard with bindings: the nose at +z, the deck facing +y."""

import numpy as np

from chorus_recon.categories.boards.shared_shape import board, board_anchors, stations
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import cushion, tube, wall
from chorus_recon.geometry.meshes.solid import Solid

TOP, BASE, BINDING, STRAP = (58, 92, 168), (36, 40, 52), (34, 34, 38), (84, 86, 92)


def snowboard(length: float, width: float, waist: float) -> Solid:
    """A twin-tip board with two bindings. `waist` is its narrowest width as a fraction of the tips' width."""
    made = Solid()
    u = stations(33)
    tip = np.clip((np.abs(u) - 0.8) / 0.2, 0, 1)
    body = waist + (1 - waist) * np.clip(np.abs(u) / 0.8, 0, 1) ** 2
    half = width / 2 * body * np.sqrt(np.clip(1 - tip**2.2, 0.008, 1))
    board(made, u * length / 2, half, 0.075 * tip**1.6, 0.014, TOP, BASE)
    for z in (-0.17 * length, 0.17 * length):
        made.add(cushion((0.27, 0.022, 0.11), (0, 0.018, z), 0.006), BINDING)
        bow = np.linspace(-1.1, 1.1, 7)  # the high back curves around the heel
        heel = np.stack([-0.05 - 0.07 * np.cos(bow), 0.055 * np.sin(bow)], 1)
        outline = np.concatenate([heel, heel[::-1] * 0.86])
        rings = [(0.028, 1.0, 0.0), (0.09, 1.05, -0.012), (0.15, 0.8, -0.03)]
        skin = np.stack(
            [
                np.column_stack([outline[:, 0] + lean, np.full(14, y), z + s * outline[:, 1]])
                for y, s, lean in rings
            ]
        )
        made.add(wall(skin), BINDING)
        for x, rise in ((-0.03, 0.1), (0.075, 0.075)):
            arch = np.linspace(0, np.pi, 7)
            path = np.stack([np.full(7, x), 0.02 + rise * np.sin(arch), z + 0.058 * np.cos(arch)], 1)
            made.add(tube(path, 0.011, 6), STRAP)
    board_anchors(made, 0.17 * length, width, 0.03, length, 0.07)
    return made


# Adults' snowboards are 1.40-1.65 m long, their tips 0.28-0.31 m wide.
TEMPLATES: tuple[Template, ...] = (
    Template(
        snowboard,
        {"length": (1.53, 0.07), "width": (0.292, 0.012), "waist": (0.85, 0.03)},
        symmetry="y180",
        upright=0.2,
    ),
)
