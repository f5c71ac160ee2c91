"""The template meshes of a suitcase on wheels: the pulled-out handle at -z, up +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import circle, curve, cushion, lathe, rounded, sweep, tube
from chorus_recon.geometry.meshes.solid import Solid

SHELL, RIB, DARK, METAL = (54, 92, 128), (46, 80, 112), (40, 40, 44), (160, 162, 168)


def suitcase(height: float, width: float, depth: float, handle_length: float) -> Solid:
    """A hard case on four wheels with its handle pulled out at the back (-z)."""
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
    """A suitcase with its handle pushed in, and loops to carry it by at its top and left."""
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


# Cases run from 0.50 m cabin bags to 0.78 m.
_CASE = {"height": (0.60, 0.06), "width": (0.42, 0.035), "depth": (0.25, 0.025)}
TEMPLATES: tuple[Template, ...] = (
    Template(suitcase, {**_CASE, "handle_length": (0.38, 0.07)}, symmetry="none", scale_sd=0.04),
    Template(closed_suitcase, _CASE, symmetry="none", scale_sd=0.04, kind="closed_suitcase"),
)
