"""The template meshes of a kite: the nose at +y, the face towards the flyer at +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import plate, tube
from chorus_recon.geometry.meshes.solid import Chunk, Solid

RED, YELLOW, BLUE, SPAR, LINE = (206, 52, 48), (240, 190, 50), (48, 98, 186), (70, 60, 56), (226, 224, 216)
_THICK = 0.006
_CROSS = 0.2  # how far above the middle the spars cross, in heights


def diamond(height: float, width: float, tail: float) -> Solid:
    """A diamond kite: two halves on crossed spars, and a tail with bows."""
    made = Solid()
    top, bottom, cross = (0, 0.5 * height), (0, -0.5 * height), _CROSS * height
    made.add(_sail([top, (-width / 2, cross), bottom]), RED)
    made.add(_sail([bottom, (width / 2, cross), top]), YELLOW)
    made.add(tube([(0, -0.5 * height, -0.006), (0, 0.5 * height, -0.006)], 0.004, 6), SPAR)
    made.add(tube([(-width / 2, cross, -0.008), (width / 2, cross, -0.008)], 0.004, 6), SPAR)
    made.add(tube([(0, -0.5 * height, 0), (0.02, -0.5 * height - tail, 0)], 0.003, 5), LINE)
    for k in range(3):
        y = -0.5 * height - tail * (0.3 + 0.33 * k)
        x = 0.02 * (0.3 + 0.33 * k)
        for side in (-1, 1):
            bow = [(x, y), (x + side * 0.045, y + 0.025), (x + side * 0.045, y - 0.025)]
            made.add(_sail(bow if side < 0 else bow[::-1]), BLUE)
    _anchors(made, height, width, cross)
    return made


def delta(height: float, width: float, keel: float) -> Solid:
    """A delta kite: a swept wing with a keel, where the line is tied."""
    made = Solid()
    nose, tail, low = (0, 0.5 * height), (0, -0.5 * height), -0.22 * height
    made.add(_sail([nose, (-width / 2, low), tail]), BLUE)
    made.add(_sail([tail, (width / 2, low), nose]), YELLOW)
    made.add(
        plate(np.array([(0.35 * height, 0), (-0.3 * height, 0), (0, keel)])[::-1], _THICK, (0, 0, 0)), RED
    )
    for x in (-1, 1):
        made.add(tube([(0, 0.5 * height, -0.006), (x * width / 2, low, -0.006)], 0.004, 6), SPAR)
    made.add(
        tube([(-0.3 * width, 0.02 * height, -0.008), (0.3 * width, 0.02 * height, -0.008)], 0.004, 6), SPAR
    )
    _anchors(made, height, width, 0.02 * height)
    return made


def on_line(height: float, width: float, line: float) -> Solid:
    """A flying diamond kite with the last `line` metres of its string, up to the hand."""
    made = diamond(height, width, 0.5 * height)
    start = np.array((0.0, 0.5 * _CROSS * height, 0.0))
    end = start + line * np.array((0.0, -0.5, 0.87))
    made.add(tube([tuple(start), tuple(end)], 0.003, 5), LINE)
    made.anchor("grip", tuple(end), (0, -0.5, 0.75**0.5))
    return made


def _sail(outline: list[tuple[float, float]]) -> Chunk:
    return plate(np.array(outline), _THICK, (0, 0, 0), "z")


def _anchors(made: Solid, height: float, width: float, cross: float) -> None:
    made.anchor("middle", (0, cross, 0), (0, 0, -1))
    made.anchor("nose", (0, 0.46 * height, 0), (0, 1, 0))
    for name, s in (("left_spar", 1), ("right_spar", -1)):
        made.anchor(name, (s * 0.27 * width, cross, 0), (s, 0, 0))


_FACE = {"height": (0.78, 0.08), "width": (0.74, 0.08)}
TEMPLATES: tuple[Template, ...] = (
    Template(on_line, _FACE | {"line": (0.95, 0.03)}, symmetry="none", scale_sd=0.03, kind="flying_kite"),
    Template(diamond, _FACE | {"tail": (0.4, 0.04)}, symmetry="none", scale_sd=0.05, kind="diamond_kite"),
    Template(
        delta,
        {"height": (0.72, 0.06), "width": (1.35, 0.13), "keel": (0.2, 0.02)},
        symmetry="none",
        scale_sd=0.05,
        kind="delta_kite",
    ),
)
