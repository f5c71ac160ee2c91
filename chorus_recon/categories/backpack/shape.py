"""The template meshes of a backpack: up +y, the wearer at -z."""

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import circle, curve, squircle, stack, sweep, tube
from chorus_recon.geometry.meshes.solid import Solid

CANVAS, POCKET, STRAP, ZIP = (74, 104, 78), (88, 120, 92), (48, 50, 52), (190, 188, 176)


def backpack(height: float, width: float, depth: float) -> Solid:
    """A rounded pack with a front pocket at +z and two slack shoulder straps at the back (-z)."""
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
    """A pack with its straps around the wearer's shoulders; the chest is `strap_reach` away from the pack."""
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
    """The bag with its loop, and half of its width, height and depth."""
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


# Daypacks hold 15-30 l.
_PACK = {"height": (0.46, 0.035), "width": (0.31, 0.025), "depth": (0.19, 0.03)}
TEMPLATES: tuple[Template, ...] = (
    Template(worn_backpack, {**_PACK, "strap_reach": (0.245, 0.015)}, symmetry="none", scale_sd=0.05),
    Template(backpack, _PACK, symmetry="none", scale_sd=0.05, kind="slack_backpack"),
)
