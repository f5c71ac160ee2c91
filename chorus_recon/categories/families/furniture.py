"""Families of furniture and of what stands in rooms and streets."""

from itertools import pairwise

import numpy as np

from chorus_recon.categories.families.family import Family, Y, finish
from chorus_recon.categories.families.solids import block
from chorus_recon.geometry.meshes.primitives import (
    box,
    circle,
    cushion,
    ellipsoid,
    moved,
    squircle,
    stack,
    tube,
)
from chorus_recon.geometry.meshes.solid import Solid

WOOD, FABRIC, STEEL, TYRE = (168, 116, 70), (96, 110, 128), (140, 146, 152), (46, 46, 48)
LACQUER, HIDE, LEAF, SHADE = (164, 52, 44), (136, 98, 66), (78, 120, 62), (230, 214, 170)


def _legs(made: Solid, length: float, width: float, low: float, high: float, thick: float) -> None:
    for x in (-1, 1):
        for z in (-1, 1):
            at = (x * (width / 2 - thick / 2), (low + high) / 2, z * (length / 2 - thick / 2))
            made.add(box((thick, high - low, thick), at), WOOD)


def table(length_m: float, width_m: float, height_m: float, top: float, leg_m: float) -> Solid:
    """A top on four legs: a table, a desk, a stool, a bench. `top` is the top's share of the height."""
    made = Solid()
    thick = top * height_m
    at = (height_m - thick) / 2
    made.add(cushion((width_m, thick, length_m), (0, at, 0), 0.2 * thick, 16), WOOD)
    leg = min(leg_m, 0.25 * width_m, 0.25 * length_m)
    _legs(made, 0.94 * length_m, 0.94 * width_m, -height_m / 2, height_m / 2 - 0.8 * thick, leg)
    return finish(made, length_m, width_m, height_m)


def chair(length_m: float, width_m: float, height_m: float, seat: float, leg_m: float) -> Solid:
    """A seat on four legs with a backrest: `seat` is the height of the seat as a share of the height."""
    made = Solid()
    level = (seat - 0.5) * height_m
    made.add(cushion((width_m, 0.05, length_m), (0, level - 0.025, 0), 0.012, 16), FABRIC)
    _legs(made, 0.94 * length_m, 0.94 * width_m, -height_m / 2, level - 0.02, min(leg_m, 0.2 * width_m))
    rise = height_m / 2 - level
    back = (0, level + rise / 2, -length_m / 2 + 0.025)
    made.add(cushion((0.95 * width_m, rise, 0.04), back, 0.01, 12), WOOD)
    rear = -length_m / 2
    return finish(
        made, length_m, width_m, height_m,
        seat=(0.0, level, 0.3 * rear), back=(0.0, level + 0.5 * rise, rear + 0.045),
        left_seat=(0.3 * width_m, level, 0.3 * rear), right_seat=(-0.3 * width_m, level, 0.3 * rear),
        left_handle=(0.4 * width_m, height_m / 2, rear + 0.02),
        right_handle=(-0.4 * width_m, height_m / 2, rear + 0.02),
        saddle=(0.0, level, 0.0),
    )  # fmt: skip


def couch(length_m: float, width_m: float, height_m: float, seat: float, rest: float) -> Solid:
    """A padded block with a back and arm rests: `rest` is the arm rests' share of the width."""
    made = Solid()
    level = (seat - 0.5) * height_m
    deep = 0.28 * length_m
    made.add(
        cushion((width_m, seat * height_m, length_m), (0, (level - height_m / 2) / 2, 0), 0.03, 20), FABRIC
    )
    made.add(cushion((width_m, height_m, deep), (0, 0, (deep - length_m) / 2), 0.04, 20), FABRIC)
    arm = max(rest * width_m, 0.02)
    for s in (-1, 1):
        size = (arm, 0.72 * height_m, 0.96 * length_m)
        made.add(cushion(size, (s * (width_m - arm) / 2, -0.14 * height_m, 0), 0.02, 16), FABRIC)
    front = -length_m / 2 + deep
    place = 0.28 * width_m
    return finish(
        made, length_m, width_m, height_m,
        seat=(0.0, level, front + 0.12), back=(0.0, 0.7 * (height_m / 2 - level) + level, front),
        left_seat=(place, level, front + 0.12), right_seat=(-place, level, front + 0.12),
    )  # fmt: skip


def bed(length_m: float, width_m: float, height_m: float, level: float) -> Solid:
    """A mattress and a headboard at the rear; `level` is the mattress's height as a share of the height."""
    made = Solid()
    top = (level - 0.5) * height_m
    made.add(
        cushion((width_m, 0.6 * level * height_m, length_m), (0, top - 0.3 * level * height_m, 0), 0.04, 20),
        SHADE,
    )
    _legs(made, length_m, width_m, -height_m / 2, top - 0.3 * level * height_m, 0.07)
    made.add(box((width_m, height_m, 0.05), (0, 0, -length_m / 2 + 0.025)), WOOD)
    made.add(cushion((0.5 * width_m, 0.1, 0.3), (0, top + 0.04, -length_m / 2 + 0.22), 0.04, 16), SHADE)
    return finish(
        made, length_m, width_m, height_m,
        seat=(0.0, top, -0.03 * length_m), saddle=(0.0, top, 0.0),
        back=(0.0, top + 0.15, -length_m / 2 + 0.06),
    )  # fmt: skip


def post(length_m: float, width_m: float, height_m: float, top: float, pole_m: float, base: float) -> Solid:
    """A base, a pole and a top: a lamp, a street sign, a tree, a traffic light, a tap.

    `top` is the top's share of the height, `base` the base's share of the width.
    """
    made = Solid()
    low = -height_m / 2
    crown = top * height_m
    pole = min(pole_m, 0.5 * width_m, 0.5 * length_m)
    made.add(tube([(0, low, 0), (0, height_m / 2 - 0.5 * crown, 0)], pole / 2, 10), STEEL)
    if base > 0:
        foot = [(low, base), (low + 0.02 * height_m, base)]
        made.add(
            stack([(y, r * length_m / 2, r * width_m / 2, 0, 0) for y, r in foot], circle(16), "y"), STEEL
        )
    vertices, faces = ellipsoid((width_m / 2, crown / 2, length_m / 2), (0, 0, 0), 16, 11)
    reach = np.abs(vertices).max(0) / (np.array([width_m, crown, length_m]) / 2)
    made.add(moved((vertices / reach, faces), (0, height_m / 2 - crown / 2, 0)), SHADE)
    stem = ((0.0, low + 0.5 * (height_m - crown), 0.0), Y)
    return finish(made, length_m, width_m, height_m, grip=stem, middle=stem)


def ladder(length_m: float, width_m: float, height_m: float, rungs: float) -> Solid:
    """Two rails and rungs; `rungs` is the distance between rungs as a share of the height."""
    made = Solid()
    thick = min(0.06, 0.15 * width_m)
    for s in (-1, 1):
        made.add(box((thick, height_m, 0.3 * length_m), (s * (width_m - thick) / 2, 0, 0)), STEEL)
    for y in np.arange(-0.5 + rungs, 0.5, rungs) * height_m:
        made.add(box((width_m - thick, 0.025, 0.2 * length_m), (0, float(y), 0)), STEEL)
    made.add(box((0.5 * width_m, 0.03, length_m), (0, -height_m / 2 + rungs * height_m, 0)), STEEL)
    return finish(made, length_m, width_m, height_m)


def slide(length_m: float, width_m: float, height_m: float, flat: float) -> Solid:
    """A ladder at the rear, a platform and a chute down to the front; `flat` is the platform's share."""
    made = Solid()
    low, rear = -height_m / 2, -length_m / 2
    deck = low + 0.8 * height_m
    edge, foot = rear + (0.12 + flat) * length_m, length_m / 2
    made.add(box((width_m, 0.04, flat * length_m), (0, deck - 0.02, edge - flat * length_m / 2)), WOOD)
    chute = [
        (edge - 0.01, deck),
        (foot - 0.12 * length_m, low + 0.08 * height_m),
        (foot, low + 0.06 * height_m),
    ]
    for (z0, y0), (z1, y1) in pairwise(chute):
        sections = [(z, width_m / 2, 0.02, 0.0, y - 0.02) for z, y in ((z0, y0), (z1, y1))]
        made.add(stack(sections, squircle(12, 8.0), "z"), STEEL)
    for x in (-1, 1):
        rail = x * (width_m / 2 - 0.02)
        made.add(tube([(rail, low, rear + 0.02), (rail, height_m / 2 - 0.02, edge - 0.04)], 0.02, 8), LACQUER)
        made.add(
            tube([(rail, deck + 0.08, edge), (rail, low + 0.12 * height_m, foot - 0.12 * length_m)], 0.02, 8),
            LACQUER,
        )
        made.add(tube([(rail, low, edge), (rail, deck, edge)], 0.03, 8), STEEL)
    for share in (0.2, 0.4, 0.6):
        z = rear + 0.02 + share * (edge - rear - 0.06)
        made.add(box((width_m - 0.04, 0.03, 0.08), (0, low + share * height_m, z)), WOOD)
    middle = (0.0, (deck + low) / 2 + 0.06, (edge + foot) / 2 - 0.06 * length_m)
    return finish(made, length_m, width_m, height_m, seat=(0.0, deck, edge - 0.05), middle=(middle, Y))


def treadmill(length_m: float, width_m: float, height_m: float, deck: float) -> Solid:
    """A deck to stand on, two posts and a console at its front; `deck` is its share of the height."""
    made = Solid()
    low, rise = -height_m / 2, deck * height_m
    made.add(cushion((width_m, rise, length_m), (0, low + rise / 2, 0), 0.2 * rise, 16), TYRE)
    top, front = height_m / 2 - 0.05 * height_m, 0.36 * length_m
    for x in (-1, 1):
        side = 0.44 * x * width_m
        made.add(tube([(side, low + 0.5 * rise, 0.42 * length_m), (side, top, front)], 0.03, 8), STEEL)
        made.add(tube([(side, top - 0.05, front), (side, top - 0.1, 0.05 * length_m)], 0.02, 8), STEEL)
    size = (width_m, 0.1 * height_m, 0.12 * length_m)
    made.add(cushion(size, (0, top, front), 0.02 * height_m, 12), TYRE)
    level = low + rise
    return finish(
        made, length_m, width_m, height_m,
        seat=(0.0, level, 0.0), saddle=(0.0, level, 0.0),
        left_seat=(0.275 * width_m, level, 0.0), right_seat=(-0.275 * width_m, level, 0.0),
        left_handle=(0.44 * width_m, top - 0.08, 0.15 * length_m),
        right_handle=(-0.44 * width_m, top - 0.08, 0.15 * length_m),
    )  # fmt: skip


def screen(length_m: float, width_m: float, height_m: float, neck: float) -> Solid:
    """A flat panel on a foot, its front forward: a television, a monitor, a mirror."""
    made = Solid()
    rise = neck * height_m
    panel = height_m - rise
    made.add(cushion((width_m, panel, 0.35 * length_m), (0, rise / 2, 0), 0.05 * length_m, 12), TYRE)
    made.add(
        box(
            (0.12 * width_m, rise + 0.2 * panel, 0.2 * length_m),
            (0, -height_m / 2 + (rise + 0.2 * panel) / 2, -0.1 * length_m),
        ),
        STEEL,
    )
    made.add(box((0.4 * width_m, 0.02 * height_m, length_m), (0, -0.49 * height_m, 0)), STEEL)
    return finish(made, length_m, width_m, height_m)


def laptop(length_m: float, width_m: float, height_m: float, thick_m: float) -> Solid:
    """A base and a raised lid at the rear; it faces its user at the front."""
    made = Solid()
    low = -height_m / 2
    made.add(
        cushion(
            (width_m, thick_m, 0.9 * length_m), (0, low + thick_m / 2, 0.05 * length_m), 0.3 * thick_m, 12
        ),
        STEEL,
    )
    lean = 0.12 * length_m
    lid = [
        (low + 0.5 * thick_m, 0.3 * thick_m, width_m / 2, -length_m / 2 + lean, 0.0),
        (height_m / 2, 0.3 * thick_m, width_m / 2, -length_m / 2 + 0.3 * thick_m, 0.0),
    ]
    made.add(stack(lid, squircle(16, 6.0), "y"), TYRE)
    return finish(made, length_m, width_m, height_m, seat=(0.0, low + thick_m, 0.0))


FAMILIES = (
    Family("table", table, {"top": 0.06, "leg_m": 0.06}, upright=1.0),
    Family("chair", chair, {"seat": 0.5, "leg_m": 0.04}, upright=1.0),
    Family("couch", couch, {"seat": 0.5, "rest": 0.1}, upright=1.0),
    Family("bed", bed, {"level": 0.55}, upright=1.0),
    Family("post", post, {"top": 0.25, "pole_m": 0.05, "base": 0.8}, round_about="y", upright=1.0),
    Family("ladder", ladder, {"rungs": 0.12}, upright=0.5),
    Family("slide", slide, {"flat": 0.2}, upright=1.0),
    Family("treadmill", treadmill, {"deck": 0.14}, upright=1.0),
    Family("screen", screen, {"neck": 0.2}, upright=1.0),
    Family("laptop", laptop, {"thick_m": 0.018}, upright=1.0),
    Family("machine", block, {"bevel": 0.03}, upright=1.0),
)
