"""Parts that the motorcycle meshes share."""

import numpy as np

from chorus_recon.geometry.meshes.primitives import box, circle, curve, cushion, lathe, sweep, tube
from chorus_recon.geometry.meshes.solid import Point, Rgb, Solid, two_tone

TYRE, RIM, DARK, CHROME, LAMP = (34, 34, 36), (120, 122, 128), (44, 44, 48), (176, 178, 184), (240, 236, 214)
GRIP, ENGINE, FIN = (40, 38, 40), (92, 94, 100), (148, 150, 156)


def cast_wheel(made: Solid, radius: float, thick: float, hub: Point) -> None:
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


def mudguard(made: Solid, hub: Point, reach: float, start: float, stop: float, half: float, rgb: Rgb) -> None:
    """A mudguard: an arc around a hub. The angles count from the top towards the rear."""
    angle = np.linspace(start, stop, 7)
    path = np.stack([np.zeros(7), hub[1] + reach * np.cos(angle), hub[2] - reach * np.sin(angle)], 1)
    first = (0.0, float(np.cos(start)), float(-np.sin(start)))
    made.add(sweep(path, circle(6) * [0.014, half], up=first), rgb)


def fork(made: Solid, front: Point, head: Point) -> None:
    """Two telescopic legs from the front hub to the steering head, with their clamps."""
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


def headlamp(made: Solid, centre: Point, size: float) -> None:
    """A round lamp facing +z."""
    radii = np.array([0.15, 0.7, 0.95, 1.05, 0.95, 0.6, 0.1]) * size
    vertices, faces = lathe(
        radii, np.array([-0.8, -0.65, -0.1, 0.3, 0.35, 0.5, 0.55]) * size, 10, "z", centre
    )
    glass = (faces // 10).min(1) >= 4
    made.add((vertices, faces), two_tone(glass, LAMP, DARK))


def handlebar(made: Solid, half: float, height: float, z: float, clamp: Point, back: float) -> None:
    """Handlebar from its clamp to the grips, which are swept back by `back`."""
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
            GRIP,
        )
        lever = [
            (s * 0.68 * half, height - 0.005, z - 0.4 * back + 0.03),
            (s * 0.95 * half, height - 0.01, z - 0.75 * back + 0.05),
        ]
        made.add(tube(lever, 0.007, 4), CHROME)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_grip", (s * 0.86 * half, height + 0.014, z - 0.76 * back), (s, 0, 0))


def engine(made: Solid, level: float, top: float) -> None:
    """Crankcase, side covers and an inclined finned cylinder up to height `top`."""
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


def exhausts(made: Solid, level: float, end: Point) -> None:
    """A header and a silencer on each side. The left one ends at `end`, the right one at its mirror image."""
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


def running_gear(made: Solid, rear: Point, seat: float, pivot: Point, sprung: bool = True) -> None:
    """Swing arm and foot rests; a shock absorber on each side if `sprung`."""
    for s in (-1, 1):
        made.add(tube([(s * 0.1, *pivot[1:]), (s * 0.095, *rear[1:])], [0.028, 0.022], 6), DARK)
        if sprung:
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


def ends(made: Solid, saddle: Point, tank: Point, front: Point, rear: Point) -> None:
    """The anchors of every motorcycle."""
    made.anchor("saddle", saddle, (0, 1, 0))
    made.anchor("tank", tank, (0, 1, 0))
    made.anchor("front_hub", front, (0, 0, 1))
    made.anchor("rear_hub", rear, (0, 0, -1))
