"""The template meshes of a baseball glove: the pocket faces +z, the fingers +y; a left thumb is at -x."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import curve, loft, tube, wall
from chorus_recon.geometry.meshes.solid import Chunk, Point, Solid

LEATHER, WEB, PAD = (150, 92, 48), (120, 70, 36), (138, 82, 42)
_ARC_RAD = 1.1  # half the arc that the palm bends through, from the thumb's side to the little finger's
# Up the palm, from the heel to the knuckles: height (of the length), half width, and lean towards the pocket.
_PALM = (
    (-0.5, 0.055, 0.022),
    (-0.46, 0.068, 0.014),
    (-0.36, 0.083, 0.006),
    (-0.2, 0.096, 0.0),
    (0.0, 0.105, 0.0),
    (0.14, 0.107, 0.006),
)
# Fingers: place on the arc (-1 is the thumb's side), and where they end (of the length).
_FINGERS = ((-0.38, 0.465), (0.04, 0.5), (0.45, 0.47), (0.84, 0.37))
# Along the thumb: height (of the length), half width and lean of the palm there, and lift off its back.
_THUMB = (
    (-0.3, 0.084, 0.004, 0.017),
    (-0.12, 0.112, 0.014, 0.012),
    (0.06, 0.124, 0.03, 0.006),
    (0.25, 0.122, 0.05, 0.004),
)


def left_glove(length: float, width: float, cup: float) -> Solid:
    """A glove for the left hand. `cup` is the depth of the bent palm."""
    made = Solid()
    wide = width / 0.24

    def at(place: float, y: float, half: float, lean: float, lift: float) -> Point:
        """A point on the bent palm, `lift` away from its back."""
        turn = place * _ARC_RAD
        x = half * np.sin(turn) / np.sin(_ARC_RAD) - lift * np.sin(turn)
        z = cup * (1 - np.cos(turn)) / (1 - np.cos(_ARC_RAD)) + lean + lift * np.cos(turn)
        return wide * x, y * length, z

    across = np.linspace(1, -1, 11)
    rings = np.array(
        [[at(s, *row, 0.0) for s in across] + [at(s, *row, 0.034) for s in across[::-1]] for row in _PALM]
    )
    made.add(wall(rings), LEATHER)
    for place, top in _FINGERS:
        rise = np.linspace(0.04, top, 6)
        curl = 0.006 + 0.05 * ((rise - 0.1).clip(0) / 0.4) ** 1.6
        path = np.array([at(0.95 * place, y, 0.108, c, 0.017) for y, c in zip(rise, curl, strict=True)])
        made.add(tube(path, [0.018, 0.0215, 0.022, 0.021, 0.018, 0.009], 10), LEATHER)
    thumb = curve([at(-0.9, y, *rest) for y, *rest in _THUMB], 7)
    made.add(tube(thumb, [0.018, 0.025, 0.026, 0.025, 0.023, 0.019, 0.009], 10), LEATHER)
    index = [at(-0.4, y, 0.108, lean, 0.017) for y, lean in ((0.1, 0.006), (0.26, 0.022), (0.4, 0.045))]
    made.add(_panel(np.array([thumb[2], thumb[4], thumb[5], index[2], index[1], index[0]]), 0.014), WEB)
    heel = [at(s, -0.47, 0.062, 0.02, 0.03) for s in np.linspace(-0.9, 0.9, 7)]
    made.add(tube(heel, [0.008, 0.015, 0.017, 0.015, 0.017, 0.015, 0.008], 8), PAD)
    made.anchor("hand", at(0.0, -0.3, 0.09, 0.0, 0.025), (0, 1, 0))
    made.anchor("pocket", at(-0.1, 0.0, 0.1, 0.0, 0.036), (0, 0, 1))
    made.anchor("back", at(0.0, -0.1, 0.1, 0.0, 0.0), (0, 0, -1))
    made.anchor("tip", at(0.04, 0.49, 0.108, 0.05, 0.017), (0, 1, 0))
    return made


def right_glove(length: float, width: float, cup: float) -> Solid:
    """The mirror image of a left glove."""
    made = left_glove(length, width, cup)
    made.vertices = [vertices * [-1.0, 1.0, 1.0] for vertices in made.vertices]
    made.faces = [faces[:, ::-1] for faces in made.faces]
    made.anchors = {name: (row, (-x, y, z)) for name, (row, (x, y, z)) in made.anchors.items()}
    return made


def _panel(corners: np.ndarray, thick: float) -> Chunk:
    """A sheet with the given corners, which may be out of plane."""
    normal = np.cross(corners - corners.mean(0), np.roll(corners, -1, 0) - corners.mean(0)).sum(0)
    normal *= thick / 2 / np.linalg.norm(normal)
    return loft(np.stack([corners - normal, corners + normal]))


# Fielders' gloves of 11 to 13 inches, measured along the index finger; catchers' mitts are rounder.
_SIZES = {"length": (0.295, 0.014), "width": (0.24, 0.014), "cup": (0.055, 0.009)}
TEMPLATES: tuple[Template, ...] = (
    Template(left_glove, _SIZES, symmetry="none", kind="left_glove"),
    Template(right_glove, _SIZES, symmetry="none", kind="right_glove"),
)
