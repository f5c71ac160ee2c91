"""Families of vessels and bags."""

import numpy as np

from chorus_recon.categories.families.family import Family, Y, finish
from chorus_recon.categories.families.solids import lathed
from chorus_recon.geometry.meshes.primitives import (
    curve,
    loft,
    moved,
    squircle,
    stack,
    tube,
)
from chorus_recon.geometry.meshes.solid import Chunk, Solid

CARD, CHINA, CLOTH, LEATHER, DARK = (
    (190, 150, 105),
    (226, 222, 210),
    (82, 104, 150),
    (120, 76, 50),
    (58, 60, 64),
)
GLASS, GREEN = (150, 190, 205), (84, 128, 70)


def tub(length_m: float, width_m: float, height_m: float, floor: float, wall: float, corner: float) -> Solid:
    """An open vessel: a bowl, a basket, a bath, a boat.

    `floor` is the floor's share of the rim's size, `wall` the thickness of the wall as a share of the width,
    `corner` the exponent of the outline: 1.5 is pointed, 2 an ellipse, 6 a rectangle.
    """
    made = Solid()
    made.add(_open(length_m, width_m, height_m, floor, wall, corner), CHINA)
    half = 0.5 * height_m
    seat = ((0.0, -half + 2 * wall * width_m, -0.1 * length_m), Y)
    return finish(made, length_m, width_m, height_m, seat=seat, lip=(0.0, half, -0.48 * length_m))


def _open(
    length: float, width: float, height: float, floor: float, wall: float, corner: float, bottom: bool = True
) -> Chunk:
    thick = min(wall * width, 0.4 * length, 0.4 * width)
    low, high = -height / 2, height / 2
    shrink = np.array([length / 2, width / 2])
    sizes = [(low, floor, 0.0), (low + 0.3 * height, 0.5 + 0.5 * floor, 0.0), (high, 1.0, 0.0)]
    inside = [(high, 1.0, thick), (low + 0.3 * height, 0.5 + 0.5 * floor, thick)]
    last = (low + min(thick, 0.2 * height), floor, thick) if bottom else (low, floor, thick)
    sections = []
    for y, share, off in (*sizes, *inside, last):
        a, b = shrink * share - off
        sections.append((y, max(a, 0.02 * length), max(b, 0.02 * width), 0.0, 0.0))
    chunk = stack(sections, squircle(24, corner), "y")
    if bottom:
        return chunk
    rings = chunk[0].reshape(len(sections), 24, 3)
    return loft(rings, closed=True)


def mug(length_m: float, width_m: float, height_m: float, handle: float) -> Solid:
    """A cup with an ear at the front; `handle` is the ear's share of the length."""
    made = Solid()
    across = (1 - handle) * length_m
    z = -handle * length_m / 2
    body = _open(across, width_m, height_m, 0.9, 0.05, 2.0)
    made.add(moved(body, (0, 0, z)), CHINA)
    front, thick = z + across / 2, 0.06 * height_m
    ear = [
        (0, 0.3 * height_m, front - 0.04 * across),
        (0, 0.28 * height_m, length_m / 2 - thick),
        (0, -0.2 * height_m, length_m / 2 - thick),
        (0, -0.28 * height_m, front - 0.06 * across),
    ]
    made.add(tube(ear, thick, 8), CHINA)
    return finish(
        made,
        length_m,
        width_m,
        height_m,
        middle=((0.0, 0.0, length_m / 2 - thick), Y),
        grip=((0.0, 0.0, length_m / 2 - thick), Y),
        lip=(0.0, height_m / 2, -0.48 * length_m),
    )


def bottle(length_m: float, width_m: float, height_m: float, neck: float) -> Solid:
    """A bottle, a vase, a jar: `neck` is the size of the mouth as a share of the body."""
    made = Solid()
    shape = [
        (0.0, 0.9),
        (0.03, 1.0),
        (0.55, 1.0),
        (0.7, 0.5 + 0.5 * neck),
        (0.82, neck),
        (0.98, neck),
        (1.0, 0.9 * neck),
    ]
    made.add(lathed([(height_m * (y - 0.5), r) for y, r in shape], width_m, length_m), GLASS)
    rear = -0.5 * neck * length_m
    return finish(made, length_m, width_m, height_m, lip=(0.0, height_m / 2, rear), middle=((0, 0, 0), Y))


def goblet(length_m: float, width_m: float, height_m: float, stem: float) -> Solid:
    """A foot, a stem and a bowl: a wine glass, a trophy, an ice cup."""
    made = Solid()
    bowl = 1 - stem
    shape = [
        (0.0, 0.8),
        (0.03, 0.75),
        (0.06, 0.12),
        (stem, 0.12),
        (stem + 0.2 * bowl, 0.8),
        (stem + 0.5 * bowl, 1.0),
    ]
    inner = [
        (1.0, 0.85),
        (0.99, 0.8),
        (stem + 0.5 * bowl, 0.93),
        (stem + 0.25 * bowl, 0.7),
        (stem + 0.12 * bowl, 0.1),
    ]
    made.add(lathed([(height_m * (y - 0.5), r) for y, r in shape + inner], width_m, length_m), GLASS)
    middle = ((0.0, height_m * (0.75 * stem - 0.5), 0.0), Y)
    return finish(made, length_m, width_m, height_m, middle=middle, lip=(0.0, height_m / 2, -0.4 * length_m))


def bag(length_m: float, width_m: float, height_m: float, handle: float) -> Solid:
    """A soft body with a loop on top, along the longer side; `handle` is the loop's share of the height."""
    made = Solid()
    rise = handle * height_m
    low, high = -height_m / 2, height_m / 2 - rise
    span = high - low
    shape = [(0.0, 0.8), (0.05, 0.95), (0.3, 1.0), (0.7, 0.95), (0.92, 0.85), (1.0, 0.6)]
    sections = [(low + span * y, length_m / 2 * r, width_m / 2 * r, 0.0, 0.0) for y, r in shape]
    made.add(stack(sections, squircle(24, 4.0), "y"), LEATHER)
    if handle > 0:
        thick = min(0.012, 0.2 * rise + 0.002)
        along = max(length_m, width_m)
        arch = [
            (-0.3 * along, high - 0.05 * span),
            (-0.25 * along, high + 0.75 * rise),
            (0.0, height_m / 2 - thick),
        ]
        arch += [(-x, y) for x, y in reversed(arch[:-1])]
        points = [(x, y, 0.0) if width_m > length_m else (0.0, y, x) for x, y in arch]
        made.add(tube(curve(points, 13), thick, 7), DARK)
    direction = (1.0, 0.0, 0.0) if width_m > length_m else (0.0, 0.0, 1.0)
    return finish(
        made,
        length_m,
        width_m,
        height_m,
        handle=((0.0, height_m / 2 - 0.01, 0.0), direction),
        seat=(0.0, high, 0.0),
    )


FAMILIES = (
    Family("tub", tub, {"floor": 0.8, "wall": 0.04, "corner": 3.0}),
    Family("mug", mug, {"handle": 0.25}),
    Family("bottle", bottle, {"neck": 0.4}, round_about="y"),
    Family("goblet", goblet, {"stem": 0.45}, round_about="y"),
    Family("bag", bag, {"handle": 0.25}),
)
