"""Motorcycles: front wheel at +z, up +y, the rider's left at +x; z = 0 is midway between the hubs."""

import numpy as np

from chorus_recon.backends.shape.primitives import (
    box,
    circle,
    curve,
    cushion,
    lathe,
    squircle,
    stack,
    sweep,
    tube,
)
from chorus_recon.backends.shape.solid import Point, Rgb, Solid, two_tone
from chorus_recon.backends.shape.template import Template

TYRE, RIM, DARK, CHROME = (34, 34, 36), (120, 122, 128), (44, 44, 48), (176, 178, 184)
PAINT, SEAT, ENGINE, FIN, LAMP, RED = (
    (172, 36, 40), (40, 38, 40), (92, 94, 100), (148, 150, 156), (240, 236, 214), (190, 30, 30),
)  # fmt: skip
SCOOTER, FAIRING, GLASS = (70, 128, 134), (36, 92, 170), (70, 78, 88)


def _wheel(made: Solid, radius: float, thick: float, hub: Point) -> None:
    """Fat tyre, rim, brake discs and cast spokes."""
    around = circle(24)
    for reach, outline, colour in (
        (radius - thick, thick * circle(6) * [1.0, 1.08], TYRE),
        (radius - 2.1 * thick, thick * circle(4, 0.5) * [0.5, 0.9], RIM),
    ):
        path = np.column_stack([np.zeros(24), reach * around]) + np.asarray(hub)
        made.add(sweep(path, outline, up=(0, 1, 0), closed=True), colour)
    radii, places = (
        [0.03, 0.12, 0.12, 0.04, 0.04, 0.12, 0.12, 0.03],
        [-0.07, -0.069, -0.063, -0.06, 0.06, 0.063, 0.069, 0.07],
    )
    made.add(lathe(radii, places, 10, "x", hub), CHROME)
    inner = radius - 2.3 * thick
    for a in np.arange(5) / 5 * 2 * np.pi:
        end = (hub[0], hub[1] + inner * np.cos(a), hub[2] + inner * np.sin(a))
        made.add(tube([hub, end], [0.022, 0.014], 4), RIM)


def _arc(made: Solid, hub: Point, reach: float, start: float, stop: float, half: float, rgb: Rgb) -> None:
    """A mudguard: an arc about a hub, by angles from above towards the rear."""
    angle = np.linspace(start, stop, 7)
    path = np.stack([np.zeros(7), hub[1] + reach * np.cos(angle), hub[2] - reach * np.sin(angle)], 1)
    first = (0.0, float(np.cos(start)), float(-np.sin(start)))
    made.add(sweep(path, circle(6) * [0.014, half], up=first), rgb)


def _fork(made: Solid, front: Point, head: Point) -> None:
    for s in (-1, 1):
        low, high = (s * 0.095, *front[1:]), (s * 0.085, *head[1:])
        made.add(
            tube(
                [low, _between(low, high, 0.5), _between(low, high, 0.52), high],
                [0.03, 0.03, 0.022, 0.022],
                7,
            ),
            CHROME,
        )
    for share in (0.82, 0.98):
        at = _between((0, *front[1:]), (0, *head[1:]), share)
        made.add(box((0.24, 0.035, 0.07), at, 0.4), DARK)


def _between(a: Point, b: Point, share: float) -> Point:
    x, y, z = (p + share * (q - p) for p, q in zip(a, b, strict=True))
    return x, y, z


def _headlamp(made: Solid, centre: Point, size: float) -> None:
    radii = np.array([0.15, 0.7, 0.95, 1.05, 0.95, 0.6, 0.1]) * size
    vertices, faces = lathe(
        radii, np.array([-0.8, -0.65, -0.1, 0.3, 0.35, 0.5, 0.55]) * size, 10, "z", centre
    )
    glass = (faces // 10).min(1) >= 4
    made.add((vertices, faces), two_tone(glass, LAMP, DARK))


def _bar(made: Solid, half: float, height: float, z: float, clamp: Point, back: float) -> None:
    """Handlebar from its clamp to the grips, which sweep back."""
    knots = [
        (half, height, z - back),
        (0.62 * half, height + 0.005, z - 0.4 * back),
        (0.2 * half, clamp[1], clamp[2]),
    ]
    knots += [(-x, y, d) for x, y, d in reversed(knots)]
    made.add(tube(curve(knots, 10), 0.012, 5), CHROME)
    for s in (-1, 1):
        made.add(
            tube([(s * half, height, z - back), (s * 0.7 * half, height + 0.004, z - 0.52 * back)], 0.019, 6),
            SEAT,
        )
        lever = [
            (s * 0.68 * half, height - 0.005, z - 0.4 * back + 0.03),
            (s * 0.95 * half, height - 0.01, z - 0.75 * back + 0.05),
        ]
        made.add(tube(lever, 0.007, 4), CHROME)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_grip", (s * 0.86 * half, height + 0.014, z - 0.76 * back), (s, 0, 0))


def _engine(made: Solid, level: float, top: float) -> None:
    """Crankcase, side covers and an inclined finned cylinder up to a height."""
    made.add(cushion((0.30, 0.25, 0.44), (0, level + 0.02, 0.0), 0.05, 12, 0.09), ENGINE)
    for z, r in ((-0.08, 0.105), (0.1, 0.08)):
        made.add(
            lathe([0.4 * r, r, r, 0.4 * r], [-0.18, -0.165, 0.165, 0.18], 12, "x", (0, level + 0.02, z)), FIN
        )
    steps = 5
    for k in range(steps):
        y = level + 0.15 + (top - level - 0.17) * k / (steps - 1)
        wide = 0.28 if k < steps - 1 else 0.24
        made.add(box((wide, 0.018, 0.24), (0, y, 0.09 + 0.012 * k), -0.2), FIN)
    made.add(tube([(0, level + 0.1, 0.08), (0, top, 0.16)], 0.095, 10), ENGINE)


def _exhausts(made: Solid, level: float, end: Point) -> None:
    for s in (-1, 1):
        header = [
            (s * 0.07, level + 0.24, 0.2),
            (s * 0.11, level + 0.17, 0.33),
            (s * 0.14, level - 0.08, 0.29),
            (s * 0.15, level - 0.13, 0.1),
            (s * 0.16, level - 0.12, -0.15),
        ]
        made.add(tube(curve(header, 8), 0.021, 5), CHROME)
        pipe = [
            (s * 0.16, level - 0.12, -0.13),
            (s * 0.175, level - 0.105, -0.26),
            (s * end[0], end[1] - 0.01, end[2] + 0.06),
            (s * end[0], *end[1:]),
        ]
        made.add(tube(pipe, [0.024, 0.048, 0.05, 0.036], 6), CHROME)


def _running_gear(made: Solid, rear: Point, seat: float, pivot: Point) -> None:
    """Swing arm, shock absorbers and foot rests."""
    for s in (-1, 1):
        made.add(tube([(s * 0.1, *pivot[1:]), (s * 0.095, *rear[1:])], [0.028, 0.022], 6), DARK)
        low, high = (s * 0.12, rear[1] + 0.03, rear[2] + 0.05), (s * 0.11, seat - 0.07, rear[2] + 0.24)
        coils = [_between(low, high, t) for t in np.linspace(0, 1, 6)]
        made.add(tube(coils, [0.014, *(0.036, 0.026) * 2, 0.014], 6), CHROME)
        made.add(
            tube(
                [(s * 0.1, pivot[1] - 0.01, pivot[2] + 0.1), (s * 0.27, pivot[1] - 0.01, pivot[2] + 0.09)],
                0.016,
                6,
            ),
            DARK,
        )
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_peg", (s * 0.22, pivot[1] + 0.006, pivot[2] + 0.095), (0, 1, 0))


def _ends(made: Solid, saddle: Point, tank: Point, front: Point, rear: Point) -> None:
    made.anchor("saddle", saddle, (0, 1, 0))
    made.anchor("tank", tank, (0, 1, 0))
    made.anchor("front_hub", front, (0, 0, 1))
    made.anchor("rear_hub", rear, (0, 0, -1))


def standard(
    wheelbase: float,
    wheel_radius: float,
    seat_height: float,
    handlebar_height: float,
    bar_width: float,
    tank_height: float,
) -> Solid:
    """Roadster: tank, bench seat, bare engine, two shock absorbers, round headlamp."""
    made = Solid()
    r, seat = wheel_radius, seat_height
    rear, front = (0.0, r, -0.5 * wheelbase), (0.0, r, 0.5 * wheelbase)
    _wheel(made, r, 0.058, rear)
    _wheel(made, r, 0.05, front)
    head = (0.0, seat + 0.13, front[2] - 0.29)
    _fork(made, front, head)
    _headlamp(made, (0, head[1] - 0.06, head[2] + 0.15), 0.09)
    _bar(made, bar_width / 2, handlebar_height, head[2] - 0.015, (0, head[1] + 0.035, head[2] - 0.01), 0.11)
    base, half = seat - 0.06, tank_height / 2
    tank = [
        (-0.12, 0.055, 0.3),
        (-0.09, 0.08, 0.5),
        (0.0, 0.12, 0.85),
        (0.12, 0.145, 1.0),
        (0.24, 0.14, 1.0),
        (0.33, 0.105, 0.8),
        (0.36, 0.06, 0.5),
    ]
    made.add(
        stack(
            [(z, w, h * half, 0, base + half * (0.35 + 0.65 * h)) for z, w, h in tank], squircle(12, 3.0), "z"
        ),
        PAINT,
    )
    cushions = [
        (-0.68, 0.05, 0.02, 0.045),
        (-0.65, 0.1, 0.035, 0.058),
        (-0.5, 0.125, 0.045, 0.06),
        (-0.37, 0.14, 0.05, 0.045),
        (-0.3, 0.15, 0.045, 0.014),
        (-0.17, 0.14, 0.045, 0.0),
        (-0.07, 0.10, 0.04, 0.004),
        (-0.03, 0.07, 0.02, 0.0),
    ]
    made.add(stack([(z, w, h, 0, seat + top - h) for z, w, h, top in cushions], squircle(10, 3.5), "z"), SEAT)
    tail = [
        (-0.77, 0.04, 0.02, 0.02),
        (-0.72, 0.08, 0.04, 0.005),
        (-0.5, 0.1, 0.05, -0.04),
        (-0.3, 0.11, 0.07, -0.09),
        (-0.14, 0.1, 0.09, -0.12),
        (-0.06, 0.06, 0.06, -0.11),
    ]
    made.add(stack([(z, w, h, 0, seat + y) for z, w, h, y in tail], squircle(10, 3.5), "z"), PAINT)
    made.add(box((0.1, 0.05, 0.04), (0, seat + 0.015, -0.78)), RED)
    _arc(made, front, r + 0.03, -0.55, 1.1, 0.065, PAINT)
    _arc(made, rear, r + 0.05, -0.5, 0.8, 0.085, DARK)
    _engine(made, r, seat - 0.05)
    pivot = (0.0, r + 0.055, -0.25)
    for s in (-1, 1):
        cradle = [
            (s * 0.03, head[1] - 0.1, head[2] - 0.05),
            (s * 0.11, r + 0.1, 0.3),
            (s * 0.13, r - 0.1, 0.24),
            (s * 0.13, r - 0.11, -0.18),
            (s * 0.12, pivot[1], pivot[2] - 0.01),
            (s * 0.1, seat - 0.1, -0.24),
        ]
        made.add(tube(cradle, 0.018, 5), DARK)
    made.add(tube([(0, head[1] - 0.03, head[2] - 0.01), (0, seat - 0.05, 0.05)], 0.03, 6), DARK)
    made.add(cushion((0.2, 0.2, 0.2), (0, seat - 0.22, -0.17), 0.03, 8), DARK)
    _exhausts(made, r, (0.19, r - 0.02, rear[2] - 0.12))
    _running_gear(made, rear, seat, pivot)
    _ends(made, (0, seat + 0.01, -0.12), (0, base + 2 * half * 0.98, 0.17), front, rear)
    return made


# Roadsters: wheelbases of 1.30-1.55 m, seats at 0.74-0.86 m, tyres 0.60-0.68 m across.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "motorcycle": (
        Template(
            standard,
            {
                "wheelbase": (1.42, 0.07),
                "wheel_radius": (0.315, 0.018),
                "seat_height": (0.80, 0.035),
                "handlebar_height": (1.06, 0.06),
                "bar_width": (0.80, 0.05),
                "tank_height": (0.24, 0.03),
            },
            "none",
            0.04,
            1.0,
        ),
    ),
}
