"""The template meshes of a cap, a brimmed hat and a beanie: up +y, the face at +z, the opening at y = 0."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe, plank
from chorus_recon.geometry.meshes.solid import Chunk, Rgb, Solid

NAVY, RED, STRAW, RIBBON, WOOL = (44, 58, 104), (176, 48, 44), (214, 184, 122), (70, 52, 40), (92, 104, 96)
_ROUND = 0.79  # a head's breadth over its length
_SIDES = 28


def cap(length: float, height: float, peak: float) -> Solid:
    """A baseball cap with a button on top and a peak that curves down to the sides."""
    made = Solid()
    _crown(made, length, height, 0.62, NAVY)
    made.add(lathe([0.009, 0.007], [height - 0.003, height + 0.004], 10), RED)
    z = np.linspace(0.36 * length, 0.5 * length + peak, 9)
    along = (z - z[0]) / (z[-1] - z[0])
    made.add(plank(z, 0.092 * np.sqrt(1.02 - along**2.5), 0.004 - 0.028 * along, 0.004), RED)
    _anchors(made, length, height, peak, 0.06, -0.02)
    return made


def brimmed(length: float, height: float, brim: float) -> Solid:
    """A hat with a flat-topped crown, a ribbon and a brim all around."""
    made = Solid()
    _crown(made, length, height, 0.3, STRAW)
    made.add(_oval([0.508, 0.511, 0.509, 0.503], [0.001, 0.004, 0.024, 0.027], length), RIBBON)
    reach = 0.5 + brim / length
    made.add(_oval([0.45, reach, reach, 0.45], [-0.005, -0.016, -0.012, -0.001], length), STRAW)
    _anchors(made, length, height, brim, 0.5 * _ROUND * length + 0.9 * brim, -0.014)
    return made


def beanie(length: float, height: float, cuff: float) -> Solid:
    """A knitted cap with a cuff of height `cuff`."""
    made = Solid()
    _crown(made, length, height, 0.8, WOOL)
    made.add(_oval([0.5, 0.535, 0.535, 0.5], [-0.012, -0.006, cuff - 0.016, cuff - 0.01], length), NAVY)
    _anchors(made, length, height, 0.01, 0.5 * _ROUND * length, 0.02)
    return made


def _oval(radii: list[float], heights: list[float], length: float) -> Chunk:
    """A solid of revolution, narrowed to the outline of a head. `radii` are fractions of its length."""
    vertices, faces = lathe(np.asarray(radii) * length, heights, _SIDES)
    return vertices * [_ROUND, 1.0, 1.0], faces


def _crown(made: Solid, length: float, height: float, power: float, rgb: Rgb) -> None:
    """A dome. A smaller `power` makes its walls steeper and its top flatter."""
    up = np.linspace(0.0, 1.0, 10)
    radii = 0.5 * np.maximum((1 - up**2) ** (0.5 * power), 0.08)
    made.add(_oval(list(radii), list(height * up), length), rgb)


def _anchors(made: Solid, length: float, height: float, brim: float, side: float, level: float) -> None:
    made.anchor("brow", (0, 0.0, 0.5 * length - 0.008), (0, 0, 1))
    made.anchor("nape", (0, 0.0, 0.008 - 0.5 * length), (0, 0, -1))
    made.anchor("crown", (0, height - 0.012, 0), (0, 1, 0))
    made.anchor("brim", (0, level, 0.49 * length + brim), (0, 0, 1))
    for name, s in (("left_brim", 1), ("right_brim", -1)):
        made.anchor(name, (s * side, 0.6 * level, 0.2 * length), (s, 0, 0))


# Outer sizes of caps for heads of 54 to 61 cm round.
TEMPLATES: tuple[Template, ...] = (
    Template(
        cap,
        {"length": (0.212, 0.006), "height": (0.115, 0.008), "peak": (0.07, 0.004)},
        symmetry="none",
        scale_sd=0.02,
        kind="cap",
    ),
    Template(
        brimmed,
        {"length": (0.21, 0.006), "height": (0.11, 0.008), "brim": (0.075, 0.014)},
        symmetry="none",
        scale_sd=0.02,
        kind="brimmed_hat",
    ),
    Template(
        beanie,
        {"length": (0.208, 0.006), "height": (0.135, 0.012), "cuff": (0.06, 0.006)},
        symmetry="none",
        scale_sd=0.02,
        kind="beanie",
    ),
)
