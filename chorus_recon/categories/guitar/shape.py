"""The template meshes of an acoustic and an electric guitar: the neck along +y, the strings at +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, curve, cushion, lathe, moved, sweep, turned, wall
from chorus_recon.geometry.meshes.solid import Chunk, Point, Rgb, Solid

SPRUCE, ROSEWOOD, EBONY, NICKEL = (206, 150, 88), (104, 58, 36), (44, 34, 32), (188, 188, 192)
SUNBURST, MAPLE, GUARD = (178, 52, 36), (212, 168, 104), (232, 230, 222)
HEAD = 0.18
# Half of the width of a body 1 wide and 1 long, from the tail up.
_BOUTS = [
    (0.0, 0.12),
    (0.03, 0.3),
    (0.1, 0.425),
    (0.24, 0.5),
    (0.4, 0.45),
    (0.56, 0.34),
    (0.64, 0.32),
    (0.76, 0.36),
    (0.86, 0.37),
    (0.94, 0.31),
    (0.985, 0.19),
    (1.0, 0.09),
]
_CUTAWAYS = [
    (0.0, 0.15),
    (0.03, 0.3),
    (0.12, 0.45),
    (0.25, 0.5),
    (0.42, 0.44),
    (0.55, 0.38),
    (0.66, 0.38),
    (0.76, 0.37),
    (0.84, 0.28),
    (0.88, 0.14),
]


def acoustic(length: float, body: float, width: float, depth: float) -> Solid:
    """A flat-top guitar. `length` is the whole length, `body` the length of its box."""
    made = Solid()
    made.add(_slab(_BOUTS, body, width, depth - 0.006, -0.003), ROSEWOOD)
    made.add(_slab(_BOUTS, body, width - 0.004, 0.006, depth / 2 - 0.003), SPRUCE)
    face = depth / 2
    made.add(_disc(0.05, (0, 0.66 * body, face)), EBONY)
    made.add(cushion((0.17, 0.028, 0.01), (0, 0.3 * body, face + 0.004), 0.003, 12), EBONY)
    _neck(made, 0.6 * body + 0.09, body, length, face, ROSEWOOD)
    _anchors(made, body, length, width, depth, 0.55)
    return made


def electric(length: float, body: float, width: float, depth: float) -> Solid:
    """A solid-body guitar with two horns beside the neck. The longer horn is above the neck when played."""
    made = Solid()
    made.add(_slab(_CUTAWAYS, body, width, depth, 0.0), SUNBURST)
    for side, reach in ((-1.0, 1.0), (1.0, 0.92)):
        knots = [
            (side * 0.28 * width, 0.62 * body, 0.0),
            (side * 0.31 * width, 0.8 * body, 0.0),
            (side * 0.28 * width, 0.92 * reach * body, 0.0),
            (side * 0.22 * width, reach * body, 0.0),
        ]
        edge = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
        made.add(
            sweep(knots, edge * [0.08 * width, 0.47 * depth], [1.0, 1.1, 0.8, 0.25], (1, 0, 0)), SUNBURST
        )
    face = depth / 2
    made.add(box((0.4 * width, 0.5 * body, 0.003), (0.02 * width, 0.46 * body, face + 0.0012)), GUARD)
    for y in (0.32, 0.46, 0.6):
        made.add(cushion((0.085, 0.02, 0.012), (0, y * body, face + 0.006), 0.003, 12), EBONY)
    made.add(cushion((0.085, 0.045, 0.012), (0, 0.2 * body, face + 0.005), 0.003, 12), NICKEL)
    _neck(made, 0.66 * body, 0.86 * body, length, face, MAPLE)
    _anchors(made, body, length, width, depth, 0.58)
    return made


def _slab(profile: list[tuple[float, float]], body: float, width: float, thick: float, level: float) -> Chunk:
    """The box of a guitar, of constant thickness, with its tail at y = 0."""
    y, half = curve(np.array([(y, x, 0.0) for y, x in profile]), 33)[:, :2].T
    right = np.column_stack([width * half, body * y])
    outline = np.concatenate([right, right[::-1] * [-1, 1]])
    rings = [np.column_stack([outline, np.full(len(outline), level + s * thick / 2)]) for s in (-1, 1)]
    return wall(np.stack(rings))


def _disc(radius: float, centre: Point) -> Chunk:
    return lathe([radius, radius], [-0.001, 0.0015], 20, "z", centre)


def _neck(made: Solid, board: float, heel: float, length: float, face: float, wood: Rgb) -> None:
    """Neck from y = `heel`, fingerboard from y = `board`, and the head with six pegs."""
    nut = length - HEAD
    made.add(box((0.05, nut - heel + 0.06, 0.024), (0, (nut + heel - 0.06) / 2, face - 0.011)), wood)
    made.add(box((0.052, nut - board, 0.007), (0, (nut + board) / 2, face + 0.004)), EBONY)
    tilt = -0.2
    head = moved(turned(box((0.075, HEAD, 0.016), (0, HEAD / 2, 0)), tilt), (0, nut - 0.004, face - 0.006))
    made.add(head, wood)
    for k in range(3):
        along = 0.04 + 0.045 * k
        place = (0.0, nut + along * np.cos(tilt), face - 0.006 + along * np.sin(tilt))
        for side in (-1, 1):
            made.add(moved(cushion((0.03, 0.014, 0.01), (0.05 * side, 0, 0), 0.003, 8), place), NICKEL)


def _anchors(made: Solid, body: float, length: float, width: float, depth: float, waist: float) -> None:
    nut = length - HEAD
    for side, s in (("left", 1), ("right", -1)):
        made.anchor(f"{side}_waist", (0.34 * s * width, waist * body, 0), (s, 0, 0))
        made.anchor(f"{side}_neck", (0.025 * s, 0.7 * nut + 0.3 * body, depth / 2 - 0.01), (0, 1, 0))
    made.anchor("neck", (0, 0.35 * nut + 0.65 * body, depth / 2 - 0.011), (0, 1, 0))
    made.anchor("nut", (0, nut, depth / 2 - 0.011), (0, 1, 0))
    made.anchor("strings", (0, 0.45 * body, depth / 2), (0, 0, 1))
    made.anchor("back", (0, 0.5 * body, -depth / 2), (0, 0, -1))
    made.anchor("tail", (0, 0, 0), (0, -1, 0))
    made.anchor("head", (0, length - 0.02, depth / 2 - 0.03), (0, 1, 0))


# Dreadnoughts, classical and parlour guitars; solid bodies of the common scales.
TEMPLATES: tuple[Template, ...] = (
    Template(
        acoustic,
        {"length": (1.01, 0.02), "body": (0.49, 0.012), "width": (0.385, 0.012), "depth": (0.105, 0.008)},
        symmetry="none",
        scale_sd=0.02,
        kind="acoustic_guitar",
    ),
    Template(
        electric,
        {"length": (0.98, 0.015), "body": (0.4, 0.012), "width": (0.325, 0.01), "depth": (0.045, 0.003)},
        symmetry="none",
        scale_sd=0.02,
        kind="electric_guitar",
    ),
)
