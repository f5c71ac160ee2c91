"""The template meshes of a motorcycle: front wheel at +z, up +y, left at +x; z is 0 between the hubs."""

from chorus_recon.categories.motorcycle.parts import (
    DARK,
    GRIP,
    LAMP,
    cast_wheel,
    ends,
    engine,
    exhausts,
    fork,
    handlebar,
    headlamp,
    mudguard,
    running_gear,
)
from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, cushion, ellipsoid, squircle, stack, tube
from chorus_recon.geometry.meshes.solid import Chunk, Solid

PAINT, FAIRING, SCOOTER, GLASS, RED = (
    (172, 36, 40),
    (36, 92, 170),
    (70, 128, 134),
    (70, 78, 88),
    (190, 30, 30),
)


def _body(sections: list[tuple[float, float, float, float]], sides: int, power: float = 3.5) -> Chunk:
    """A closed shell along z. Each section is (z, half width, half height, height of its middle)."""
    return stack([(z, w, h, 0, y) for z, w, h, y in sections], squircle(sides, power), "z")


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
    cast_wheel(made, r, 0.058, rear)
    cast_wheel(made, r, 0.05, front)
    head = (0.0, seat + 0.13, front[2] - 0.29)
    fork(made, front, head)
    headlamp(made, (0, head[1] - 0.06, head[2] + 0.15), 0.09)
    handlebar(
        made, bar_width / 2, handlebar_height, head[2] - 0.015, (0, head[1] + 0.035, head[2] - 0.01), 0.11
    )
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
    made.add(stack([(z, w, h, 0, seat + top - h) for z, w, h, top in cushions], squircle(10, 3.5), "z"), GRIP)
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
    mudguard(made, front, r + 0.03, -0.55, 1.1, 0.065, PAINT)
    mudguard(made, rear, r + 0.05, -0.5, 0.8, 0.085, DARK)
    engine(made, r, seat - 0.05)
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
    exhausts(made, r, (0.19, r - 0.02, rear[2] - 0.12))
    running_gear(made, rear, seat, pivot)
    ends(made, (0, seat + 0.01, -0.12), (0, base + 2 * half * 0.98, 0.17), front, rear)
    return made


def sport(
    wheelbase: float, wheel_radius: float, seat_height: float, handlebar_height: float, bar_width: float
) -> Solid:
    """Sports motorcycle: full fairing, low bars, high tail."""
    made = Solid()
    r, seat = wheel_radius, seat_height
    rear, front = (0.0, r, -0.5 * wheelbase), (0.0, r, 0.5 * wheelbase)
    cast_wheel(made, r, 0.065, rear)
    cast_wheel(made, r, 0.05, front)
    nose, head = front[2], (0.0, seat + 0.08, front[2] - 0.26)
    fork(made, front, head)
    handlebar(made, bar_width / 2, handlebar_height, head[2] - 0.02, (0, head[1] + 0.03, head[2]), 0.1)
    tank = [
        (-0.16, 0.06, 0.05, 0.02),
        (-0.1, 0.09, 0.08, 0.05),
        (0.03, 0.14, 0.12, 0.075),
        (0.2, 0.15, 0.13, 0.07),
        (0.31, 0.11, 0.1, 0.05),
        (0.35, 0.07, 0.06, 0.04),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in tank], 12, 3.0), FAIRING)
    pad = [
        (-0.43, 0.08, 0.02, 0.01),
        (-0.38, 0.13, 0.035, 0.0),
        (-0.25, 0.15, 0.04, -0.03),
        (-0.14, 0.11, 0.035, -0.03),
        (-0.1, 0.08, 0.02, -0.03),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in pad], 10), GRIP)
    tail = [
        (-0.86, 0.03, 0.015, 0.08),
        (-0.8, 0.07, 0.035, 0.07),
        (-0.62, 0.11, 0.06, 0.035),
        (-0.44, 0.13, 0.07, 0.0),
        (-0.28, 0.12, 0.07, -0.08),
        (-0.14, 0.08, 0.06, -0.1),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in tail], 10), FAIRING)
    made.add(box((0.1, 0.03, 0.03), (0, seat + 0.075, -0.855)), RED)
    cowl = [
        (nose - 0.5, 0.15, 0.1, -0.04),
        (nose - 0.4, 0.2, 0.15, 0.0),
        (nose - 0.25, 0.2, 0.16, 0.02),
        (nose - 0.1, 0.15, 0.12, -0.02),
        (nose + 0.02, 0.09, 0.07, -0.06),
        (nose + 0.07, 0.04, 0.03, -0.08),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in cowl], 12, 3.0), FAIRING)
    made.add(ellipsoid((0.13, 0.12, 0.2), (0, seat + 0.14, nose - 0.2), 12, 7), GLASS)
    for s in (-1, 1):
        made.add(ellipsoid((0.05, 0.03, 0.05), (s * 0.065, seat - 0.04, nose - 0.0), 8, 5), LAMP)
        mirror = [(s * 0.15, seat + 0.12, nose - 0.25), (s * 0.3, seat + 0.22, nose - 0.28)]
        made.add(tube(mirror, 0.008, 5), DARK)
        made.add(ellipsoid((0.065, 0.035, 0.03), (s * 0.33, seat + 0.23, nose - 0.29), 8, 5), DARK)
    belly = [
        (-0.3, 0.1, 0.08, 0.3),
        (-0.2, 0.17, 0.15, 0.34),
        (0.0, 0.2, 0.25, 0.45),
        (0.2, 0.21, 0.27, 0.52),
        (0.34, 0.19, 0.22, 0.6),
        (nose - 0.28, 0.15, 0.14, 0.68),
    ]
    made.add(_body([(z, w, h, y + seat - 0.82) for z, w, h, y in belly], 12), FAIRING)
    made.add(cushion((0.22, 0.3, 0.3), (0, seat - 0.25, -0.14), 0.04, 8), DARK)
    mudguard(made, front, r + 0.025, -0.5, 1.1, 0.06, FAIRING)
    mudguard(made, rear, r + 0.03, -0.7, 0.1, 0.08, DARK)
    for s in (-1, 1):
        pipe = [
            (s * 0.14, r - 0.08, -0.2),
            (s * 0.16, r - 0.04, -0.4),
            (s * 0.19, r + 0.12, rear[2] - 0.02),
            (s * 0.2, r + 0.2, rear[2] - 0.14),
        ]
        made.add(tube(pipe, [0.025, 0.045, 0.052, 0.04], 8), DARK)
    running_gear(made, rear, seat, (0.0, r + 0.1, -0.36), sprung=False)
    ends(made, (0, seat + 0.01, -0.24), (0, seat + 0.2, 0.12), front, rear)
    return made


def scooter(
    wheelbase: float, wheel_radius: float, seat_height: float, handlebar_height: float, bar_width: float
) -> Solid:
    """Step-through scooter: leg shield, flat floor, body under the seat, small wheels."""
    made = Solid()
    r, seat = wheel_radius, seat_height
    rear, front = (0.0, r, -0.5 * wheelbase), (0.0, r, 0.5 * wheelbase)
    cast_wheel(made, r, 0.055, rear)
    cast_wheel(made, r, 0.05, front)
    head = (0.0, handlebar_height - 0.15, front[2] - 0.22)
    fork(made, front, head)
    floor = r + 0.06
    made.add(cushion((0.4, 0.07, 0.5), (0, floor, 0.13), 0.02, 12), DARK)
    shield = [
        (floor - 0.03, 0.04, 0.19, 0.36),
        (floor + 0.15, 0.035, 0.23, 0.41),
        (floor + 0.38, 0.035, 0.22, 0.42),
        (head[1] - 0.08, 0.035, 0.17, head[2] + 0.02),
        (head[1] + 0.02, 0.03, 0.09, head[2] + 0.01),
    ]
    made.add(stack([(y, d, w, z, 0) for y, d, w, z in shield], squircle(12, 4.0)), SCOOTER)
    apron = [
        (0.4, 0.13, 0.2, 0.0),
        (0.48, 0.12, 0.22, 0.0),
        (0.56, 0.07, 0.16, -0.04),
        (0.6, 0.04, 0.08, -0.06),
    ]
    made.add(_body([(z, w, h, head[1] - 0.22 + y) for z, w, h, y in apron], 12, 2.6), SCOOTER)
    mudguard(made, front, r + 0.03, -0.7, 1.1, 0.08, SCOOTER)
    body = [
        (-0.9, 0.05, 0.05, -0.15),
        (-0.85, 0.13, 0.1, -0.16),
        (-0.65, 0.19, 0.17, -0.21),
        (-0.35, 0.2, 0.2, -0.25),
        (-0.16, 0.18, 0.22, -0.28),
        (-0.09, 0.14, 0.17, -0.3),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in body], 12), SCOOTER)
    bench = [
        (-0.8, 0.07, 0.02, -0.01),
        (-0.76, 0.13, 0.04, -0.01),
        (-0.5, 0.15, 0.05, -0.02),
        (-0.3, 0.15, 0.045, -0.045),
        (-0.14, 0.12, 0.04, -0.05),
        (-0.08, 0.08, 0.02, -0.05),
    ]
    made.add(_body([(z, w, h, seat + y) for z, w, h, y in bench], 10), GRIP)
    made.add(cushion((0.16, 0.14, 0.44), (0.07, r + 0.01, rear[2] + 0.16), 0.03, 8), DARK)
    muffler = [
        (-0.12, r, rear[2] + 0.3),
        (-0.14, r + 0.01, rear[2] + 0.16),
        (-0.15, r + 0.06, rear[2] - 0.16),
    ]
    made.add(tube(muffler, [0.02, 0.05, 0.055], 8), DARK)
    made.add(ellipsoid((0.13, 0.1, 0.1), (0, handlebar_height - 0.03, head[2] - 0.02), 12, 7), SCOOTER)
    headlamp(made, (0, handlebar_height - 0.02, head[2] + 0.06), 0.065)
    made.add(tube([head, (0, handlebar_height, head[2] - 0.03)], 0.03, 8), DARK)
    handlebar(
        made, bar_width / 2, handlebar_height, head[2] - 0.02, (0, handlebar_height, head[2] - 0.03), 0.08
    )
    made.add(box((0.14, 0.06, 0.04), (0, seat - 0.13, -0.9)), RED)
    mudguard(made, rear, r + 0.03, 0.2, 1.2, 0.07, DARK)
    for s in (-1, 1):
        made.anchor(f"{'left' if s > 0 else 'right'}_peg", (s * 0.13, floor + 0.036, 0.2), (0, 1, 0))
    ends(made, (0, seat + 0.005, -0.3), (0, seat - 0.02, -0.12), front, rear)
    return made


# Wheelbases are 1.30-1.55 m (scooters 1.20-1.40), seats at 0.74-0.86 m, tyres 0.60-0.68 m across (0.40-0.52).
TEMPLATES: tuple[Template, ...] = (
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
        symmetry="none",
        scale_sd=0.04,
        upright=1.0,
    ),
    Template(
        sport,
        {
            "wheelbase": (1.40, 0.04),
            "wheel_radius": (0.31, 0.01),
            "seat_height": (0.82, 0.025),
            "handlebar_height": (0.93, 0.04),
            "bar_width": (0.68, 0.03),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
        kind="sport_motorcycle",
    ),
    Template(
        scooter,
        {
            "wheelbase": (1.29, 0.04),
            "wheel_radius": (0.23, 0.015),
            "seat_height": (0.77, 0.02),
            "handlebar_height": (1.02, 0.04),
            "bar_width": (0.68, 0.03),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
        kind="scooter",
    ),
)
