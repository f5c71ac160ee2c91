"""Couches and beds: up +y, the sitter faces +z; a bed's head is at -z."""

from functools import partial

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import box, cushion, lathe, moved, turned
from chorus_recon.geometry.solid import Solid

CLOTH, CLOTH_LIGHT, FOOT = (92, 104, 124), (112, 124, 144), (62, 44, 30)
OAK, SHEET, LINEN, QUILT = (156, 112, 72), (226, 226, 222), (240, 238, 232), (126, 148, 166)
RECLINE_RAD = 0.2
SINK_M = 0.03  # how far a sitter sinks in


def couch(
    length: float, depth: float, seat_height: float, back_height: float, arm_width: float, seats: int
) -> Solid:
    """Padded seats side by side between two arms, before a padded back; `depth` is of the whole."""
    made = Solid()
    inner, base = length - 2 * arm_width, seat_height - 0.17
    back_depth, arm_height = 0.25, seat_height + 0.19
    front = depth / 2
    made.add(cushion((length - 0.02, base - 0.09, depth - 0.04), (0, (base + 0.09) / 2, 0), 0.02, 12), CLOTH)
    wide = inner / seats
    for k in range(seats):
        x = (k - (seats - 1) / 2) * wide
        seat = (wide - 0.008, 0.18, depth - back_depth)
        made.add(cushion(seat, (x, seat_height - 0.09, back_depth / 2), 0.05, 20, 0.06), CLOTH_LIGHT)
        pad = cushion((wide - 0.01, 0.44, 0.17), (0, 0, 0), 0.06, 20, 0.07)
        place = (x, seat_height + 0.19, back_depth - front + 0.01)
        made.add(moved(turned(pad, -RECLINE_RAD), place), CLOTH_LIGHT)
    tall = back_height - 0.09
    made.add(cushion((length - 0.04, tall, 0.17), (0, 0.09 + tall / 2, 0.085 - front), 0.05, 16, 0.06), CLOTH)
    for s in (-1, 1):
        x, high = s * (length - arm_width) / 2, arm_height - 0.09
        made.add(cushion((arm_width, high, depth), (x, 0.09 + high / 2, 0), 0.05, 16, 0.06), CLOTH)
        for z in (-1, 1):
            foot = lathe([0.018, 0.028], [0, 0.1], 10, "y", (s * (length / 2 - 0.09), 0, z * (front - 0.09)))
            made.add(foot, FOOT)
        side = "left" if s > 0 else "right"
        _seat_places(made, f"{side}_", s * (inner - 0.6) / 2, seat_height, front, back_depth)
        made.anchor(f"{side}_arm", (x, arm_height, 0.05), (0, 0, 1))
        made.anchor(f"{side}_back_top", (s * 0.15 * length, back_height, 0.09 - front), (1, 0, 0))
        made.anchor(f"{side}_arm_rest", (s * 0.47, back_height, 0.12 - front), (1, 0, 0))
        if seats > 2:  # long enough to lie on, the head at that side
            made.anchor(f"{side}_lying", (-s * 0.03, seat_height - SINK_M, 0.08), (0, 1, 0))
    _seat_places(made, "", 0.0, seat_height, front, back_depth)
    return made


def _seat_places(
    made: Solid, side: str, x: float, seat_height: float, front: float, back_depth: float
) -> None:
    top = seat_height - SINK_M
    made.anchor(f"{side}seat", (x, top, back_depth / 2 + 0.05), (0, 1, 0))
    made.anchor(f"{side}seat_rear", (x, top, back_depth - front + 0.19), (0, 1, 0))
    made.anchor(f"{side}front", (x, seat_height - 0.02, front - 0.02), (0, 0, 1))
    made.anchor(f"{side}back", (x, seat_height + 0.26, back_depth - front + 0.11), (0, 0, 1))


def bed(length: float, width: float, height: float, head_height: float, pillows: int) -> Solid:
    """A mattress with a quilt and pillows on a wooden frame with a headboard; `height` is the mattress's."""
    made = Solid()
    head = -length / 2
    made.add(box((width, 0.1, length - 0.04), (0, height - 0.25, 0)), OAK)
    board = cushion(
        (width + 0.06, head_height - 0.12, 0.05), (0, 0.06 + head_height / 2, head - 0.01), 0.012, 12
    )
    made.add(board, OAK)
    for s in (-1, 1):
        for z, high in ((head - 0.01, head_height), (length / 2 - 0.05, height - 0.16)):
            made.add(box((0.07, high, 0.07), (s * width / 2, high / 2, z)), OAK)
    made.add(cushion((width, 0.2, length - 0.06), (0, height - 0.1, 0.01), 0.04, 16, 0.08), SHEET)
    quilt = 0.62 * length
    over = cushion(
        (width + 0.06, 0.2, quilt), (0, height - 0.085, length / 2 - quilt / 2 - 0.01), 0.05, 16, 0.08
    )
    made.add(over, QUILT)
    fold = cushion((width + 0.05, 0.05, 0.2), (0, height + 0.01, length / 2 - quilt - 0.06), 0.02, 12, 0.05)
    made.add(fold, LINEN)
    wide = min(0.7, width / pillows - 0.08)
    for x in (np.arange(pillows) - (pillows - 1) / 2) * width / pillows:
        pillow = cushion((wide, 0.13, 0.42), (0, 0, 0), 0.06, 20, 0.1)
        made.add(moved(turned(pillow, 0.2), (x, height + 0.07, head + 0.27)), LINEN)
    top = height - 0.01
    for name, x in (("", 0.0), ("left_", width / 2 - 0.32), ("right_", 0.32 - width / 2)):
        made.anchor(f"{name}hips", (x, top, head + 1.05), (0, 1, 0))
        made.anchor(f"{name}shoulders", (x, top, head + 0.58), (0, 1, 0))
        made.anchor(f"{name}pillow", (x, height + 0.12, head + 0.3), (0, 1, 0))
        made.anchor(f"{name}sitting", (x, top, head + 0.22), (0, 1, 0))
        made.anchor(f"{name}headboard", (x, height + 0.25, head + 0.05), (0, 0, 1))
    for side, s in (("left", 1), ("right", -1)):
        made.anchor(f"{side}_edge", (s * (width / 2 - 0.14), top, 0.05), (0, 1, 0))
    made.anchor("foot_edge", (0, top, length / 2 - 0.16), (0, 1, 0))
    return made


def _couch(seats: int, length: tuple[float, float], kind: str = "") -> Template:
    return Template(
        partial(couch, seats=seats),
        {
            "length": length,
            "depth": (0.85, 0.03),
            "seat_height": (0.43, 0.02),
            "back_height": (0.82, 0.04),
            "arm_width": (0.19, 0.03),
        },
        "none",
        0.03,
        1.0,
        kind,
    )


def _bed(pillows: int, width: tuple[float, float], kind: str = "") -> Template:
    return Template(
        partial(bed, pillows=pillows),
        {"length": (2.06, 0.04), "width": width, "height": (0.52, 0.04), "head_height": (1.0, 0.08)},
        "none",
        0.03,
        1.0,
        kind,
    )


# Three-seaters are 1.8-2.3 m long, two-seaters 1.4-1.7 m, armchairs 0.8-1.0 m; beds are 0.9-1.8 m by 2 m.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "couch": (
        _couch(3, (2.02, 0.1)),
        _couch(2, (1.55, 0.08), "two_seater"),
    ),
    "bed": (_bed(2, (1.55, 0.1)), _bed(1, (0.98, 0.05), "single_bed")),
}
