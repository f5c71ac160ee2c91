"""Families of things with a grip: rods, shafts with a head, pistols, tongs, instruments with a neck."""

import numpy as np

from chorus_recon.categories.families.family import Family, Y, Z, finish
from chorus_recon.geometry.meshes.primitives import (
    box,
    circle,
    curve,
    cushion,
    ellipsoid,
    lathe,
    moved,
    plate,
    stack,
    tube,
)
from chorus_recon.geometry.meshes.solid import Chunk, Rgb, Solid

WOOD, STEEL, RUBBER, PAINT = (168, 122, 78), (150, 154, 160), (52, 54, 58), (70, 110, 150)


def rod(length_m: float, width_m: float, height_m: float, taper: float) -> Solid:
    """A bar with an elliptic section; `taper` is the share of the section that its tip loses."""
    made = Solid()
    made.add(_bar(-length_m / 2, length_m / 2, width_m, height_m, 1 - taper), WOOD)
    return finish(made, length_m, width_m, height_m)


def _bar(rear: float, front: float, width: float, height: float, end: float = 1.0) -> Chunk:
    """A bar along z with rounded ends, whose front section is `end` times the rear one."""
    round_m = min(width, height, front - rear) / 4
    places = [(rear, 0.6, 1.0), (rear + round_m, 1.0, 1.0), (front - round_m, 1.0, end), (front, 0.6, end)]
    sections = [(z, width / 2 * a * b, height / 2 * a * b, 0.0, 0.0) for z, a, b in places]
    return stack(sections, circle(12), "z")


def _handle(length: float, thick: float, reach: float) -> Chunk:
    """A handle of a shaft: from the rear end over `reach` of the length."""
    return _bar(-length / 2, -length / 2 + reach * length, thick, thick)


def _with_head(
    length_m: float, width_m: float, height_m: float, head: float, shaft_m: float, chunk: Chunk, rgb: Rgb
) -> Solid:
    thick = min(shaft_m, width_m, height_m)
    made = Solid()
    made.add(_handle(length_m, thick, 1 - 0.7 * head), WOOD)
    made.add(chunk, rgb)
    return finish(made, length_m, width_m, height_m)


def shaft(length_m: float, width_m: float, height_m: float, head: float, shaft_m: float) -> Solid:
    """A handle with a block at its tip: a broom, a hammer, a rake. `head` is its share of the length."""
    size = (width_m, height_m, head * length_m)
    bevel = 0.2 * min(size)
    chunk = moved(cushion(size, (0, 0, 0), bevel, 12), (0, 0, (1 - head) * length_m / 2))
    return _with_head(length_m, width_m, height_m, head, shaft_m, chunk, PAINT)


def blade(length_m: float, width_m: float, height_m: float, head: float, shaft_m: float) -> Solid:
    """A handle with a flat pointed blade that lies in the plane of forward and side: a knife, a sword."""
    half, reach = width_m / 2, head * length_m
    outline = np.array([(0.0, -half), (0.7, -half), (1.0, 0.0), (0.85, half), (0.0, half)])
    outline = outline * [reach, 1.0] + [length_m / 2 - reach, 0.0]
    thick = min(height_m, max(0.0015, 0.15 * width_m))
    return _with_head(
        length_m,
        width_m,
        height_m,
        head,
        min(shaft_m, height_m),
        plate(outline, thick, (0, 0, 0), "y"),
        STEEL,
    )


def spoon(length_m: float, width_m: float, height_m: float, head: float, shaft_m: float) -> Solid:
    """A handle with an oval at its tip: a spoon, a paddle, a racket, a lollipop."""
    reach = head * length_m / 2
    chunk = ellipsoid((width_m / 2, height_m / 2, reach), (0, 0, length_m / 2 - reach))
    return _with_head(length_m, width_m, height_m, head, shaft_m, chunk, STEEL)


def fork(length_m: float, width_m: float, height_m: float, head: float, shaft_m: float) -> Solid:
    """A handle with a crossbar and four prongs: a fork, a garden rake's cousin, a comb on a stick."""
    made = Solid()
    thick = min(shaft_m, width_m, height_m)
    start = (0.5 - head) * length_m
    made.add(_handle(length_m, thick, 1 - head), WOOD)
    made.add(box((width_m, 0.8 * thick, 0.2 * head * length_m), (0, 0, start)), STEEL)
    prong = 0.12 * width_m
    for x in np.linspace(-1, 1, 4) * (width_m - prong) / 2:
        made.add(moved(_bar(start, length_m / 2, prong, min(prong, height_m)), (float(x), 0, 0)), STEEL)
    made.add(box((prong, height_m, 0.05 * length_m), (0, 0, start)), STEEL)
    return finish(made, length_m, width_m, height_m)


def pistol(length_m: float, width_m: float, height_m: float, barrel: float) -> Solid:
    """A barrel along z at the top and a grip below its rear part: a hair drier, a drill."""
    made = Solid()
    thick = barrel * height_m
    top = height_m / 2 - thick / 2
    made.add(moved(_bar(-length_m / 2, length_m / 2, width_m, thick, 0.85), (0, top, 0)), PAINT)
    at = -0.28 * length_m
    made.add(
        tube([(0, top, at), (0, -height_m / 2, at - 0.06 * length_m)], 0.45 * width_m, 10),
        RUBBER,
    )
    grip = ((0.0, top - 0.5 * (height_m - thick / 2), at - 0.03 * length_m), Y)
    return finish(made, length_m, width_m, height_m, grip=grip, tip=(0.0, top, length_m / 2))


def tongs(length_m: float, width_m: float, height_m: float, handle: float) -> Solid:
    """Two crossed bars with loops at the rear: scissors, pliers, tongs."""
    made = Solid()
    thick = min(height_m, 0.25 * width_m)
    loop, turn = handle * length_m, np.linspace(0, 2 * np.pi, 13)[:-1]
    for s in (-1, 1):
        ends = [(0.25 * s * width_m, 0, -length_m / 2 + 0.9 * loop), (-0.08 * s * width_m, 0, length_m / 2)]
        made.add(tube(ends, [0.45 * thick, 0.3 * thick], 6), STEEL)
        ring = np.stack(
            [
                s * 0.26 * width_m + (0.24 * width_m - thick / 3) * np.cos(turn),
                np.zeros(12),
                -length_m / 2 + loop / 2 + (loop / 2 - thick / 3) * np.sin(turn),
            ],
            1,
        )
        made.add(tube(ring, 0.33 * thick, 6, closed=True), RUBBER)
    made.add(box((thick, height_m, thick), (0, 0, 0)), STEEL)
    grip = ((0.0, 0.0, -length_m / 2 + loop / 2), Z)
    return finish(made, length_m, width_m, height_m, grip=grip)


def strung(length_m: float, width_m: float, height_m: float, body: float) -> Solid:
    """A hollow body at the rear and a neck to the front: a guitar, a violin, a banjo."""
    made = Solid()
    for chunk, rgb in _body_and_neck(length_m, width_m, height_m, body):
        made.add(chunk, rgb)
    reach = body * length_m
    start, front = -length_m / 2 + 0.7 * reach, length_m / 2
    place = ((0.0, 0.3 * height_m, front - 0.3 * (front - start)), Z)
    return finish(made, length_m, width_m, height_m, grip=place, near_grip=place)


def upright_strung(length_m: float, width_m: float, height_m: float, body: float) -> Solid:
    """A large string instrument that stands upright, its strings forward: a cello, a double bass."""
    made = Solid()
    for (vertices, faces), rgb in _body_and_neck(height_m, width_m, length_m, body):
        made.add((vertices[:, [0, 2, 1]] * [-1, 1, 1], faces), rgb)
    return finish(made, length_m, width_m, height_m)


def _body_and_neck(length_m: float, width_m: float, height_m: float, body: float) -> list[tuple[Chunk, Rgb]]:
    reach = body * length_m
    shape = [(0.0, 0.55), (0.06, 0.85), (0.25, 1.0), (0.5, 0.72), (0.75, 0.78), (0.92, 0.6), (1.0, 0.3)]
    half = np.array([(w, z) for z, w in shape])
    outline = np.concatenate([half, half[::-1] * [-1, 1]]) * [width_m / 2, reach] - [0, length_m / 2]
    neck = min(0.055, 0.2 * width_m)
    start = -length_m / 2 + 0.7 * reach
    front = length_m / 2
    size = (neck, 0.3 * height_m, front - start)
    head = (1.5 * neck, 0.25 * height_m, 0.14 * length_m)
    return [
        (plate(outline[::-1, ::-1], height_m, (0, 0, 0), "y"), WOOD),
        (box(size, (0, 0.3 * height_m, (front + start) / 2)), RUBBER),
        (box(head, (0, 0.3 * height_m, front - 0.07 * length_m)), WOOD),
    ]


def horn(length_m: float, width_m: float, height_m: float, mouth: float) -> Solid:
    """A tube that widens to a bell at the front: a trumpet, a megaphone, a clarinet."""
    made = Solid()
    places = np.array([0.0, 0.03, 0.6, 0.85, 1.0, 1.0])
    widths = np.array([0.5, 1.0, 1.0, 1.0 + 0.25 * (1 / mouth - 1), 1 / mouth, 0.8 / mouth]) * mouth
    sections = [
        (length_m * (p - 0.5), width_m / 2 * w, height_m / 2 * w, 0.0, 0.0)
        for p, w in zip(places, widths, strict=True)
    ]
    made.add(stack(sections, circle(16), "z"), STEEL)
    return finish(made, length_m, width_m, height_m)


def canopy(length_m: float, width_m: float, height_m: float, depth: float) -> Solid:
    """A stick with a shallow dome at its tip: an open umbrella, a parasol. The dome opens to the rear."""
    made = Solid()
    made.add(_bar(-length_m / 2, length_m / 2, 0.022, 0.022), WOOD)
    arc = np.linspace(0.05, np.pi / 2, 7)
    outer = [(np.sin(a), np.cos(a)) for a in arc]
    inner = [(0.985 * r, z - 0.03) for r, z in reversed(outer)]
    front, deep = length_m / 2, depth * length_m
    sections = [
        (front + deep * (z - 1) - 0.01, width_m / 2 * r, height_m / 2 * r, 0.0, 0.0) for r, z in outer + inner
    ]
    vertices, faces = stack(sections, circle(20), "z")
    made.add((vertices, faces[:, ::-1]), PAINT)
    return finish(made, length_m, width_m, height_m)


def crescent(length_m: float, width_m: float, height_m: float, bend: float) -> Solid:
    """A bent bar: a banana, a horn of bread, a horseshoe, a boomerang."""
    made = Solid()
    thick = (1 - bend) * width_m / 2
    knots = [
        (bend * width_m / 2, 0, -length_m / 2 + thick / 2),
        (-bend * width_m / 2, 0, 0),
        (bend * width_m / 2, 0, length_m / 2 - thick / 2),
    ]
    path = curve(knots, 13)
    size = thick * np.sin(np.linspace(0.25, np.pi - 0.25, 13)) ** 0.6
    vertices, faces = tube(path, size, 10)
    low, high = vertices.min(0), vertices.max(0)
    fit = np.array([width_m, height_m, length_m]) / (high - low)
    made.add(((vertices - (low + high) / 2) * fit, faces), (236, 208, 84))
    middle = ((float((-bend * width_m / 2 - (low + high)[0] / 2) * fit[0]), 0.0, 0.0), Z)
    return finish(made, length_m, width_m, height_m, middle=middle)


def bell(length_m: float, width_m: float, height_m: float, heads: float) -> Solid:
    """A bar with a weight at either end across it (along x): a dumbbell, a barbell."""
    made = Solid()
    thin = min(0.03, 0.4 * height_m)
    made.add(lathe([thin / 2, thin / 2], [-width_m / 2, width_m / 2], 10, "x"), STEEL)
    reach = heads * width_m / 2
    for s in (-1, 1):
        ends = sorted((s * (width_m / 2 - 0.02 * width_m), s * (width_m / 2 - reach)))
        radii = [0.85 * height_m / 2, height_m / 2, height_m / 2, 0.85 * height_m / 2]
        spans = [ends[0], ends[0] + 0.1 * reach, ends[1] - 0.1 * reach, ends[1]]
        chunk = lathe(radii, spans, 16, "x")
        made.add((chunk[0] * [1, 1, length_m / height_m], chunk[1]), RUBBER)
    return finish(made, length_m, width_m, height_m, grip=((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))


def roller(length_m: float, width_m: float, height_m: float, grips: float) -> Solid:
    """A thick roll between two thin grips (along x): a rolling pin, a roll of foil.

    `grips` is the share of the width that both grips have together.
    """
    made = Solid()
    end, inner = width_m / 2, (1 - grips) * width_m / 2
    radii, places = [1.0, 1.0], [-inner, inner]
    if grips > 0:
        thin = 0.45
        radii, places = [0.8 * thin, thin, thin, *radii], [-end, -0.97 * end, -inner, *places]
        radii, places = [*radii, thin, thin, 0.8 * thin], [*places, inner, 0.97 * end, end]
    chunk = lathe([height_m / 2 * r for r in radii], places, 20, "x")
    made.add((chunk[0] * [1, 1, length_m / height_m], chunk[1]), WOOD)
    return finish(made, length_m, width_m, height_m, grip=((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))


def flag(length_m: float, width_m: float, height_m: float, cloth: float) -> Solid:
    """A pole with a cloth on one side of its tip: `cloth` is its share of the length."""
    made = Solid()
    thick = min(0.025, 0.1 * width_m)
    reach = cloth * length_m
    pole = -width_m / 2 + thick / 2
    made.add(moved(_bar(-length_m / 2, length_m / 2, thick, thick), (pole, 0, 0)), WOOD)
    size = (width_m - thick / 2, height_m, 0.96 * reach)
    made.add(
        moved(cushion(size, (0, 0, 0), 0.2 * height_m, 12), (thick / 4, 0, (length_m - reach) / 2)), PAINT
    )
    low = -length_m / 2
    places = {"grip": 0.1, "near_grip": 0.2, "far_grip": 0.35, "middle": 0.25}
    marks = {name: ((pole, 0.0, low + share * length_m), Z) for name, share in places.items()}
    return finish(made, length_m, width_m, height_m, **marks)


FAMILIES = (
    Family("rod", rod, {"taper": 0.0}, round_about="z"),
    Family("shaft", shaft, {"head": 0.15, "shaft_m": 0.028}),
    Family("blade", blade, {"head": 0.6, "shaft_m": 0.024}),
    Family("spoon", spoon, {"head": 0.3, "shaft_m": 0.02}),
    Family("fork", fork, {"head": 0.25, "shaft_m": 0.02}),
    Family("pistol", pistol, {"barrel": 0.4}),
    Family("tongs", tongs, {"handle": 0.4}),
    Family("upright_strung", upright_strung, {"body": 0.62}),
    Family("flag", flag, {"cloth": 0.55}),
    Family("roller", roller, {"grips": 0.3}),
    Family("strung", strung, {"body": 0.5}),
    Family("horn", horn, {"mouth": 0.3}, round_about="z"),
    Family("canopy", canopy, {"depth": 0.25}, round_about="z"),
    Family("crescent", crescent, {"bend": 0.4}),
    Family("bell", bell, {"heads": 0.4}, round_about="x"),
)
