"""Things carried: up +y, the side away from the person at +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import (
    circle,
    curve,
    cushion,
    lathe,
    rounded,
    squircle,
    stack,
    sweep,
    tube,
)
from chorus_recon.geometry.solid import Solid

SHELL, RIB, DARK, METAL = (54, 92, 128), (46, 80, 112), (40, 40, 44), (160, 162, 168)
CANVAS, POCKET, STRAP, ZIP = (74, 104, 78), (88, 120, 92), (48, 50, 52), (190, 188, 176)
LEATHER, TRIM, BRASS = (146, 84, 52), (112, 62, 40), (196, 164, 88)


def suitcase(height: float, width: float, depth: float, handle_length: float) -> Solid:
    """Hard case on four wheels, its pulled-out handle at the back (-z)."""
    made = _case(height, width, depth)
    top, back = height / 2 + handle_length, -0.36 * depth
    for x in (-0.09, 0.09):
        made.add(tube([(x, height / 2 - 0.02, back), (x, top - 0.01, back)], 0.008, 6), METAL)
    made.add(cushion((0.22, 0.032, 0.035), (0, top, back), 0.01, 12), DARK)
    made.anchor("handle", (0, top, back), (1, 0, 0))
    for side, s in (("left", 1), ("right", -1)):
        made.anchor(f"{side}_end", (0.1 * s, top, back), (1, 0, 0))
    return made


def closed_suitcase(height: float, width: float, depth: float) -> Solid:
    """The same with its handle pushed in: to be carried by the loops at its top and left, or sat on."""
    made = _case(height, width, depth)
    top, back = height / 2 + 0.012, -0.36 * depth
    made.add(cushion((0.22, 0.032, 0.035), (0, top, back), 0.01, 12), DARK)
    made.anchor("handle", (0, top, back), (1, 0, 0))
    return made


def _case(height: float, width: float, depth: float) -> Solid:
    made = Solid()
    made.add(cushion((width, height, depth), (0, 0, 0), 0.03, 24, 0.05), SHELL)
    for x in np.linspace(-0.32, 0.32, 5) * width:
        for z in (0.5 * depth, -0.5 * depth):
            made.add(cushion((0.03, 0.86 * height, 0.012), (x, 0, z), 0.004, 8), RIB)
    seam = rounded(width / 2, height / 2, 0.03, 24)
    path = np.column_stack([seam, np.zeros(24)])
    made.add(sweep(path, 0.006 * circle(4, 0.5), up=(0, 0, 1), closed=True), DARK)
    for x in (-0.38 * width, 0.38 * width):
        for z in (-0.34 * depth, 0.34 * depth):
            made.add(tube([(x, -height / 2, z), (x, -height / 2 - 0.02, z)], 0.018, 8), DARK)
            made.add(
                lathe(
                    [0.018, 0.026, 0.026, 0.018],
                    [-0.016, -0.011, 0.011, 0.016],
                    12,
                    "x",
                    (x, -height / 2 - 0.03, z),
                ),
                DARK,
            )
    rise = ((-0.08, -0.005), (-0.07, 0.028), (0.07, 0.028), (0.08, -0.005))
    made.add(tube(curve([(t, height / 2 + r, 0) for t, r in rise], 9), 0.01, 6), DARK)
    made.add(tube(curve([(width / 2 + r, t, 0) for t, r in rise], 9), 0.01, 6), DARK)
    made.anchor("top_handle", (0, height / 2 + 0.03, 0), (1, 0, 0))
    made.anchor("side_handle", (width / 2 + 0.03, 0, 0), (0, 1, 0))
    made.anchor("top", (0, height / 2, 0), (0, 1, 0))
    made.anchor("base", (0, -height / 2 - 0.056, 0), (0, -1, 0))
    return made


def backpack(height: float, width: float, depth: float) -> Solid:
    """Rounded pack, front pocket at +z, two slack shoulder straps at the back (-z)."""
    made, w, h, d = _pack(height, width, depth)
    for s in (-1, 1):
        strap = [
            (s * 0.3 * w, 0.78 * h, -0.95 * d),
            (s * 0.36 * w, 0.82 * h, -d - 0.05),
            (s * 0.46 * w, 0.4 * h, -d - 0.085),
            (s * 0.56 * w, -0.2 * h, -d - 0.06),
            (s * 0.62 * w, -0.7 * h, -d - 0.015),
            (s * 0.64 * w, -0.86 * h, -0.9 * d),
        ]
        made.add(sweep(curve(strap, 15), circle(8) * [0.03, 0.008], up=(1, 0, 0)), STRAP)
        side = "left" if s < 0 else "right"
        made.anchor(f"{side}_strap", (s * 0.46 * w, 0.4 * h, -d - 0.085), (0, 0, -1))
    return made


def worn_backpack(height: float, width: float, depth: float, strap_reach: float) -> Solid:
    """The same with its straps around a wearer's shoulders, whose chest is `strap_reach` from the pack."""
    made, w, h, d = _pack(height, width, depth)
    for s in (-1, 1):
        strap = [
            (s * 0.075, 0.84 * h, -0.97 * d),
            (s * 0.085, h + 0.025, -d - 0.045),
            (s * 0.1, h + 0.045, -d - 0.11),
            (s * 0.115, h - 0.01, -d - 0.88 * strap_reach),
            (s * 0.12, h - 0.09, -d - strap_reach),
            (s * 0.145, h - 0.18, -d - 0.97 * strap_reach),
            (s * 0.185, h - 0.25, -d - 0.65 * strap_reach),
            (s * 0.185, h - 0.3, -d - 0.3 * strap_reach),
            (s * 0.85 * w, -0.72 * h, -0.97 * d),
        ]
        made.add(sweep(curve(strap, 25), circle(8) * [0.028, 0.007], up=(1, 0, 0)), STRAP)
        side = "left" if s < 0 else "right"
        made.anchor(f"{side}_strap", (s * 0.12, h - 0.09, -d - strap_reach), (0, 0, -1))
        made.anchor(f"{side}_crest", (s * 0.1, h + 0.045, -d - 0.11), (0, 1, 0))
    return made


def _pack(height: float, width: float, depth: float) -> tuple[Solid, float, float, float]:
    """The bag and its loop; and half of its width, height and depth."""
    made = Solid()
    h, w, d = height / 2, width / 2, depth / 2
    body = [
        (-1.0, 0.72, 0.86),
        (-0.96, 0.92, 0.97),
        (-0.7, 1.0, 1.0),
        (0.1, 0.96, 0.98),
        (0.55, 0.86, 0.92),
        (0.82, 0.66, 0.78),
        (0.95, 0.42, 0.55),
        (1.0, 0.2, 0.3),
    ]
    made.add(stack([(h * y, d * a, w * b, -d * (1 - a), 0) for y, a, b in body], squircle(24, 3.6)), CANVAS)
    pocket = [(-0.85, 0.2, 0.6), (-0.8, 0.3, 0.7), (-0.5, 0.34, 0.74), (-0.1, 0.3, 0.7), (-0.02, 0.12, 0.55)]
    made.add(stack([(h * y, d * a, w * b, 0.92 * d, 0) for y, a, b in pocket], squircle(20, 3.6)), POCKET)
    zipper = [
        (-0.62 * w, 0.0, d),
        (-0.58 * w, 0.4 * h, 0.9 * d),
        (-0.3 * w, 0.72 * h, 0.62 * d),
        (0.3 * w, 0.72 * h, 0.62 * d),
        (0.58 * w, 0.4 * h, 0.9 * d),
        (0.62 * w, 0.0, d),
    ]
    made.add(tube(curve(zipper, 17), 0.004, 5), ZIP)
    loop = [
        (-0.035, 0.9 * h, -0.9 * d),
        (-0.03, 1.06 * h, -0.95 * d),
        (0.03, 1.06 * h, -0.95 * d),
        (0.035, 0.9 * h, -0.9 * d),
    ]
    made.add(tube(curve(loop, 9), 0.008, 6), STRAP)
    made.anchor("back_panel", (0, 0.1 * h, -d), (0, 0, -1))
    made.anchor("back_high", (0, h - 0.14, -d), (0, 0, -1))
    made.anchor("back_low", (0, h - 0.32, -d), (0, 0, -1))
    made.anchor("handle", (0, 1.05 * h, -0.95 * d), (1, 0, 0))
    made.anchor("front", (0, -0.45 * h, 1.25 * d), (0, 0, 1))
    return made, w, h, d


def handbag(height: float, width: float, depth: float, handle_rise: float) -> Solid:
    """Trapezoid bag with two arched handles; its broad face at +z."""
    made, w, h, d = _bag(height, width, depth)
    for s in (-1, 1):
        knots = [
            (-0.42 * w, 0.7 * h, s * 0.46 * d),
            (-0.44 * w, h, s * 0.36 * d),
            (-0.3 * w, h + 0.75 * handle_rise, s * 0.25 * d),
            (0, h + handle_rise, s * 0.2 * d),
            (0.3 * w, h + 0.75 * handle_rise, s * 0.25 * d),
            (0.44 * w, h, s * 0.36 * d),
            (0.42 * w, 0.7 * h, s * 0.46 * d),
        ]
        made.add(tube(curve(knots, 19), 0.008, 7), TRIM)
        for x in (-0.43 * w, 0.43 * w):
            made.add(cushion((0.03, 0.03, 0.008), (x, 0.76 * h, s * 0.48 * d), 0.003, 8), BRASS)
    made.anchor("handle", (0, h + handle_rise, 0), (1, 0, 0))
    return made


def shoulder_bag(height: float, width: float, depth: float, drop: float) -> Solid:
    """The same on one long strap, whose crest lies on a shoulder nearer to the body (-z)."""
    made, w, h, d = _bag(height, width, depth)
    half = [
        (0.84 * w, 0.8 * h, 0.0),
        (0.82 * w, h, -0.005),
        (0.78 * w, h + 0.5 * drop, -0.05),
        (0.55 * w, h + 0.88 * drop, -0.1),
    ]
    arch = [*half, (0.0, h + drop, -0.125), *((-x, y, z) for x, y, z in reversed(half))]
    made.add(sweep(curve(arch, 25), circle(8) * [0.015, 0.004], up=(0, 0, 1)), TRIM)
    made.anchor("crest", (0, h + drop, -0.125), (0, 1, 0))
    made.anchor("inner", (0, 0.9 * h, -0.35 * d), (0, 0, -1))
    return made


def crossbody_bag(height: float, width: float, depth: float, drop: float) -> Solid:
    """The same small, on a strap around a trunk at -z: over the other shoulder, alike before and behind."""
    made, w, h, d = _bag(height, width, depth)
    half = [
        (0.8 * w, 0.8 * h, -0.3 * d),
        (0.8 * w, h, -0.5 * d),
        (0.122, h + 0.25 * drop, -0.1),
        (0.134, h + 0.5 * drop, -0.18),
        (0.128, h + 0.75 * drop, -0.25),
        (0.085, h + 0.95 * drop, -0.31),
    ]
    loop = [*half, (0.0, h + 1.02 * drop, -0.325), *((-x, y, z) for x, y, z in reversed(half))]
    made.add(sweep(curve(loop, 37), circle(8) * [0.012, 0.004], up=(0, 1, 0)), TRIM)
    made.anchor("crest", (0, h + 1.02 * drop, -0.325), (0, 1, 0))
    made.anchor("left_strap", (0.134, h + 0.5 * drop, -0.18), (1, 0, 0))
    made.anchor("right_strap", (-0.134, h + 0.5 * drop, -0.18), (-1, 0, 0))
    made.anchor("inner", (0, 0, -0.7 * d), (0, 0, -1))
    return made


def _bag(height: float, width: float, depth: float) -> tuple[Solid, float, float, float]:
    """The bag without its handles; and half of its width, height and depth."""
    made = Solid()
    h, w, d = height / 2, width / 2, depth / 2
    body = [
        (-1.0, 0.9, 0.96),
        (-0.94, 1.0, 1.0),
        (0.0, 0.75, 0.93),
        (0.8, 0.4, 0.86),
        (0.96, 0.3, 0.84),
        (1.0, 0.22, 0.82),
    ]
    made.add(stack([(h * y, d * a, w * b, 0, 0) for y, a, b in body], squircle(24, 5.0)), LEATHER)
    made.add(
        stack(
            [
                (h * y, d * a, w * b, 0, 0)
                for y, a, b in [
                    (-1.01, 0.9, 0.965),
                    (-0.95, 1.03, 1.01),
                    (-0.75, 0.97, 1.0),
                    (-0.745, 0.9, 0.9),
                ]
            ],
            squircle(24, 5.0),
        ),
        TRIM,
    )
    made.add(cushion((0.05, 0.04, 0.012), (0, 0.62 * h, 0.52 * d), 0.004, 8), BRASS)
    made.anchor("front", (0, 0, 0.75 * d), (0, 0, 1))
    made.anchor("side", (0.93 * w, 0, 0), (1, 0, 0))
    return made, w, h, d


# Cases run from 0.50 m cabin bags to 0.78 m; daypacks hold 15-30 l.
_CASE = {"height": (0.60, 0.06), "width": (0.42, 0.035), "depth": (0.25, 0.025)}
_PACK = {"height": (0.46, 0.035), "width": (0.31, 0.025), "depth": (0.19, 0.03)}
_BAG = {"height": (0.24, 0.04), "width": (0.32, 0.045), "depth": (0.13, 0.02)}
_SOFT = {"height": (0.24, 0.03), "width": (0.29, 0.035), "depth": (0.085, 0.012)}
_PURSE = {"height": (0.18, 0.02), "width": (0.25, 0.03), "depth": (0.09, 0.012)}
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "suitcase": (
        Template(suitcase, {**_CASE, "handle_length": (0.38, 0.07)}, "none", 0.04),
        Template(closed_suitcase, _CASE, "none", 0.04, kind="closed_suitcase"),
    ),
    "backpack": (
        Template(worn_backpack, {**_PACK, "strap_reach": (0.245, 0.015)}, "none", 0.05),
        Template(backpack, _PACK, "none", 0.05, kind="slack_backpack"),
    ),
    "handbag": (
        Template(handbag, {**_BAG, "handle_rise": (0.15, 0.03)}, "y180", 0.06),
        Template(shoulder_bag, {**_SOFT, "drop": (0.31, 0.03)}, "none", 0.05, kind="shoulder_bag"),
        Template(crossbody_bag, {**_PURSE, "drop": (0.44, 0.02)}, "none", 0.04, kind="crossbody_bag"),
    ),
}
