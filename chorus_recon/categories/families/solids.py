"""Families of compact things: boxes, balls, discs, sheets, rings, cones and plants."""

import numpy as np

from chorus_recon.categories.families.family import Family, X, Y, finish
from chorus_recon.geometry.meshes.primitives import (
    box,
    circle,
    cushion,
    ellipsoid,
    loft,
    moved,
    stack,
)
from chorus_recon.geometry.meshes.solid import Chunk, Solid

CARD, CHINA, CLOTH, LEATHER, DARK = (
    (190, 150, 105),
    (226, 222, 210),
    (82, 104, 150),
    (120, 76, 50),
    (58, 60, 64),
)
GLASS, GREEN = (150, 190, 205), (84, 128, 70)


def block(length_m: float, width_m: float, height_m: float, bevel: float) -> Solid:
    """A cuboid with rounded edges; `bevel` is the radius as a share of the smallest side."""
    made = Solid()
    least = min(length_m, width_m, height_m)
    made.add(cushion((width_m, height_m, length_m), (0, 0, 0), bevel * least, 20, bevel * least), CARD)
    return finish(made, length_m, width_m, height_m)


def ball(length_m: float, width_m: float, height_m: float) -> Solid:
    """An ellipsoid."""
    made = Solid()
    made.add(egg(width_m, height_m, length_m), CHINA)
    return finish(made, length_m, width_m, height_m)


def egg(width: float, height: float, length: float) -> Chunk:
    """An ellipsoid of exactly this size, metres."""
    vertices, faces = ellipsoid((width / 2, height / 2, length / 2), (0, 0, 0), 20, 13)
    reach = np.abs(vertices).max(0) / (np.array([width, height, length]) / 2)
    return vertices / reach, faces


def drum(length_m: float, width_m: float, height_m: float, top: float) -> Solid:
    """A cylinder on its base: a can, a cake, a disc. `top` is its size as a share of the base's."""
    made = Solid()
    edge = 0.08 * min(height_m, width_m)
    low, high = -height_m / 2, height_m / 2
    sizes = [(low, 0.95), (low + edge, 1.0), (high - edge, top), (high, 0.95 * top)]
    made.add(lathed(sizes, width_m, length_m), CHINA)
    return finish(made, length_m, width_m, height_m)


def lathed(profile: list[tuple[float, float]], width: float, length: float, sides: int = 24) -> Chunk:
    """A solid with elliptic sections: (height, share of the width and length)."""
    return stack([(y, length / 2 * r, width / 2 * r, 0.0, 0.0) for y, r in profile], circle(sides), "y")


def dial(length_m: float, width_m: float, height_m: float) -> Solid:
    """A disc whose front looks forward: a clock, a shield, a plate on a wall."""
    made = Solid()
    edge = 0.2 * length_m
    places = [
        (-length_m / 2, 0.97),
        (-length_m / 2 + edge, 1.0),
        (length_m / 2 - edge, 1.0),
        (length_m / 2, 0.97),
    ]
    made.add(stack([(z, width_m / 2 * r, height_m / 2 * r, 0, 0) for z, r in places], circle(28), "z"), CHINA)
    return finish(made, length_m, width_m, height_m)


def sheet(length_m: float, width_m: float, height_m: float) -> Solid:
    """A thin upright slab whose front looks forward: a book, a sign, a picture, a screen."""
    made = Solid()
    least = min(length_m, width_m, height_m)
    made.add(cushion((width_m, height_m, length_m), (0, 0, 0), 0.2 * least, 12, 0.3 * least), CLOTH)
    return finish(made, length_m, width_m, height_m, handle=((0.0, height_m / 2, 0.0), X))


def slab(length_m: float, width_m: float, height_m: float) -> Solid:
    """A thin slab that lies flat with round corners: a phone, a tray, a mat, a keyboard."""
    made = Solid()
    corner = 0.12 * min(length_m, width_m)
    made.add(cushion((width_m, height_m, length_m), (0, 0, 0), 0.25 * height_m, 20, corner), DARK)
    return finish(made, length_m, width_m, height_m)


def ring(length_m: float, width_m: float, height_m: float, hole: float) -> Solid:
    """A ring that lies flat (its axis is up); `hole` is the inner size as a share of the outer one."""
    made = Solid()
    turn = np.linspace(0, 2 * np.pi, 29)[:-1]
    middle, thick = (1 + hole) / 2, (1 - hole) / 2
    section = circle(10)
    rings = []
    for angle in turn:
        reach = middle + thick * section[:, :1]
        way = np.array([np.sin(angle) * width_m / 2, 0.0, np.cos(angle) * length_m / 2])
        rings.append(reach * way + section[:, 1:] * np.array([0.0, height_m / 2, 0.0]))
    vertices, faces = loft(np.stack(rings), closed=True)
    made.add(outwards((vertices, faces)), CARD)
    rim = ((-0.5 * middle * width_m, 0.0, 0.0), (0.0, 0.0, 1.0))
    rear = -0.5 * middle * length_m
    return finish(made, length_m, width_m, height_m, grip=((0.0, 0.0, rear), X), middle=rim)


def outwards(chunk: Chunk) -> Chunk:
    """The closed piece with its faces wound outwards."""
    vertices, faces = chunk
    a, b, c = vertices[faces].transpose(1, 0, 2)
    inside_out = float((np.cross(a, b) * c).sum()) < 0
    return vertices, faces[:, ::-1] if inside_out else faces


def wheel(length_m: float, width_m: float, height_m: float, hole: float) -> Solid:
    """A ring with spokes whose front looks forward: a steering wheel, a tyre, a wreath."""
    flat = ring(height_m, width_m, length_m, hole)
    made = Solid()
    (vertices,), (faces,) = flat.vertices[:1], flat.faces[:1]
    made.add(outwards((vertices[:, [0, 2, 1]] * [1, 1, -1], faces)), DARK)
    thin = 0.25 * length_m
    made.add(box((0.5 * (1 + hole) * width_m, 2 * thin, thin), (0, 0, 0)), DARK)
    return finish(made, length_m, width_m, height_m)


def cone(length_m: float, width_m: float, height_m: float, tip: float) -> Solid:
    """A cone that stands on its base: a traffic cone, a tent, a party hat."""
    made = Solid()
    shape = [(-0.5, 1.0), (-0.46, 1.0), (-0.45, 0.8), (0.5, tip)]
    made.add(lathed([(height_m * y, r) for y, r in shape], width_m, length_m), (226, 104, 40))
    return finish(made, length_m, width_m, height_m)


def plant(length_m: float, width_m: float, height_m: float, pot: float) -> Solid:
    """A pot or a stalk below and a round head above: a potted plant, a bunch of flowers, broccoli."""
    made = Solid()
    low = -height_m / 2
    shape = [
        (low, 0.3),
        (low + pot * height_m, 0.45),
        (low + pot * height_m, 0.2),
        (low + (pot + 0.1) * height_m, 0.1),
    ]
    made.add(lathed(shape, width_m, length_m), LEATHER)
    head = (1 - pot) * height_m
    made.add(moved(egg(width_m, head, length_m), (0, (height_m - head) / 2, 0)), GREEN)
    stalk = ((0.0, low + 0.5 * pot * height_m, 0.0), Y)
    return finish(made, length_m, width_m, height_m, grip=stalk, middle=stalk)


FAMILIES = (
    Family("box", block, {"bevel": 0.08}),
    Family("ball", ball, round_about="xyz"),
    Family("drum", drum, {"top": 1.0}, round_about="y"),
    Family("dial", dial, round_about="z"),
    Family("sheet", sheet),
    Family("slab", slab),
    Family("ring", ring, {"hole": 0.5}, round_about="y"),
    Family("wheel", wheel, {"hole": 0.8}),
    Family("cone", cone, {"tip": 0.12}, round_about="y"),
    Family("plant", plant, {"pot": 0.35}, round_about="y"),
)
