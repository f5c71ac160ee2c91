"""The template meshes of a handbag: up +y, its broad faces along z."""

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import circle, curve, cushion, squircle, stack, sweep, tube
from chorus_recon.geometry.meshes.solid import Solid

LEATHER, TRIM, BRASS = (146, 84, 52), (112, 62, 40), (196, 164, 88)


def handbag(height: float, width: float, depth: float, handle_rise: float) -> Solid:
    """A trapezoid bag with two arched handles."""
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
    """A handbag on one long strap. The top of the strap is nearer to the body (-z), for a shoulder."""
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
    """A small handbag on a strap that goes around a trunk at -z and over the opposite shoulder."""
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
    """The bag without its handles, and half of its width, height and depth."""
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


_BAG = {"height": (0.24, 0.04), "width": (0.32, 0.045), "depth": (0.13, 0.02)}
_SOFT = {"height": (0.24, 0.03), "width": (0.29, 0.035), "depth": (0.085, 0.012)}
_PURSE = {"height": (0.18, 0.02), "width": (0.25, 0.03), "depth": (0.09, 0.012)}
TEMPLATES: tuple[Template, ...] = (
    Template(handbag, {**_BAG, "handle_rise": (0.15, 0.03)}, symmetry="y180", scale_sd=0.06),
    Template(
        shoulder_bag, {**_SOFT, "drop": (0.31, 0.03)}, symmetry="none", scale_sd=0.05, kind="shoulder_bag"
    ),
    Template(
        crossbody_bag, {**_PURSE, "drop": (0.44, 0.02)}, symmetry="none", scale_sd=0.04, kind="crossbody_bag"
    ),
)
