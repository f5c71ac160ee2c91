"""The template meshes of a pair of skis: the tips at +z, the upper sides facing +y."""

import numpy as np

from chorus_recon.categories.boards.shared_shape import board, stations
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import cushion
from chorus_recon.geometry.meshes.solid import Solid

TOP, BASE, BINDING, PLATE = (204, 52, 48), (36, 40, 52), (34, 34, 38), (84, 86, 92)


def skis(length: float, width: float, spacing: float, stagger: float, wedge: float) -> Solid:
    """A pair of skis with bindings.

    Args:
        length: of each ski, metres.
        width: of the tips, metres.
        spacing: distance between the middles of the skis, metres.
        stagger: how far the left ski is ahead, metres.
        wedge: how far each ski is turned inwards, radians.
    """
    made = Solid()
    u = stations(29)
    tip = np.clip((u - 0.78) / 0.22, 0, 1)
    tail = np.clip((-u - 0.94) / 0.06, 0, 1)
    cut = 0.68 + 0.32 * np.clip(np.abs(u) / 0.8, 0, 1) ** 2
    half = width / 2 * cut * np.sqrt(np.clip(1 - tip**2.4, 0.01, 1)) * (1 - 0.25 * tail)
    height = 0.09 * tip**1.7 + 0.012 * tail + 0.006 * (1 - u**2)
    for side in (1, -1):
        ski = Solid()
        board(ski, u * length / 2, half, height, 0.014, TOP, BASE)
        ski.add(cushion((0.062, 0.035, 0.085), (0, 0.033, 0.1), 0.008, 12), BINDING)
        ski.add(cushion((0.066, 0.05, 0.11), (0, 0.04, -0.22), 0.01, 12), BINDING)
        ski.add(cushion((0.05, 0.02, 0.42), (0, 0.02, -0.06), 0.004, 12), PLATE)
        turn = np.array(
            [[np.cos(wedge), 0, side * np.sin(wedge)], [0, 1, 0], [-side * np.sin(wedge), 0, np.cos(wedge)]]
        )
        shift = np.array([side * spacing / 2, 0, side * stagger / 2])
        for vertices, faces, colours in zip(ski.vertices, ski.faces, ski.colours, strict=True):
            made.add((vertices @ turn + shift, faces - faces.min()), colours)
        name = "left" if side > 0 else "right"
        x, z = side * spacing / 2, side * stagger / 2
        made.anchor(f"{name}_foot", (x, 0.045, z - 0.06), (0, 1, 0))
        made.anchor(
            f"{name}_tip",
            (x - side * np.sin(wedge) * length / 2, 0.09, z + length / 2 * np.cos(wedge)),
            (0, 0, 1),
        )
    return made


def _skis(kind: str = "", **apart: tuple[float, float]) -> Template:
    sizes = {"length": (1.66, 0.09), "width": (0.118, 0.008), **apart}
    return Template(skis, sizes, symmetry="none", upright=0.2, kind=kind)


# Adults' skis are 1.5-1.85 m long.
TEMPLATES: tuple[Template, ...] = (
    _skis(spacing=(0.25, 0.04), stagger=(0.0, 0.08), wedge=(0.0, 0.03)),
    _skis("skating_skis", spacing=(0.74, 0.08), stagger=(0.0, 0.15), wedge=(-0.4, 0.08)),
    _skis("snowplough_skis", spacing=(0.72, 0.06), stagger=(0.0, 0.02), wedge=(0.32, 0.05)),
    _skis("carried_skis", spacing=(0.13, 0.006), stagger=(0.0, 0.01), wedge=(0.0, 0.002)),
)
