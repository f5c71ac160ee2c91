"""The template meshes of a saddled horse: up +y, the head at +z, the rider's left at +x."""

from functools import partial

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import circle, curve, ellipsoid, lathe, stack, sweep, tube, wall
from chorus_recon.geometry.meshes.solid import Point, Solid, two_tone

COAT, DARK, MUZZLE, HOOF = (124, 76, 44), (40, 30, 26), (84, 58, 46), (72, 64, 56)
LEATHER, CLOTH, STEEL = (58, 34, 22), (226, 222, 210), (150, 152, 156)
HEIGHT_M, LENGTH_M = 1.55, 1.57  # at the withers, and from chest to rump, of what is drawn below
_BARREL = np.array(
    [  # place along the horse, half width, half height, height of the middle
        (-0.82, 0.05, 0.09, 1.24),
        (-0.79, 0.15, 0.2, 1.23),
        (-0.7, 0.23, 0.29, 1.205),
        (-0.52, 0.27, 0.315, 1.185),
        (-0.26, 0.265, 0.29, 1.15),
        (0.0, 0.285, 0.295, 1.125),
        (0.24, 0.285, 0.315, 1.13),
        (0.42, 0.26, 0.345, 1.17),
        (0.56, 0.225, 0.335, 1.17),
        (0.68, 0.17, 0.27, 1.15),
        (0.75, 0.08, 0.14, 1.12),
    ]
)
_HEAD = np.array(
    [  # along the head from the poll: depth behind the brow line, half depth
        (0.0, 0.10),
        (0.08, 0.135),
        (0.2, 0.14),
        (0.34, 0.1),
        (0.48, 0.082),
        (0.57, 0.078),
        (0.62, 0.04),
    ]
)


def horse(
    height: float, length: float, girth: float, neck_rad: float, head_rad: float, stride: float, front: str
) -> Solid:
    """A horse with saddle and reins. Neck up, head down and leg swing are in radians.

    `front` is the pose of the forelegs: "front" (standing) or "folded".
    """
    made = Solid()
    up, along, wide = height / HEIGHT_M, length / LENGTH_M, girth / 0.57
    size = np.array([wide, up, along])
    sections = [(z * along, x * wide, y * up, 0.0, mid * up) for z, x, y, mid in _BARREL]
    made.add(stack(sections, circle(22), "z"), COAT)
    for s, side in ((1, "left"), (-1, "right")):
        _leg(made, side, front, s, size, s * stride)
        _leg(made, side, "hind", s, size, -s * stride)
    _tail(made, size)
    bit = _neck_and_head(made, size, neck_rad, head_rad)
    _saddle(made, size)
    _reins(made, size, bit)
    return made


_FRONT_RADII = [0.12, 0.105, 0.07, 0.056, 0.045, 0.034, 0.044, 0.036]
_LEGS = {  # (x, y, z) down the leg, and its radius
    "front": (
        [
            (0.14, 1.12, 0.47),
            (0.15, 0.93, 0.44),
            (0.14, 0.72, 0.46),
            (0.135, 0.5, 0.47),
            (0.135, 0.44, 0.465),
            (0.135, 0.22, 0.45),
            (0.135, 0.14, 0.46),
            (0.135, 0.06, 0.5),
        ],
        _FRONT_RADII,
    ),
    "folded": (
        [
            (0.14, 1.12, 0.47),
            (0.15, 0.93, 0.5),
            (0.14, 0.9, 0.68),
            (0.135, 0.88, 0.88),
            (0.135, 0.83, 0.91),
            (0.135, 0.66, 0.8),
            (0.135, 0.59, 0.76),
            (0.135, 0.54, 0.69),
        ],
        _FRONT_RADII,
    ),
    "hind": (
        [
            (0.12, 1.2, -0.52),
            (0.15, 0.98, -0.5),
            (0.15, 0.8, -0.6),
            (0.14, 0.6, -0.74),
            (0.14, 0.52, -0.75),
            (0.14, 0.24, -0.7),
            (0.14, 0.15, -0.69),
            (0.14, 0.06, -0.64),
        ],
        [0.17, 0.175, 0.1, 0.06, 0.05, 0.038, 0.047, 0.038],
    ),
}


def _leg(made: Solid, side: str, end: str, s: int, size: np.ndarray, swing_rad: float) -> None:
    points, radii = _LEGS[end]
    path = np.array(points) * size * [s, 1, 1]
    path[:, 2] += np.tan(swing_rad) * (path[0, 1] - path[:, 1])
    vertices, faces = tube(path, np.array(radii) * size[1], 10)
    made.add((vertices, faces), two_tone((faces // 10).max(1) >= 4, DARK, COAT))
    toe = path[-1]
    if end == "folded":
        tip = toe + np.array([0.0, -0.05, -0.06]) * size
        made.add(tube(np.stack([toe, (toe + tip) / 2, tip]), [0.046, 0.058, 0.062], 10), HOOF)
    else:
        tip = np.array([toe[0], 0.0, toe[2] + 0.015])
        level = np.array([0.0, 0.03, 0.085]) * size[1]
        made.add(lathe([0.062, 0.058, 0.046], level, 10, "y", _point(tip)), HOOF)
    made.anchor(f"{side}_{'hind' if end == 'hind' else 'front'}_hoof", _point(tip), (0, -1, 0))


def _tail(made: Solid, size: np.ndarray) -> None:
    path = np.array([(0, 1.36, -0.74), (0, 1.33, -0.86), (0, 1.1, -0.96), (0, 0.8, -0.98), (0, 0.55, -0.97)])
    made.add(
        tube(curve(path * size, 9), [0.03, 0.038, 0.05, 0.06, 0.066, 0.07, 0.064, 0.045, 0.012], 8), DARK
    )
    made.anchor("tail", tuple(path[2] * size), (0, 0, -1))


def _neck_and_head(made: Solid, size: np.ndarray, neck_rad: float, head_rad: float) -> np.ndarray:
    """Add neck and head, and return the position of the bit."""
    big = float(size[1])
    root = np.array([0, 1.2, 0.42]) * size
    way = np.array([0.0, np.sin(neck_rad), np.cos(neck_rad)])
    crest = np.array([0.0, way[2], -way[1]])
    poll = root + 0.86 * big * way
    share = np.linspace(0, 1, 7)[:, None]
    middle = root + share * (poll - root) + 0.05 * big * np.sin(np.pi * share) * crest
    deep = np.array([0.3, 0.275, 0.235, 0.2, 0.17, 0.145, 0.115]) * big
    made.add(sweep(middle, circle(14) * [1.0, 0.5], deep, tuple(crest)), COAT)
    mane = middle[1:] + crest * (deep[1:, None] + 0.012 * big)
    made.add(
        sweep(mane, circle(8) * [1.0, 0.35], [0.03, 0.05, 0.055, 0.055, 0.055, 0.05], tuple(crest)), DARK
    )
    for s, side in ((1, "left"), (-1, "right")):
        made.anchor(f"{side}_neck", tuple(middle[3] + [s * 0.5 * deep[3], 0, 0]), (s, 0, 0))
    face = np.array([0.0, -np.sin(head_rad), np.cos(head_rad)])
    brow = np.array([0.0, face[2], -face[1]])
    top = poll + 0.05 * big * brow
    line = top + big * (_HEAD[:, :1] * face - (_HEAD[:, 1:] - 0.06) * brow)
    vertices, faces = sweep(line, circle(12) * [1.0, 0.62], big * _HEAD[:, 1], tuple(brow))
    made.add((vertices, faces), two_tone((faces // 12).max(1) >= 5, MUZZLE, COAT))
    for s in (1, -1):
        ear = line[1] + big * (0.1 * brow - 0.03 * face + np.array([s * 0.045, 0, 0]))
        tip = ear + big * (0.15 * (0.8 * brow - 0.6 * face) + np.array([s * 0.02, 0, 0]))
        made.add(tube(np.stack([ear, (ear + tip) / 2, tip]), [0.03, 0.034, 0.008], 7), COAT)
        eye = line[2] + big * (np.array([s * 0.082, 0, 0]) + 0.06 * brow)
        made.add(ellipsoid((0.016, 0.022, 0.022), _point(eye), 8, 5), DARK)
    for k in (2, 4):
        ring = circle(14) * [1.04, 0.66] * big * _HEAD[k, 1]
        across = np.array([1.0, 0.0, 0.0])
        made.add(tube(line[k] + ring[:, :1] * brow + ring[:, 1:] * across, 0.01, 5, closed=True), LEATHER)
    made.anchor("head", _point(line[2] + big * 0.14 * brow), (0, 0, 1))
    made.anchor("muzzle", _point(line[-1]), (0, 0, 1))
    chin = line[4] - big * _HEAD[4, 1] * brow
    rope = chin - np.array([0, 0.3, 0.04]) * big
    made.add(tube(np.stack([chin, (chin + rope) / 2, rope]), 0.009, 5), CLOTH)
    made.anchor("lead", _point((chin + 2 * rope) / 3), (0, 1, 0))
    return line[4] - big * 0.3 * _HEAD[4, 1] * brow


def _saddle(made: Solid, size: np.ndarray) -> None:
    """A cloth and flaps over the back, a seat with pommel and cantle, stirrups on leathers."""
    for low, high, down, swell, colour in ((-0.3, 0.3, 0.0, 1.03, CLOTH), (-0.2, 0.24, 0.25, 1.07, LEATHER)):
        angle = np.linspace(-down, np.pi + down, 13)
        rings = []
        for z in np.linspace(low, high, 5):
            x, y, mid = (np.interp(z, _BARREL[:, 0], _BARREL[:, k]) for k in (1, 2, 3))
            outer, inner = (
                np.stack([x * k * np.cos(angle), mid + y * k * np.sin(angle), np.full(13, z)], 1)
                for k in (swell, 0.98)
            )
            rings.append(np.concatenate([outer, inner[::-1]]) * size)
        made.add(wall(np.stack(rings)), colour)
    seat = [
        (-0.27, 0.1, 0.02, 1.53),
        (-0.24, 0.17, 0.05, 1.505),
        (-0.12, 0.16, 0.045, 1.455),
        (0.02, 0.12, 0.045, 1.45),
        (0.14, 0.1, 0.05, 1.475),
        (0.21, 0.08, 0.055, 1.505),
        (0.24, 0.04, 0.02, 1.53),
    ]
    scaled = [(z * size[2], x * size[0], y, 0.0, mid * size[1]) for z, x, y, mid in seat]
    made.add(stack(scaled, circle(14), "z"), LEATHER)
    made.anchor("saddle", tuple(np.array([0, 1.495, -0.05]) * size), (0, 1, 0))
    made.anchor("back", tuple(np.array([0, 1.45, -0.33]) * size), (0, 1, 0))
    for s, side in ((1, "left"), (-1, "right")):
        hook, iron = np.array([s * 0.3, 1.16, 0.06]) * size, np.array([s * 0.335, 0.82, 0.06]) * size
        made.add(tube(np.stack([hook, iron]), 0.012, 5), LEATHER)
        angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
        loop = np.stack([0.065 * np.sin(angle), 0.07 * np.cos(angle) - 0.07, 0 * angle], 1)
        made.add(tube(iron + loop, 0.009, 4, closed=True), STEEL)
        made.anchor(f"{side}_stirrup", tuple(iron - [0, 0.13, 0]), (0, 1, 0))
        made.anchor(f"{side}_flank", tuple(np.array([s * 0.285, 1.13, 0.0]) * size), (s, 0, 0))


def _reins(made: Solid, size: np.ndarray, bit: np.ndarray) -> None:
    hands = np.array([0.0, 1.66, 0.3]) * size
    across = np.array([1.0, 0.0, 0.0])
    for s, side in ((1, "left"), (-1, "right")):
        hold = hands + s * 0.07 * across
        sag = 0.5 * (bit + hold) + np.array([s * 0.16, -0.06, 0])
        rein = curve(np.stack([bit + s * 0.055 * across, sag, hold]), 9)
        loose = hands + np.array([s * 0.02, -0.12, 0.02])
        made.add(tube(np.concatenate([rein, loose[None]]), 0.008, 5), LEATHER)
        made.anchor(f"{side}_rein", _point(hold), (0, 1, 0))


def _point(place: np.ndarray) -> Point:
    return float(place[0]), float(place[1]), float(place[2])


def _horse(front: str, stride_rad: tuple[float, float], kind: str = "") -> Template:
    return Template(
        partial(horse, front=front),
        {
            "height": (1.55, 0.06),
            "length": (1.57, 0.06),
            "girth": (0.57, 0.03),
            "neck_rad": (0.8, 0.12),
            "head_rad": (0.85, 0.1),
            "stride": stride_rad,
        },
        symmetry="none",
        scale_sd=0.05,
        upright=0.3,
        kind=kind,
    )


# Riding horses and ponies stand 1.35-1.75 m at the withers.
TEMPLATES: tuple[Template, ...] = (
    _horse("front", (0.0, 0.12)),
    _horse("folded", (0.0, 0.06), "leaping_horse"),
)
