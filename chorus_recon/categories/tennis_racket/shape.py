"""The template mesh of a tennis racket: the grip at -y, the head at +y, its face along z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import circle, curve, lathe, sweep, tube
from chorus_recon.geometry.meshes.solid import Solid

FRAME, STRING, BED, HANDLE = (200, 44, 48), (236, 232, 214), (206, 206, 184), (40, 40, 44)


def tennis_racket(length: float, head_width: float, head_length: float) -> Solid:
    """A racket with a strung oval head, an open throat and a grip."""
    made = Solid()
    top = length / 2
    beam = circle(8) * [0.0115, 0.006]  # deep across the face, slim in it
    a, b = head_width / 2 - 0.006, head_length / 2 - 0.006
    middle = top - b - 0.006
    unit = circle(40)
    oval = np.column_stack([a * unit[:, 0], middle + b * unit[:, 1], np.zeros(40)])
    made.add(sweep(oval, beam, up=(0, 0, 1), closed=True), FRAME)
    join = -top + 0.33 * length
    for side in (-1, 1):
        knots = [
            (0.74 * a, middle - 0.67 * b),
            (0.43 * a, middle - 1.13 * b),
            (0.016, join + 0.03),
            (0.008, join),
        ]
        path = curve([(side * x, y, 0.0) for x, y in knots], 9)
        made.add(sweep(path, beam, up=(0, 0, 1)), FRAME)
    made.add(tube([(0, join + 0.03, 0), (0, join, 0), (0, -top + 0.2, 0)], [0.007, 0.013, 0.014], 8), FRAME)
    grip = [(0, -top + y, 0) for y in (0.205, 0.2, 0.025, 0.012, 0.0)]
    made.add(tube(grip, [0.014, 0.0165, 0.0165, 0.0195, 0.0195], 8), HANDLE)
    _strings(made, a, b, middle)
    made.anchor("grip", (0, -top + 0.09, 0), (0, 1, 0))
    made.anchor("throat", (0, join, 0), (0, 1, 0))
    made.anchor("head", (0, middle, 0), (0, 0, 1))
    made.anchor("butt", (0, -top, 0), (0, -1, 0))
    return made


def _strings(made: Solid, a: float, b: float, middle: float) -> None:
    """Crossed strings on a thin closed lens, because masks of rackets include the string bed."""
    vertices, faces = lathe(
        [0.05, 0.4, 0.75, 1.0, 0.75, 0.4, 0.05], np.array([-1, -1, -1, 0, 1, 1, 1]) * 5e-4, 24, "z"
    )
    made.add((vertices * np.array([a, b, 1]) + np.array([0, middle, 0]), faces), BED)
    for t in np.linspace(-1, 1, 16)[1:-1]:
        reach = np.sqrt(1 - t * t)
        made.add(tube([(t * a, middle - b * reach, 0), (t * a, middle + b * reach, 0)], 0.0018, 3), STRING)
    for t in np.linspace(-1, 1, 19)[1:-1]:
        reach = np.sqrt(1 - t * t)
        made.add(tube([(-a * reach, middle + t * b, 0), (a * reach, middle + t * b, 0)], 0.0018, 3), STRING)


# Nearly all rackets are 0.685 m long; the rules allow 0.737 m.
TEMPLATES: tuple[Template, ...] = (
    Template(
        tennis_racket,
        {"length": (0.685, 0.006), "head_width": (0.262, 0.010), "head_length": (0.345, 0.010)},
        symmetry="y180",
        scale_sd=0.02,
    ),
)
