"""Two-wheelers: front wheel at +z, up +y, the rider's left at +x."""

import numpy as np

from chorus_recon.backends.shape.solid import Point, Solid, box, ellipsoid, lathe, plank, ring, tube

TYRE, RIM, SPOKE, PAINT, DARK, CHROME = (
    (34, 34, 36), (168, 170, 176), (190, 192, 196), (38, 104, 168), (44, 44, 48), (176, 178, 184),
)  # fmt: skip
TANK, SEAT, ENGINE, LAMP = (172, 36, 40), (40, 38, 40), (120, 122, 128), (240, 236, 214)


def _wheel(made: Solid, radius: float, thick: float, hub: Point, spokes: int) -> None:
    """Tyre, rim, hub and crossed spokes."""
    made.add(*ring(radius - thick, thick, hub, 32, 8), TYRE)
    made.add(*ring(radius - 2.1 * thick, 0.45 * thick, hub, 32, 6), RIM)
    x, y, z = hub
    made.add(*lathe([0.02, 0.035, 0.035, 0.02], [-0.05, -0.04, 0.04, 0.05], 10, "x", hub), DARK)
    inner = radius - 2.2 * thick
    for k in range(spokes):
        a = 2 * np.pi * k / spokes
        side = 0.035 if k % 2 else -0.035
        end = (x, y + inner * np.cos(a), z + inner * np.sin(a))
        root = (x + side, y + 0.03 * np.cos(a + 0.9), z + 0.03 * np.sin(a + 0.9))
        made.add(*tube([root, end], 0.0022, 3), SPOKE)


def bicycle(
    wheelbase: float, wheel: float, saddle: float, handlebar: float, bar_width: float, tyre: float
) -> Solid:
    """Diamond frame, two spoked wheels, saddle, flat swept bar, cranks level. `wheel` is the radius."""
    made = Solid()
    rear, front = (0.0, wheel, -0.42 * wheelbase), (0.0, wheel, 0.58 * wheelbase)
    _wheel(made, wheel, tyre, rear, 20)
    _wheel(made, wheel, tyre, front, 20)
    crank = (0.0, wheel - 0.06, 0.0)
    lean = 0.29  # tan of the seat tube's tilt from the vertical
    post = lambda y: (0.0, y, -lean * (y - crank[1]))  # noqa: E731
    seat_top = post(crank[1] + 0.5)
    head_top = (0.0, wheel + 0.53, front[2] - 0.205)
    head_low = (0.0, wheel + 0.40, front[2] - 0.16)
    for a, b, r in (
        (crank, seat_top, 0.016), (seat_top, head_top, 0.015), (head_low, crank, 0.018), (head_top, head_low, 0.020),
    ):  # fmt: skip
        made.add(*tube([a, b], r, 8), PAINT)
    for s in (-1, 1):
        hub = (s * 0.06, rear[1], rear[2])
        made.add(*tube([(s * 0.02, crank[1], crank[2]), hub], 0.009, 6), PAINT)
        made.add(*tube([(s * 0.015, seat_top[1] - 0.02, seat_top[2]), hub], 0.008, 6), PAINT)
        fork = [
            (s * 0.02, head_low[1] - 0.01, head_low[2]),
            (s * 0.05, wheel + 0.3, front[2] - 0.12),
            (s * 0.055, front[1], front[2]),
        ]
        made.add(*tube(fork, 0.011, 6), PAINT)  # fmt: skip
    top = post(saddle)
    made.add(*tube([seat_top, (top[0], top[1] - 0.03, top[2])], 0.013, 8), CHROME)
    z = np.linspace(-0.13, 0.14, 8)
    half = 0.5 * np.interp(z, [-0.13, -0.06, 0.14], [0.13, 0.15, 0.035])
    v, f = plank(z, half, np.interp(z, [-0.13, 0.14], [0.012, 0.0]), 0.045)
    made.add(v + np.array([0, saddle - 0.022, top[2]]), f, SEAT)
    stem = (0.0, handlebar - 0.02, head_top[2] + 0.03)
    made.add(*tube([head_top, (0, handlebar - 0.03, head_top[2] - 0.01), stem], 0.014, 8), CHROME)
    w = bar_width / 2
    sweep = [(-w, handlebar, stem[2] - 0.07), (-0.6 * w, handlebar, stem[2]), (0, handlebar - 0.02, stem[2] + 0.01), (0.6 * w, handlebar, stem[2]), (w, handlebar, stem[2] - 0.07)]  # fmt: skip
    made.add(*tube(sweep, 0.012, 8), DARK)
    for s in (-1, 1):
        made.add(
            *tube([(s * w, handlebar, stem[2] - 0.07), (s * 0.74 * w, handlebar, stem[2] - 0.03)], 0.017, 8),
            SEAT,
        )
    made.add(*lathe([0.01, 0.095, 0.095, 0.01], [0.045, 0.047, 0.053, 0.055], 20, "x", crank), DARK)
    made.add(*lathe([0.01, 0.045, 0.045, 0.01], [0.045, 0.047, 0.053, 0.055], 14, "x", rear), DARK)
    for y in (0.09, -0.09):
        made.add(*tube([(0.05, crank[1] + y, 0), (0.05, rear[1] + 0.47 * y, rear[2])], 0.004, 4), DARK)
    made.add(*tube([(-0.07, *crank[1:]), (0.07, *crank[1:])], 0.018, 8), DARK)
    for s in (-1, 1):
        pedal = (s * 0.14, crank[1], s * 0.17)
        made.add(*tube([(s * 0.075, crank[1], 0), (s * 0.085, crank[1], s * 0.17)], 0.011, 6), CHROME)
        made.add(*box((0.1, 0.022, 0.09), pedal), DARK)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_pedal", (pedal[0], pedal[1] + 0.011, pedal[2]), (0, 1, 0))
        made.anchor(f"{side}_grip", (s * 0.87 * w, handlebar + 0.012, stem[2] - 0.05), (s, 0, 0))
    made.anchor("crank", crank, (1, 0, 0))
    made.anchor("saddle", (0, saddle, top[2] - 0.04), (0, 1, 0))
    made.anchor(
        "top_tube", (0, (seat_top[1] + head_top[1]) / 2 + 0.015, (seat_top[2] + head_top[2]) / 2), (0, 1, 0)
    )
    made.anchor("front_hub", front, (0, 0, 1))
    made.anchor("rear_hub", rear, (0, 0, -1))
    return made


def motorcycle(
    wheelbase: float, wheel: float, seat: float, handlebar: float, bar_width: float, tank: float
) -> Solid:
    """Standard motorcycle: tank, bench seat, engine, fork, fenders, exhaust, headlamp."""
    made = Solid()
    rear, front = (0.0, wheel, -0.5 * wheelbase), (0.0, wheel, 0.5 * wheelbase)
    _wheel(made, wheel, 0.055, rear, 18)
    _wheel(made, wheel, 0.05, front, 18)
    head = (0.0, seat + 0.08, front[2] - 0.27)
    for s in (-1, 1):
        made.add(
            *tube(
                [(s * 0.085, front[1], front[2]), (s * 0.085, head[1] + 0.04, head[2] - 0.02)],
                [0.028, 0.022],
                8,
            ),
            CHROME,
        )
        made.add(*tube([(s * 0.09, wheel + 0.05, -0.12), (s * 0.085, rear[1], rear[2])], 0.022, 6), DARK)
        made.add(
            *tube(
                [(s * 0.1, seat - 0.09, rear[2] + 0.22), (s * 0.1, rear[1] + 0.02, rear[2] + 0.03)],
                [0.03, 0.025],
                8,
            ),
            CHROME,
        )
    for s in (-1, 1):
        spine = [head, (s * 0.06, seat - 0.12, 0.0), (s * 0.09, seat - 0.1, rear[2] + 0.15)]
        made.add(*tube(spine, 0.02, 6), DARK)
        made.add(
            *tube([head, (s * 0.12, wheel - 0.02, front[2] - 0.5), (s * 0.12, wheel - 0.05, -0.25)], 0.02, 6),
            DARK,
        )
    made.add(*ellipsoid((0.15, tank, 0.27), (0, seat + 0.02, 0.17)), TANK)
    z = np.linspace(-0.58, 0.02, 10)
    half = np.interp(z, [-0.58, -0.3, 0.02], [0.11, 0.15, 0.1])
    v, f = plank(z, half, np.interp(z, [-0.58, -0.35, -0.1, 0.02], [0.05, 0.02, -0.04, -0.02]), 0.09)
    made.add(v + np.array([0, seat, 0]), f, SEAT)
    made.add(*box((0.26, 0.24, 0.34), (0, wheel + 0.02, 0.02)), ENGINE)
    for k in range(4):
        made.add(*box((0.2, 0.018, 0.2), (0, wheel + 0.17 + 0.03 * k, 0.08), 0.2), CHROME)
    made.add(*lathe([0.02, 0.11, 0.11, 0.02], [-0.16, -0.15, 0.15, 0.16], 16, "x", (0, wheel, -0.06)), ENGINE)
    pipe = [(-0.13, wheel + 0.2, 0.2), (-0.15, wheel - 0.05, 0.25), (-0.16, wheel - 0.12, 0.0), (-0.17, wheel - 0.08, rear[2] + 0.1), (-0.18, wheel, rear[2] - 0.18)]  # fmt: skip
    made.add(*tube(pipe, [0.022, 0.022, 0.028, 0.045, 0.045], 8), CHROME)
    for hub, a0, a1, r in ((front, -0.5, 1.2, wheel + 0.03), (rear, -0.9, 0.8, wheel + 0.05)):
        arc = np.linspace(a0, a1, 9)
        v, f = plank(arc, np.full(9, 0.075), np.zeros(9), 0.014)
        t, level = v[:, 2].copy(), v[:, 1].copy()
        sweep = np.stack([v[:, 0], hub[1] + (r + level) * np.cos(t), hub[2] - (r + level) * np.sin(t)], 1)
        made.add(sweep, f[:, ::-1], TANK)
    made.add(*ellipsoid((0.09, 0.09, 0.08), (0, head[1] + 0.02, head[2] + 0.13), 12, 7), LAMP)
    w = bar_width / 2
    bar = [(-w, handlebar, head[2] - 0.14), (-0.62 * w, handlebar + 0.01, head[2] - 0.07), (-0.2 * w, head[1] + 0.09, head[2] - 0.02), (0.2 * w, head[1] + 0.09, head[2] - 0.02), (0.62 * w, handlebar + 0.01, head[2] - 0.07), (w, handlebar, head[2] - 0.14)]  # fmt: skip
    made.add(*tube(bar, 0.013, 8), CHROME)
    for s in (-1, 1):
        made.add(
            *tube(
                [(s * w, handlebar, head[2] - 0.14), (s * 0.7 * w, handlebar + 0.008, head[2] - 0.085)],
                0.019,
                8,
            ),
            SEAT,
        )
        made.add(*tube([(s * 0.12, wheel + 0.03, -0.14), (s * 0.27, wheel + 0.03, -0.15)], 0.016, 6), DARK)
        side = "left" if s > 0 else "right"
        made.anchor(f"{side}_peg", (s * 0.22, wheel + 0.046, -0.145), (0, 1, 0))
        made.anchor(f"{side}_grip", (s * 0.86 * w, handlebar + 0.014, head[2] - 0.115), (s, 0, 0))
    made.add(*box((0.09, 0.06, 0.05), (0, 2 * wheel + 0.05, rear[2] - 0.14)), (190, 30, 30))
    made.anchor("saddle", (0, seat + 0.01, -0.12), (0, 1, 0))
    made.anchor("tank", (0, seat + 0.02 + tank, 0.17), (0, 1, 0))
    made.anchor("front_hub", front, (0, 0, 1))
    made.anchor("rear_hub", rear, (0, 0, -1))
    return made
