"""Things held in the hand: long axis along y, the hand's end at -y."""

import numpy as np

from chorus_recon.backends.shape.solid import Solid, lathe, stitch, tube, two_tone

FRAME, STRING, BED, HANDLE = (200, 44, 48), (236, 232, 214), (214, 214, 190), (40, 40, 44)
CLOTH_A, CLOTH_B, SHAFT = (196, 60, 60), (214, 92, 84), (92, 94, 98)
DISC, DISC_RIM = (236, 122, 40), (214, 96, 24)


def tennis_racket(length: float, head_width: float, head_length: float) -> Solid:
    """Strung oval head, open throat, grip. The rules allow 0.737 m; nearly all are 0.685 m."""
    made = Solid()
    top = length / 2
    a, b = head_width / 2, head_length / 2
    middle = top - b
    angle = np.arange(40) / 40 * 2 * np.pi
    oval = np.stack([a * np.cos(angle), middle + b * np.sin(angle), np.zeros(40)], 1)
    made.add(*tube(oval, 0.011, 6, closed=True), FRAME)
    join = -top + 0.33 * length
    for side in (-1, 1):
        start = (side * a * 0.62, middle - b * 0.785, 0.0)
        made.add(*tube([start, (side * 0.022, join + 0.03, 0), (side * 0.008, join, 0)], 0.010, 6), FRAME)
    made.add(*tube([(0, join, 0), (0, -top + 0.2, 0)], 0.013, 8), FRAME)
    made.add(*tube([(0, -top + 0.2, 0), (0, -top + 0.02, 0), (0, -top, 0)], [0.016, 0.016, 0.019], 8), HANDLE)
    bed = np.linspace(-1, 1, 15)
    _bed(made, a - 0.006, b - 0.006, middle)
    for t in bed[1:-1]:
        reach = np.sqrt(1 - t * t)
        x, y = t * (a - 0.004), t * (b - 0.004)
        made.add(*tube([(x, middle - b * reach, 0), (x, middle + b * reach, 0)], 0.0022, 3), STRING)
        made.add(*tube([(-a * reach, middle + y, 0), (a * reach, middle + y, 0)], 0.0022, 3), STRING)
    made.anchor("grip", (0, -top + 0.09, 0), (0, 1, 0))
    made.anchor("throat", (0, join, 0), (0, 1, 0))
    made.anchor("head", (0, middle, 0), (0, 0, 1))
    made.anchor("butt", (0, -top, 0), (0, -1, 0))
    return made


def _bed(made: Solid, a: float, b: float, middle: float) -> None:
    """The string bed as a thin closed lens, because outlines of rackets are filled."""
    radii = [0.05, 0.4, 0.75, 1.0, 0.75, 0.4, 0.05]
    heights = [-0.001, -0.001, -0.001, 0.0, 0.001, 0.001, 0.001]
    vertices, faces = lathe(radii, heights, 24, "z")
    made.add(vertices * np.array([a, b, 1]) + np.array([0, middle, 0]), faces, BED)


def umbrella(radius: float, depth: float, length: float) -> Solid:
    """Open umbrella: domed canopy of eight panels at +y, shaft, crook. Canopies are 0.9-1.2 m across."""
    made = Solid()
    top = length / 2
    rings, sides = 8, 48
    angle = np.arange(sides) / sides * 2 * np.pi
    scallop = np.cos(np.pi / 8) / np.cos((angle % (np.pi / 4)) - np.pi / 8)
    curve = np.linspace(0.03, 1, rings)
    rows = []
    for inner in (False, True):
        steps = curve if not inner else curve[::-1]
        for t in steps:
            droop = depth * (1 - np.sqrt(np.clip(1 - (0.92 * t) ** 2, 0, 1))) / (1 - np.sqrt(1 - 0.92**2))
            edge = radius * t * (1 + (scallop - 1) * t)
            level = np.full(sides, top - 0.05 - droop - (0.008 if inner else 0.0))
            rows.append(np.stack([edge * np.cos(angle), level, -edge * np.sin(angle)], 1))
    faces = stitch(2 * rings, sides, False)
    panel = (faces % sides).min(1) // (sides // 8) % 2  # the last column wraps to 0, one thin seam
    made.add(np.concatenate(rows), faces, two_tone(panel == 0, CLOTH_A, CLOTH_B))
    made.add(*tube([(0, top, 0), (0, -top + 0.05, 0)], 0.007, 6), SHAFT)
    bend = np.linspace(0, np.pi, 8)
    crook = np.stack([np.zeros(8), -top + 0.05 - 0.05 * np.sin(bend), 0.05 - 0.05 * np.cos(bend)], 1)
    made.add(*tube(np.concatenate([[[0, -top + 0.16, 0]], crook]), 0.012, 6), HANDLE)
    made.anchor("grip", (0, -top + 0.1, 0), (0, 1, 0))
    made.anchor("shaft", (0, -top + 0.35 * length, 0), (0, 1, 0))
    made.anchor("canopy_top", (0, top, 0), (0, 1, 0))
    return made


def frisbee(diameter: float, depth: float) -> Solid:
    """A flying disc, top at +y. Sport discs are 0.274 m; toys 0.20-0.27 m."""
    made = Solid()
    r, h = diameter / 2, depth
    radii = [0.02 * r, 0.7 * r, 0.9 * r, 0.93 * r, 0.97 * r, 1.0 * r, 0.99 * r, 0.9 * r, 0.6 * r, 0.02 * r]
    heights = [0.42, 0.40, 0.3, -0.45, -0.5, -0.2, 0.15, 0.42, 0.5, 0.5]
    vertices, faces = lathe(radii, [h * y for y in heights], 40)
    lip = np.isin(faces // 40, (3, 4, 5)).all(1)
    made.add(vertices, faces, two_tone(lip, DISC_RIM, DISC))
    made.anchor("rim", (0, -0.2 * h, -0.97 * r), (0, 0, -1))
    made.anchor("rim_opposite", (0, -0.2 * h, 0.97 * r), (0, 0, 1))
    made.anchor("center", (0, 0, 0), (0, 1, 0))
    return made
