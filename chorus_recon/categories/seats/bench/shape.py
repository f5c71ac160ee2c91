"""The template meshes of a bench, with and without a back: up +y, the sitter faces +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, curve, cushion, moved, tube, turned
from chorus_recon.geometry.meshes.solid import Solid

WOOD, IRON = (168, 116, 70), (54, 56, 58)
RECLINE_RAD = 0.14


def bench(length: float, seat_height: float, depth: float, back_height: float) -> Solid:
    """Park bench: slatted seat and back on two iron ends with arm rests."""
    made = _seat(length, seat_height, depth)
    half, rise = length / 2, back_height - seat_height
    lean = np.tan(RECLINE_RAD) * rise
    back = (seat_height + 0.56 * rise, -depth / 2 + 0.025 - 0.56 * lean)
    for t in (0.28, 0.56, 0.84):
        slat = cushion((length, 0.09, 0.025), (0, 0, 0), 0.006, 12)
        place = (0, seat_height + t * rise, -depth / 2 + 0.01 - t * lean)
        made.add(moved(turned(slat, -RECLINE_RAD), place), WOOD)
    for s in (-1, 1):
        x = s * (half - 0.12)
        post = [
            (x, 0, -depth / 2 - 0.02),
            (x, seat_height - 0.03, -depth / 2 + 0.02),
            (x, back_height, -depth / 2 - lean - 0.015),
        ]
        made.add(tube(curve(post, 9), 0.02, 8), IRON)
        arm = [
            (x, seat_height - 0.05, depth / 2 - 0.04),
            (x, seat_height + 0.18, depth / 2 - 0.03),
            (x, seat_height + 0.22, depth / 4),
            (x, seat_height + 0.2, -depth / 2 - 0.3 * lean),
        ]
        made.add(tube(curve(arm, 11), 0.018, 8), IRON)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_arm", (x, seat_height + 0.235, depth / 4), (0, 1, 0))
        top = (s * 0.15 * length, seat_height + 0.93 * rise, -depth / 2 - 0.9 * lean)
        made.anchor(f"{side}_back_top", top, (1, 0, 0))
        made.anchor(f"{side}_arm_rest", (s * 0.47, *top[1:]), (1, 0, 0))
        made.anchor(f"{side}_back", (s * 0.25 * length, *back), (0, 0, 1))
    made.anchor("back", (0, *back), (0, 0, 1))
    return made


def plain_bench(length: float, seat_height: float, depth: float) -> Solid:
    """A bench without a back."""
    made = _seat(length, seat_height, depth)
    for s in (-1, 1):
        x = s * (length / 2 - 0.12)
        leg = [(x, 0, -depth / 2 + 0.02), (x, seat_height - 0.04, -depth / 2 + 0.04)]
        made.add(tube(leg, 0.022, 8), IRON)
    return made


def _seat(length: float, seat_height: float, depth: float) -> Solid:
    made = Solid()
    for z in np.linspace(-0.5, 0.5, 5) * (depth - 0.08):
        made.add(cushion((length, 0.03, 0.075), (0, seat_height - 0.015, z), 0.006, 12), WOOD)
    for s in (-1, 1):
        x = s * (length / 2 - 0.12)
        made.add(box((0.04, 0.03, depth - 0.06), (x, seat_height - 0.045, 0)), IRON)
        leg = [(x, 0, depth / 2 - 0.02), (x, seat_height - 0.04, depth / 2 - 0.04)]
        made.add(tube(leg, 0.022, 8), IRON)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_seat", (s * 0.25 * length, seat_height, 0), (0, 1, 0))
        made.anchor(f"{side}_lying", (-s * 0.12, seat_height, 0.02), (0, 1, 0))
        made.anchor(f"{side}_seat_rear", (s * 0.25 * length, seat_height, 0.05 - depth / 2), (0, 1, 0))
    made.anchor("seat", (0, seat_height, 0), (0, 1, 0))
    made.anchor("seat_rear", (0, seat_height, 0.05 - depth / 2), (0, 1, 0))
    return made


# Benches are 1.1-2.2 m long, their seats 0.42-0.48 m high.
TEMPLATES: tuple[Template, ...] = (
    Template(
        bench,
        {
            "length": (1.65, 0.22),
            "seat_height": (0.44, 0.015),
            "depth": (0.46, 0.03),
            "back_height": (0.84, 0.04),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
    ),
    Template(
        plain_bench,
        {"length": (1.5, 0.18), "seat_height": (0.44, 0.02), "depth": (0.40, 0.025)},
        symmetry="y180",
        scale_sd=0.03,
        upright=1.0,
        kind="plain_bench",
    ),
)
