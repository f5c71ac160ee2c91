"""The template meshes of a bed: up +y, its head at -z."""

from functools import partial

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, cushion, moved, turned
from chorus_recon.geometry.meshes.solid import Solid

OAK, SHEET, LINEN, QUILT = (156, 112, 72), (226, 226, 222), (240, 238, 232), (126, 148, 166)


def bed(length: float, width: float, height: float, head_height: float, pillows: int) -> Solid:
    """A mattress, quilt and pillows on a wooden frame with a headboard. `height` is that of the mattress."""
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


def _bed(pillows: int, width: tuple[float, float], kind: str = "") -> Template:
    return Template(
        partial(bed, pillows=pillows),
        {"length": (2.06, 0.04), "width": width, "height": (0.52, 0.04), "head_height": (1.0, 0.08)},
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
        kind=kind,
    )


# Beds are 0.9-1.8 m wide and 2 m long.
TEMPLATES: tuple[Template, ...] = (_bed(2, (1.55, 0.1)), _bed(1, (0.98, 0.05), "single_bed"))
