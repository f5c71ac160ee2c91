"""Families of animals and figures."""

import math

from chorus_recon.categories.families.family import Family, X, finish
from chorus_recon.geometry.meshes.primitives import (
    box,
    ellipsoid,
    moved,
    tube,
)
from chorus_recon.geometry.meshes.solid import Solid

LACQUER, HIDE, LEAF, SHADE = (164, 52, 44), (136, 98, 66), (78, 120, 62), (230, 214, 170)
_STRADDLE_M = 0.6  # how far to the side a rider's foot reaches


def animal(length_m: float, width_m: float, height_m: float, back: float, head: float) -> Solid:
    """Four legs, a trunk, a neck and a head at the front.

    `back` is the back's height as a share of the height, `head` the head's share of the length.
    """
    made = Solid()
    low = -height_m / 2
    level = low + back * height_m
    deep = min(0.5 * back * height_m, 1.3 * width_m)
    trunk = 0.72 * length_m
    rear = -length_m / 2 + 0.04 * length_m
    made.add(
        moved(
            ellipsoid((width_m / 2, deep / 2, trunk / 2), (0, 0, 0), 16, 11),
            (0, level - deep / 2, rear + trunk / 2),
        ),
        HIDE,
    )
    skull = head * length_m
    face = (0.0, height_m / 2 - 0.3 * skull, length_m / 2 - skull / 2)
    neck = (0.0, level - 0.35 * deep, rear + 0.85 * trunk)
    made.add(tube([neck, face], [0.3 * width_m, 0.24 * width_m], 10), HIDE)
    made.add(ellipsoid((0.3 * width_m, 0.3 * skull, skull / 2), face, 12, 9), HIDE)
    leg = 0.11 * width_m
    for x in (-1, 1):
        for z in (0.16, 0.84):
            foot = (0.3 * x * width_m, low, rear + z * trunk)
            made.add(tube([foot, (foot[0], level - 0.6 * deep, foot[2])], [leg, 1.5 * leg], 8), HIDE)
    tail = [
        (0, level - 0.2 * deep, rear + 0.06 * trunk),
        (0, level - 0.5 * deep, -length_m / 2 + 0.01 * length_m),
    ]
    made.add(tube(tail, 0.06 * width_m, 6), HIDE)
    seat = (0.0, level, rear + 0.52 * trunk)
    foot = _foot(width_m, deep)
    reins = (level + 0.05, rear + 0.8 * trunk)
    return finish(
        made, length_m, width_m, height_m,
        saddle=seat, seat=seat, left_handle=(0.12, *reins), right_handle=(-0.12, *reins),
        left_pedal=(foot[0], level - foot[1], seat[2] + 0.05),
        right_pedal=(-foot[0], level - foot[1], seat[2] + 0.05),
        handle=((0.0, *reins), X),
    )  # fmt: skip


def _foot(width_m: float, deep_m: float) -> tuple[float, float]:
    """A rider's foot: how far to the side, and how far below the back; on the flank if that is too broad."""
    side = 0.62 * width_m
    if side <= _STRADDLE_M:
        return side, 0.9 * deep_m + 0.02
    fall = 1 - math.sqrt(max(0.0, 1 - (2 * _STRADDLE_M / width_m) ** 2))
    return _STRADDLE_M, fall * deep_m / 2 - 0.05


def bird(length_m: float, width_m: float, height_m: float, wing: float) -> Solid:
    """A body, a head and two wings that spread `wing` of the width on either side."""
    made = Solid()
    trunk = (1 - 2 * wing) * width_m
    made.add(ellipsoid((trunk / 2, 0.35 * height_m, 0.4 * length_m), (0, 0, -0.1 * length_m), 14, 9), SHADE)
    made.add(
        ellipsoid(
            (0.3 * trunk, 0.2 * height_m, 0.16 * length_m), (0, 0.3 * height_m, 0.34 * length_m), 12, 7
        ),
        SHADE,
    )
    if wing > 0.02:
        made.add(
            box((width_m, 0.08 * height_m, 0.35 * length_m), (0, 0.1 * height_m, -0.05 * length_m)), HIDE
        )
    made.add(tube([(0, -0.2 * height_m, 0), (0, -height_m / 2, 0)], 0.06 * trunk, 6), LACQUER)
    return finish(made, length_m, width_m, height_m)


def figure(length_m: float, width_m: float, height_m: float, head: float) -> Solid:
    """A trunk, limbs and a head that is `head` of the height: a doll, a teddy bear, a statue."""
    made = Solid()
    low, top = -height_m / 2, height_m / 2
    skull = head * height_m
    hips, neck = low + 0.38 * (height_m - skull), top - 0.9 * skull
    made.add(
        moved(
            ellipsoid(
                (0.28 * width_m, (neck - hips) / 2 + 0.04 * height_m, 0.42 * length_m), (0, 0, 0), 14, 9
            ),
            (0, (neck + hips) / 2, 0),
        ),
        HIDE,
    )
    made.add(
        moved(
            ellipsoid(
                (min(0.3 * width_m, 0.55 * skull), skull / 2, min(0.45 * length_m, 0.55 * skull)),
                (0, 0, 0),
                14,
                9,
            ),
            (0, top - skull / 2, 0),
        ),
        HIDE,
    )
    limb = 0.13 * width_m
    for s in (-1, 1):
        made.add(
            tube(
                [
                    (0.2 * s * width_m, neck - 0.05 * height_m, 0),
                    (s * (width_m / 2 - 0.8 * limb), hips + 0.05 * height_m, 0.1 * length_m),
                ],
                0.8 * limb,
                8,
            ),
            HIDE,
        )
        made.add(
            tube([(0.15 * s * width_m, hips + 0.05 * height_m, 0), (0.2 * s * width_m, low, 0.0)], limb, 8),
            HIDE,
        )
    made.add(box((0.3 * width_m, 0.04 * height_m, length_m), (0, low + 0.02 * height_m, 0)), HIDE)
    return finish(made, length_m, width_m, height_m, seat=(0.0, (neck + hips) / 2, 0.4 * length_m))


FAMILIES = (
    Family("animal", animal, {"back": 0.75, "head": 0.22}, upright=1.0),
    Family("bird", bird, {"wing": 0.0}, upright=0.5),
    Family("figure", figure, {"head": 0.3}, upright=0.0),
)
