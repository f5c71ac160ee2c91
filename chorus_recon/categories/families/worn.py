"""Families of what is worn."""

import numpy as np

from chorus_recon.categories.families.family import Family, X, Y, finish
from chorus_recon.categories.families.solids import egg, lathed, outwards
from chorus_recon.geometry.meshes.primitives import (
    box,
    circle,
    cushion,
    loft,
    moved,
    squircle,
    stack,
    tube,
)
from chorus_recon.geometry.meshes.solid import Solid

CARD, CHINA, CLOTH, LEATHER, DARK = (
    (190, 150, 105),
    (226, 222, 210),
    (82, 104, 150),
    (120, 76, 50),
    (58, 60, 64),
)


def pipe(length_m: float, width_m: float, height_m: float, top: float, wall: float) -> Solid:
    """An open upright tube: a skirt, a scarf, a wristband. `top` is the upper end's size as a share."""
    made = Solid()
    thick = wall * min(length_m, width_m)
    rings = []
    for y, share, off in ((-0.5, 1.0, 0.0), (0.5, top, 0.0), (0.5, top, thick), (-0.5, 1.0, thick)):
        around = circle(24)
        a, b = length_m / 2 * share - off, width_m / 2 * share - off
        rings.append(np.stack([b * around[:, 1], np.full(24, y * height_m), a * around[:, 0]], 1))
    made.add(outwards(loft(np.stack(rings), closed=True)), CLOTH)
    return finish(made, length_m, width_m, height_m)


def shirt(length_m: float, width_m: float, height_m: float, sleeve: float) -> Solid:
    """A tube around the trunk up to the armpits, shoulders, and short sleeves.

    `sleeve` is the share of the width of each sleeve; without sleeves it is a vest.
    """
    made = Solid()
    across = (1 - 2 * sleeve) * width_m
    body = pipe(length_m, across, 0.7 * height_m, 0.92, 0.04)
    made.add(moved((body.vertices[0], body.faces[0]), (0, -0.15 * height_m, 0)), CLOTH)
    for s in (-1, 1):
        shoulder = (0.16 * across, 0.34 * height_m, 0.7 * length_m)
        made.add(cushion(shoulder, (0.32 * s * across, 0.33 * height_m, 0), 0.02, 12), CLOTH)
        if sleeve > 0:
            ends = [(0.42 * s * across, 0.4 * height_m, 0.0), (s * (width_m / 2 - 0.02), 0.2 * height_m, 0.0)]
            made.add(tube(ends, [0.28 * length_m, 0.26 * length_m], 12), CLOTH)
    return finish(made, length_m, width_m, height_m)


def trousers(length_m: float, width_m: float, height_m: float) -> Solid:
    """Two tubes below a wide one."""
    made = Solid()
    hips = pipe(length_m, width_m, 0.35 * height_m, 0.9, 0.04)
    made.add(moved((hips.vertices[0], hips.faces[0]), (0, 0.325 * height_m, 0)), CLOTH)
    for s in (-1, 1):
        leg = pipe(0.75 * length_m, 0.5 * width_m, 0.68 * height_m, 1.0, 0.06)
        made.add(moved((leg.vertices[0], leg.faces[0]), (0.25 * s * width_m, -0.16 * height_m, 0)), CLOTH)
    return finish(made, length_m, width_m, height_m)


def hat(length_m: float, width_m: float, height_m: float, brim: float) -> Solid:
    """A dome with a brim all around: `brim` is its share of the length; without one it is a helmet."""
    made = Solid()
    inner = 1 - brim
    dome = [(a, np.cos(a), np.sin(a)) for a in np.linspace(0.0, 1.5, 7)]
    outside = [(-0.5, 0.99), (-0.48, 1.0), (-0.44, max(inner, 0.0) + 0.01)] if brim > 0 else [(-0.5, 1.0)]
    outside += [(-0.42 + 0.92 * s, inner * max(c, 0.07)) for _, c, s in dome]
    inside = [(-0.44 + 0.86 * s, 0.93 * inner * max(c, 0.07)) for _, c, s in dome]
    # From the inside of the crown down to the rim, and up over the outside.
    profile = [*((y * height_m, r) for y, r in reversed(inside)), (-0.5 * height_m, 0.93 * inner)]
    profile += [(y * height_m, r) for y, r in outside]
    made.add(outwards(lathed(profile, width_m, length_m)), LEATHER)
    grip = ((0.0, -0.45 * height_m, -0.45 * length_m), X)
    return finish(made, length_m, width_m, height_m, grip=grip, middle=grip)


def glasses(length_m: float, width_m: float, height_m: float) -> Solid:
    """Two lenses in front and two sides to the rear."""
    made = Solid()
    thin = 0.04 * width_m
    for s in (-1, 1):
        lens = cushion((0.45 * width_m, height_m, thin), (0, 0, 0), 0.3 * thin, 16, 0.3 * thin)
        made.add(moved(lens, (0.265 * s * width_m, 0, (length_m - thin) / 2)), DARK)
        made.add(
            box(
                (0.5 * thin, 0.2 * height_m, length_m - thin),
                (s * (width_m / 2 - 0.3 * thin), 0.2 * height_m, 0),
            ),
            DARK,
        )
    made.add(box((0.1 * width_m, 0.15 * height_m, thin), (0, 0.1 * height_m, (length_m - thin) / 2)), DARK)
    return finish(made, length_m, width_m, height_m)


def shoe(length_m: float, width_m: float, height_m: float, toe: float) -> Solid:
    """A shoe or a boot: the toe ahead is `toe` of the height."""
    made = Solid()
    shape = [
        (-0.5, 0.9, 1.0),
        (-0.45, 1.0, 1.0),
        (-0.2, 0.95, 1.0),
        (0.05, 0.9, 0.6),
        (0.3, 1.0, toe),
        (0.45, 0.75, 0.8 * toe),
        (0.5, 0.4, 0.5 * toe),
    ]
    sections = [
        (length_m * z, width_m / 2 * w, height_m / 2 * h, 0.0, -height_m / 2 * (1 - h)) for z, w, h in shape
    ]
    made.add(stack(sections, squircle(16, 3.0), "z"), LEATHER)
    return finish(made, length_m, width_m, height_m, middle=((0.0, 0.0, -0.25 * length_m), Y))


def glove(length_m: float, width_m: float, height_m: float, thumb: float) -> Solid:
    """A hand-shaped pad: forward along the fingers, the thumb at the side."""
    made = Solid()
    palm = (1 - thumb) * width_m
    made.add(
        moved(
            cushion((palm, height_m, length_m), (0, 0, 0), 0.3 * height_m, 16), (-thumb * width_m / 2, 0, 0)
        ),
        LEATHER,
    )
    end = (width_m / 2 - 0.1 * width_m, 0, 0.15 * length_m)
    made.add(tube([(0, 0, -0.25 * length_m), end], [0.3 * height_m, 0.1 * width_m], 8), LEATHER)
    return finish(made, length_m, width_m, height_m)


def arch(length_m: float, width_m: float, height_m: float, pad: float) -> Solid:
    """A band over the top with a pad at either end: headphones, a horseshoe, a tiara."""
    made = Solid()
    thin = 0.08 * width_m
    turn = np.linspace(0.05, np.pi - 0.05, 15)
    rise = 0.75 * height_m
    path = np.stack(
        [
            (width_m / 2 - thin) * np.cos(turn),
            height_m / 2 - rise - thin / 2 + rise * np.sin(turn),
            np.zeros(15),
        ],
        1,
    )
    made.add(tube(path, thin / 2, 8), DARK)
    for s in (-1, 1):
        size = (1.6 * pad * width_m, 0.55 * height_m, length_m)
        made.add(moved(egg(*size), (s * (width_m / 2 - 0.8 * pad * width_m), -0.22 * height_m, 0)), DARK)
    return finish(made, length_m, width_m, height_m, handle=((0.0, height_m / 2, 0.0), X))


FAMILIES = (
    Family("pipe", pipe, {"top": 1.0, "wall": 0.06}, round_about="y"),
    Family("shirt", shirt, {"sleeve": 0.18}),
    Family("trousers", trousers),
    Family("hat", hat, {"brim": 0.3}),
    Family("glasses", glasses),
    Family("shoe", shoe, {"toe": 0.5}),
    Family("glove", glove, {"thumb": 0.25}),
    Family("arch", arch, {"pad": 0.12}),
)
