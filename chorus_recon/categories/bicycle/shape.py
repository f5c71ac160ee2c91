"""The template mesh of a bicycle: front wheel at +z, up +y, the rider's left at +x; z is 0 at the crank."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, circle, curve, lathe, loft, sweep, tube
from chorus_recon.geometry.meshes.solid import Point, Solid

TYRE, RIM, SPOKE, PAINT = (34, 34, 36), (168, 170, 176), (190, 192, 196), (38, 104, 168)
DARK, CHROME, LEATHER = (44, 44, 48), (176, 178, 184), (40, 38, 40)
LEAN = 0.29  # tangent of the seat tube's tilt from the vertical


def wheel(made: Solid, radius: float, thick: float, hub: Point, spokes: int) -> None:
    """Tyre, rim, hub and crossed spokes around the x axis."""
    around = circle(32)
    for reach, outline, colour in (
        (radius - thick, thick * circle(8), TYRE),
        (radius - 2.2 * thick, thick * circle(4, 0.5) * [0.45, 0.75], RIM),
    ):
        path = np.column_stack([np.zeros(32), reach * around]) + np.asarray(hub)
        made.add(sweep(path, outline, up=(0, 1, 0), closed=True), colour)
    x, y, z = hub
    made.add(lathe([0.012, 0.03, 0.03, 0.012, 0.012, 0.03, 0.03, 0.012], _HUB, 10, "x", hub), DARK)
    inner = radius - 2.4 * thick
    for k in range(spokes):
        a = 2 * np.pi * k / spokes
        lead = 0.9 if k % 4 < 2 else -0.9
        root = (x + (0.03 if k % 2 else -0.03), y + 0.03 * np.cos(a + lead), z + 0.03 * np.sin(a + lead))
        made.add(tube([root, (x, y + inner * np.cos(a), z + inner * np.sin(a))], 0.0021, 3), SPOKE)


_HUB = (-0.055, -0.035, -0.028, -0.025, 0.025, 0.028, 0.035, 0.055)


def bicycle(
    wheelbase: float,
    wheel_radius: float,
    saddle_height: float,
    handlebar_height: float,
    bar_width: float,
    tyre_radius: float,
) -> Solid:
    """Diamond frame, two spoked wheels, saddle, swept bar, cranks level."""
    made = Solid()
    rear, front = (0.0, wheel_radius, -0.42 * wheelbase), (0.0, wheel_radius, 0.58 * wheelbase)
    wheel(made, wheel_radius, tyre_radius, rear, 24)
    wheel(made, wheel_radius, tyre_radius, front, 24)
    crank = (0.0, wheel_radius - 0.06, 0.0)
    seat_top = _post(crank[1] + 0.5, crank)
    head_top = (0.0, wheel_radius + 0.53, front[2] - 0.205)
    head_low = (0.0, wheel_radius + 0.40, front[2] - 0.16)
    _frame(made, crank, seat_top, head_top, head_low, rear, front)
    saddle_z = _post(saddle_height, crank)[2]
    _saddle(made, seat_top, saddle_height, saddle_z)
    bar_z = head_top[2] + 0.03
    _bar(made, head_top, handlebar_height, bar_z, bar_width / 2)
    _drive(made, crank, rear)
    made.anchor("crank", crank, (1, 0, 0))
    made.anchor("saddle", (0, saddle_height, saddle_z - 0.04), (0, 1, 0))
    middle = (np.array(seat_top) + np.array(head_top)) / 2
    made.anchor("top_tube", (0, middle[1] + 0.015, middle[2]), (0, 1, 0))
    made.anchor("rear_rack", (0, 2 * wheel_radius + 0.03, rear[2] + 0.03), (0, 1, 0))
    made.anchor("front_hub", front, (0, 0, 1))
    made.anchor("rear_hub", rear, (0, 0, -1))
    return made


def _post(y: float, crank: Point) -> Point:
    """The point on the axis of the seat tube at height `y`."""
    return 0.0, y, -LEAN * (y - crank[1])


def _frame(
    made: Solid, crank: Point, seat_top: Point, head_top: Point, head_low: Point, rear: Point, front: Point
) -> None:
    for a, b, r in (
        (crank, seat_top, 0.016),
        (seat_top, head_top, 0.015),
        (crank, head_low, 0.018),
        (head_low, head_top, 0.020),
    ):
        made.add(tube([a, b], r, 8), PAINT)
    for s in (-1, 1):
        hub = (s * 0.06, rear[1], rear[2])
        made.add(
            tube(
                [(s * 0.02, crank[1], crank[2] - 0.02), (s * 0.035, crank[1], crank[2] - 0.09), hub], 0.009, 6
            ),
            PAINT,
        )
        made.add(
            tube(
                [
                    (s * 0.012, seat_top[1] - 0.02, seat_top[2] - 0.005),
                    (s * 0.04, seat_top[1] - 0.12, seat_top[2] - 0.055),
                    hub,
                ],
                0.008,
                6,
            ),
            PAINT,
        )
        blade = [
            (s * 0.015, head_low[1] - 0.005, head_low[2]),
            (s * 0.048, head_low[1] - 0.035, head_low[2] + 0.02),
            (s * 0.052, front[1] + 0.15, front[2] - 0.075),
            (s * 0.055, front[1] + 0.04, front[2] - 0.015),
            (s * 0.055, front[1], front[2]),
        ]
        made.add(tube(blade, [0.012, 0.013, 0.011, 0.009, 0.008], 6), PAINT)


def _saddle(made: Solid, seat_top: Point, height: float, z: float) -> None:
    made.add(tube([seat_top, (0, height - 0.04, z)], 0.013, 8), CHROME)
    along = np.array([-0.14, -0.13, -0.10, -0.05, 0.01, 0.08, 0.125, 0.14])
    wide = np.array([0.035, 0.062, 0.076, 0.072, 0.045, 0.026, 0.022, 0.012])
    deep = np.array([0.010, 0.022, 0.028, 0.027, 0.024, 0.020, 0.017, 0.008])
    level = height + np.array([0.004, 0.008, 0.006, 0.0, -0.002, 0.0, -0.004, -0.012])
    unit = circle(10)
    rings = [
        np.column_stack([w * unit[:, 0], y - d * (0.8 - 0.8 * unit[:, 1]) + 0.004, np.full(10, z + a)])
        for a, w, d, y in zip(along, wide, deep, level - 0.004, strict=True)
    ]
    made.add(loft(np.stack(rings)), LEATHER)


def _bar(made: Solid, head_top: Point, height: float, z: float, half: float) -> None:
    made.add(
        tube([head_top, (0, height - 0.03, head_top[2] - 0.01), (0, height - 0.02, z)], 0.014, 8), CHROME
    )
    shape = [(1.0, 0.0, -0.07), (0.6, 0.0, 0.0), (0.0, -0.02, 0.01)]
    knots = [(k * half, height + y, z + d) for k, y, d in shape]
    knots += [(-x, y, d) for x, y, d in reversed(knots[:-1])]
    made.add(tube(curve(knots, 13), 0.0115, 6), DARK)
    for s in (-1, 1):
        grip = [(s * half, height, z - 0.07), (s * 0.74 * half, height, z - 0.027)]
        made.add(tube(grip, 0.0165, 8), LEATHER)
        lever = [(s * 0.72 * half, height - 0.01, z + 0.0), (s * 0.9 * half, height - 0.025, z + 0.0)]
        made.add(tube(lever, 0.006, 5), CHROME)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_grip", (s * 0.87 * half, height + 0.012, z - 0.05), (s, 0, 0))
        made.anchor(f"{side}_handlebar", (s * 0.5 * half, height, z), (s, 0, 0))


def _drive(made: Solid, crank: Point, rear: Point) -> None:
    made.add(
        lathe([0.01, 0.092, 0.095, 0.092, 0.01], [0.045, 0.047, 0.05, 0.053, 0.055], 20, "x", crank), DARK
    )
    made.add(lathe([0.01, 0.045, 0.045, 0.01], [0.04, 0.042, 0.053, 0.055], 14, "x", rear), DARK)
    for y in (0.09, -0.09):
        made.add(tube([(0.05, crank[1] + y, 0), (0.05, rear[1] + 0.47 * y, rear[2])], 0.004, 4), DARK)
    made.add(tube([(-0.075, *crank[1:]), (0.075, *crank[1:])], 0.019, 8), DARK)
    for s in (-1, 1):
        pedal = (s * 0.14, crank[1], s * 0.17)
        made.add(tube([(s * 0.075, crank[1], 0), (s * 0.085, crank[1], s * 0.17)], [0.013, 0.010], 6), CHROME)
        made.add(box((0.1, 0.022, 0.09), pedal), DARK)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_pedal", (pedal[0], pedal[1] + 0.011, pedal[2]), (0, 1, 0))


# Adults' bicycles: wheels of 26 to 29 inches, wheelbases of 0.97-1.12 m.
TEMPLATES: tuple[Template, ...] = (
    Template(
        bicycle,
        {
            "wheelbase": (1.03, 0.04),
            "wheel_radius": (0.338, 0.015),
            "saddle_height": (0.94, 0.05),
            "handlebar_height": (1.00, 0.055),
            "bar_width": (0.58, 0.06),
            "tyre_radius": (0.020, 0.004),
        },
        symmetry="none",
        scale_sd=0.04,
        upright=1.0,
    ),
)
