"""Things held in the hand: long axis along y, the hand's end at -y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import circle, curve, ellipsoid, lathe, loft, plate, sweep, tube
from chorus_recon.geometry.solid import Solid, two_tone

FRAME, STRING, BED, HANDLE = (200, 44, 48), (236, 232, 214), (206, 206, 184), (40, 40, 44)
CLOTH_A, CLOTH_B, SHAFT = (196, 60, 60), (214, 92, 84), (92, 94, 98)
DISC, DISC_RIM = (236, 122, 40), (214, 96, 24)
WOOD, KNOB = (206, 164, 108), (60, 52, 48)
CLUB, IRON = (150, 152, 158), (96, 98, 104)


def tennis_racket(length: float, head_width: float, head_length: float) -> Solid:
    """Strung oval head with its face along z, open throat, grip."""
    made = Solid()
    top = length / 2
    beam = circle(8) * [0.0115, 0.006]  # deep across the face, slim in it
    a, b = head_width / 2 - 0.006, head_length / 2 - 0.006
    middle = top - b - 0.006
    unit = circle(40)
    oval = np.column_stack([a * unit[:, 0], middle + b * unit[:, 1], np.zeros(40)])
    made.add(sweep(oval, beam, up=(0, 0, 1), closed=True), FRAME)
    join = -top + 0.33 * length
    for side in (-1, 1):
        knots = [
            (0.74 * a, middle - 0.67 * b),
            (0.43 * a, middle - 1.13 * b),
            (0.016, join + 0.03),
            (0.008, join),
        ]
        path = curve([(side * x, y, 0.0) for x, y in knots], 9)
        made.add(sweep(path, beam, up=(0, 0, 1)), FRAME)
    made.add(tube([(0, join + 0.03, 0), (0, join, 0), (0, -top + 0.2, 0)], [0.007, 0.013, 0.014], 8), FRAME)
    grip = [(0, -top + y, 0) for y in (0.205, 0.2, 0.025, 0.012, 0.0)]
    made.add(tube(grip, [0.014, 0.0165, 0.0165, 0.0195, 0.0195], 8), HANDLE)
    _strings(made, a, b, middle)
    made.anchor("grip", (0, -top + 0.09, 0), (0, 1, 0))
    made.anchor("throat", (0, join, 0), (0, 1, 0))
    made.anchor("head", (0, middle, 0), (0, 0, 1))
    made.anchor("butt", (0, -top, 0), (0, -1, 0))
    return made


def _strings(made: Solid, a: float, b: float, middle: float) -> None:
    """Crossed strings on a thin closed lens, because outlines of rackets are filled."""
    vertices, faces = lathe(
        [0.05, 0.4, 0.75, 1.0, 0.75, 0.4, 0.05], np.array([-1, -1, -1, 0, 1, 1, 1]) * 5e-4, 24, "z"
    )
    made.add((vertices * np.array([a, b, 1]) + np.array([0, middle, 0]), faces), BED)
    for t in np.linspace(-1, 1, 16)[1:-1]:
        reach = np.sqrt(1 - t * t)
        made.add(tube([(t * a, middle - b * reach, 0), (t * a, middle + b * reach, 0)], 0.0018, 3), STRING)
    for t in np.linspace(-1, 1, 19)[1:-1]:
        reach = np.sqrt(1 - t * t)
        made.add(tube([(-a * reach, middle + t * b, 0), (a * reach, middle + t * b, 0)], 0.0018, 3), STRING)


def umbrella(canopy_radius: float, canopy_depth: float, length: float) -> Solid:
    """Open: domed canopy of eight panels on ribs at +y, shaft, crook handle."""
    made = Solid()
    top = length / 2
    rings, sides = 8, 48
    angle = np.arange(sides) / sides * 2 * np.pi
    scallop = np.cos(np.pi / 8) / np.cos((angle % (np.pi / 4)) - np.pi / 8)
    skin = []
    for lower in (True, False):
        reach = np.linspace(0.03, 1, rings)
        for t in reach if lower else reach[::-1]:
            edge = canopy_radius * t * (1 + (scallop - 1) * t)
            sag = 0.35 * canopy_depth * t**2 * (1 - scallop)  # cloth is pulled flat between the ribs
            level = top - 0.05 - _droop(t, canopy_depth) + sag - (0.006 if lower else 0.0)
            skin.append(np.stack([edge * np.cos(angle), level, -edge * np.sin(angle)], 1))
    vertices, faces = loft(np.stack(skin))
    first = np.where(
        (faces % sides == 0).any(1) & (faces % sides == sides - 1).any(1), sides - 1, (faces % sides).min(1)
    )
    odd = first // (sides // 8) % 2 == 1
    made.add((vertices, faces), two_tone(odd, CLOTH_B, CLOTH_A))
    for k in range(8):
        c, s = np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)
        rib = [(t, top - 0.06 - _droop(t, canopy_depth)) for t in np.linspace(0.03, 1.0, 5)]
        path = [(t * canopy_radius * c, y, -t * canopy_radius * s) for t, y in rib]
        made.add(tube(path, 0.0035, 3), SHAFT)
        out, level = 0.52, top - 0.062 - _droop(0.52, canopy_depth)
        stay = [
            (0.0, top - 0.05 - 0.95 * canopy_depth, 0.0),
            (out * canopy_radius * c, level, -out * canopy_radius * s),
        ]
        made.add(tube(stay, 0.003, 3), SHAFT)
    made.add(tube([(0, top, 0), (0, top - 0.02, 0), (0, -top + 0.05, 0)], [0.003, 0.007, 0.007], 6), SHAFT)
    bend = np.linspace(0, np.pi, 10)
    crook = np.stack([np.zeros(10), -top + 0.055 - 0.045 * np.sin(bend), 0.045 - 0.045 * np.cos(bend)], 1)
    made.add(
        tube(np.concatenate([[[0, -top + 0.17, 0]], crook, [[0, -top + 0.075, 0.09]]]), 0.011, 8), HANDLE
    )
    made.anchor("grip", (0, -top + 0.1, 0), (0, 1, 0))
    made.anchor("shaft", (0, -top + 0.35 * length, 0), (0, 1, 0))
    made.anchor("canopy_top", (0, top, 0), (0, 1, 0))
    return made


def _droop(t: float, depth: float) -> float:
    """How far below its top a canopy is at a share `t` of its radius: a cap of a sphere."""
    return depth * (1 - np.sqrt(1 - (0.92 * t) ** 2)) / (1 - np.sqrt(1 - 0.92**2))


def frisbee(diameter: float, depth: float) -> Solid:
    """A flying disc, top at +y, hollow below."""
    made = Solid()
    radii = [0.02, 0.6, 0.88, 0.925, 0.945, 0.965, 0.99, 1.0, 0.99, 0.95, 0.88, 0.6, 0.3, 0.02]
    heights = [0.4, 0.36, 0.22, 0.05, -0.45, -0.5, -0.42, -0.15, 0.05, 0.24, 0.36, 0.46, 0.495, 0.5]
    vertices, faces = lathe([diameter / 2 * r for r in radii], [depth * y for y in heights], 40)
    lip = np.isin(faces // 40, (4, 5, 6, 7, 8)).all(1)
    made.add((vertices, faces), two_tone(lip, DISC_RIM, DISC))
    made.anchor("rim", (0, -0.2 * depth, -0.485 * diameter), (0, 0, -1))
    made.anchor("rim_opposite", (0, -0.2 * depth, 0.485 * diameter), (0, 0, 1))
    made.anchor("center", (0, 0, 0), (0, 1, 0))
    return made


def baseball_bat(length: float, barrel_radius: float) -> Solid:
    """Knob, thin handle, barrel at +y."""
    made = Solid()
    top = length / 2
    place = np.array([0.0, 0.004, 0.016, 0.024, 0.1, 0.3, 0.45, 0.6, 0.72, 0.92, 0.975, 0.995, 1.0])
    slim = np.array([0.6, 0.95, 0.95, 0.52, 0.5, 0.5, 0.6, 0.8, 0.95, 1.0, 0.96, 0.7, 0.2])
    vertices, faces = lathe(barrel_radius * slim, length * place - top, 20)
    taped = (faces // 20).max(1) <= 5
    made.add((vertices, faces), two_tone(taped, KNOB, WOOD))
    made.anchor("grip", (0, -top + 0.11, 0), (0, 1, 0))
    made.anchor("upper_grip", (0, -top + 0.2, 0), (0, 1, 0))
    made.anchor("barrel", (0, 0.36 * length, 0), (0, 1, 0))
    return made


def golf_club(length: float, head_length: float) -> Solid:
    """Grip at -y, shaft, and a club head at +y that reaches towards +x, its face towards +z."""
    made = Solid()
    top = length / 2
    made.add(tube([(0, -top, 0), (0, -top + 0.27, 0)], [0.0135, 0.0095], 8), HANDLE)
    made.add(tube([(0, -top + 0.26, 0), (0, top - 0.02, 0)], [0.0075, 0.0045], 8), CLUB)
    side = np.array(
        [(-0.13, 0.02), (-0.13, -0.02), (0.4, -0.034), (0.9, -0.036), (1.05, -0.012), (1.0, 0.022)]
    )
    made.add(plate(side * [head_length, 1.0] + [0, top - 0.03], 0.026, (0, 0, 0), "z"), IRON)
    made.anchor("grip", (0, -top + 0.08, 0), (0, 1, 0))
    made.anchor("lower_grip", (0, -top + 0.17, 0), (0, 1, 0))
    made.anchor("head", (0.5 * head_length, top - 0.03, 0), (0, 0, 1))
    return made


def driver(length: float, head_length: float) -> Solid:
    """A golf club with the hollow round head of a wood."""
    made = Solid()
    top = length / 2
    made.add(tube([(0, -top, 0), (0, -top + 0.27, 0)], [0.0135, 0.0095], 8), HANDLE)
    made.add(tube([(0, -top + 0.26, 0), (0, top - 0.03, 0)], [0.0075, 0.0045], 8), CLUB)
    radii = (head_length / 2, 0.031, 0.46 * head_length)
    made.add(ellipsoid(radii, (0.4 * head_length, top - 0.031, -0.02), 14, 9), HANDLE)
    made.anchor("grip", (0, -top + 0.08, 0), (0, 1, 0))
    made.anchor("lower_grip", (0, -top + 0.17, 0), (0, 1, 0))
    made.anchor("head", (0.4 * head_length, top - 0.03, 0.02), (0, 0, 1))
    return made


# Nearly all rackets are 0.685 m (the rules allow 0.737); canopies 0.9-1.2 m across; sport discs are
# 0.274 m and toys 0.20-0.27 m; bats 0.76-0.86 m with barrels of 57-70 mm; clubs 0.86-1.15 m.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "tennis_racket": (
        Template(
            tennis_racket,
            {"length": (0.685, 0.006), "head_width": (0.262, 0.010), "head_length": (0.345, 0.010)},
            "y180",
            0.02,
        ),
    ),
    "umbrella": (
        Template(
            umbrella,
            {"canopy_radius": (0.50, 0.055), "canopy_depth": (0.21, 0.048), "length": (0.84, 0.06)},
            "axis_y",
            0.04,
        ),
    ),
    "frisbee": (Template(frisbee, {"diameter": (0.262, 0.018), "depth": (0.031, 0.003)}, "axis_y"),),
    "baseball_bat": (
        Template(baseball_bat, {"length": (0.82, 0.03), "barrel_radius": (0.032, 0.002)}, "axis_y"),
    ),
    "golf_club": (
        Template(golf_club, {"length": (0.98, 0.07), "head_length": (0.085, 0.01)}, "none"),
        Template(driver, {"length": (1.12, 0.03), "head_length": (0.115, 0.008)}, "none", kind="driver"),
    ),
}
