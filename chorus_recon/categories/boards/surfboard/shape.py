"""The template mesh of a surfboard: the nose at +z, the deck facing +y."""

import numpy as np

from chorus_recon.categories.boards.shared_shape import board, board_anchors, stations
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import plate
from chorus_recon.geometry.meshes.solid import Solid

FOAM, RAIL, STRINGER, FIN = (238, 234, 222), (222, 226, 230), (204, 92, 60), (70, 78, 92)


def surfboard(length: float, width: float, thick: float, rocker: float) -> Solid:
    """A board with three fins. Longer boards have rounder noses; `rocker` is the height of the nose."""
    made = Solid()
    u = stations(33)
    forward = np.clip((u - 0.1) / 0.9, 0, 1)
    aft = np.clip((-0.1 - u) / 0.9, 0, 1)
    fullness = 2.3 + 1.1 * (length - 2.15)
    half = width / 2 * (1 - forward**fullness) ** 0.72 * (1 - 0.72 * aft**2.6)
    half = np.maximum(half, 0.006)
    half[0] *= 0.45
    half[1] *= 0.85
    lift = rocker * np.clip(u, 0, None) ** 3 + 0.4 * rocker * np.clip(-u, 0, None) ** 3
    slab = thick * np.clip(1 - 0.82 * np.abs(u) ** 2.4, 0.12, 1)
    board(made, u * length / 2, half, lift, slab, FOAM, RAIL)
    s = np.linspace(-0.86, 0.8, 12)
    above = np.interp(s, u, lift + slab / 2)
    board(made, s * length / 2, np.full(12, 0.005), above, 0.004, STRINGER, STRINGER)
    fin = np.array([(0, -0.05), (0, 0.07), (-0.07, -0.01), (-0.115, -0.115), (-0.11, -0.13), (-0.06, -0.11)])
    for x, at in ((0.0, -0.9), (-0.29, -0.76), (0.29, -0.76)):
        base = np.interp(at, u, lift - 0.3 * slab)
        made.add(plate(fin, 0.008, (x * width, base, at * length / 2)), FIN)
    board_anchors(made, 0.16 * length, width, thick / 2, length, rocker, back=0.3)
    return made


# From shortboards of 1.8 m to longboards of 2.75 m.
TEMPLATES: tuple[Template, ...] = (
    Template(
        surfboard,
        {"length": (2.15, 0.30), "width": (0.53, 0.03), "thick": (0.065, 0.007), "rocker": (0.10, 0.025)},
        symmetry="none",
        upright=0.2,
    ),
)
