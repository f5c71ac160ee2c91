"""Families of vehicles, boards and frames on wheels."""

from chorus_recon.categories.families.family import Family, X, finish
from chorus_recon.geometry.meshes.primitives import (
    box,
    circle,
    cushion,
    lathe,
    squircle,
    stack,
    tube,
)
from chorus_recon.geometry.meshes.solid import Chunk, Point, Solid

WOOD, FABRIC, STEEL, TYRE = (168, 116, 70), (96, 110, 128), (140, 146, 152), (46, 46, 48)
LACQUER, HIDE, LEAF, SHADE = (164, 52, 44), (136, 98, 66), (78, 120, 62), (230, 214, 170)


def _wheel(radius: float, width: float, at: Point) -> Chunk:
    radii, places = [0.3, 1.0, 1.0, 0.3], [-0.5, -0.4, 0.4, 0.5]
    return lathe([radius * r for r in radii], [width * p for p in places], 16, "x", at)


def cart(length_m: float, width_m: float, height_m: float, bed: float, bar: float, deck: float) -> Solid:
    """A box on four wheels with a handle at the rear top: a trolley, a pram, a mower, a wagon.

    `bed` is the height of the box's top as a share of the height, `bar` the height of its floor, `deck` the
    box's share of the length.
    """
    made = Solid()
    low = -height_m / 2
    wheel = min(0.5 * bar * height_m, 0.15 * length_m) + 0.02
    made.add(
        cushion(
            (0.92 * width_m, (bed - bar) * height_m, deck * length_m),
            (0, low + (bed + bar) / 2 * height_m, (0.49 - deck / 2) * length_m),
            0.02,
            16,
        ),
        LACQUER,
    )
    for x in (-1, 1):
        for z in (0.58 - deck, 0.4):
            made.add(_wheel(wheel, 0.03, (x * (width_m / 2 - 0.015), low + wheel, z * length_m)), TYRE)
        strut = [
            (0.42 * x * width_m, low + bed * height_m - 0.03, (0.55 - deck) * length_m),
            (0.42 * x * width_m, height_m / 2 - 0.015, -length_m / 2 + 0.015),
        ]
        made.add(tube(strut, 0.012, 8), STEEL)
        made.add(
            box(
                (0.02, bar * height_m, 0.03),
                (0.4 * x * width_m, low + 0.5 * bar * height_m + wheel, (0.4 - deck / 2) * length_m),
            ),
            STEEL,
        )
    handle = height_m / 2 - 0.015, -length_m / 2 + 0.015
    made.add(tube([(-0.46 * width_m, *handle), (0.46 * width_m, *handle)], 0.015, 8), TYRE)
    level = low + bed * height_m
    return finish(
        made, length_m, width_m, height_m,
        left_handle=(0.32 * width_m, *handle), right_handle=(-0.32 * width_m, *handle),
        handle=((0.0, *handle), X), seat=(0.0, level, 0.0), saddle=(0.0, level, 0.0),
    )  # fmt: skip


def two_wheeler(length_m: float, width_m: float, height_m: float, wheel: float, saddle: float) -> Solid:
    """Two wheels, a frame, a saddle, pedals and a bar: a bicycle, a motorcycle, a moped.

    `wheel` is the wheels' size as a share of the length, `saddle` the saddle's height as one of the height.
    """
    made = Solid()
    radius = wheel * length_m / 2
    low, hub = -height_m / 2, length_m / 2 - wheel * length_m / 2
    thick = 0.3 * wheel * width_m * (0.4 if wheel > 0.36 else 0.8)
    for z in (-hub, hub):
        made.add(_wheel(radius, thick, (0, low + radius, z)), TYRE)
    seat = (0.0, low + saddle * height_m, -0.16 * length_m)
    bar = (height_m / 2 - 0.02, 0.18 * length_m)
    crank = (0.0, low + radius * 0.85, -0.02 * length_m)
    rear, front = (0.0, low + radius, -hub), (0.0, low + radius, hub)
    head = (0.0, bar[0] - 0.08, bar[1] + 0.02 * length_m)
    tubes = [(rear, seat), (rear, crank), (crank, seat), (crank, head), (seat, head), (head, front)]
    for a, b in tubes:
        sink = (b[0], b[1] - 0.03, b[2]) if b is seat else b
        made.add(tube([a, sink], 0.02, 6), LACQUER)
    made.add(tube([head, (0, *bar)], 0.016, 6), STEEL)
    made.add(tube([(-width_m / 2, *bar), (width_m / 2, *bar)], 0.016, 8), TYRE)
    made.add(cushion((0.15, 0.05, 0.26), (0, seat[1] - 0.025, seat[2]), 0.015, 12), TYRE)
    foot = min(0.16, 0.35 * width_m)
    for s in (-1, 1):
        made.add(box((0.1, 0.02, 0.08), (s * foot, crank[1], crank[2] + s * 0.12)), TYRE)
    made.add(tube([(-foot, crank[1], crank[2]), (foot, crank[1], crank[2])], 0.014, 6), STEEL)
    return finish(
        made, length_m, width_m, height_m,
        saddle=seat, seat=seat, left_handle=(0.42 * width_m, *bar), right_handle=(-0.42 * width_m, *bar),
        left_pedal=(foot, crank[1] + 0.01, crank[2] + 0.12),
        right_pedal=(-foot, crank[1] + 0.01, crank[2] - 0.12),
    )  # fmt: skip


def scooter(length_m: float, width_m: float, height_m: float, deck: float) -> Solid:
    """A deck on two wheels with a steering pole at the front; `deck` is the deck's width as a share."""
    made = Solid()
    low = -height_m / 2
    radius = 0.09 * height_m
    bar = (height_m / 2 - 0.015, 0.36 * length_m)
    for z in (-1, 1):
        made.add(_wheel(radius, 0.03, (0, low + radius, z * (length_m / 2 - radius))), TYRE)
    made.add(
        cushion(
            (deck * width_m, 0.03, 0.66 * length_m), (0, low + radius + 0.015, -0.06 * length_m), 0.008, 12
        ),
        LACQUER,
    )
    made.add(tube([(0, low + radius, length_m / 2 - radius), (0, *bar)], 0.018, 8), STEEL)
    made.add(tube([(-width_m / 2, *bar), (width_m / 2, *bar)], 0.015, 8), TYRE)
    top = low + radius + 0.03
    return finish(
        made, length_m, width_m, height_m,
        left_handle=(0.42 * width_m, *bar), right_handle=(-0.42 * width_m, *bar), saddle=(0.0, top, 0.0),
        left_pedal=(0.05, top, -0.05), right_pedal=(-0.05, top, -0.2 * length_m), seat=(0.0, top, 0.0),
    )  # fmt: skip


def ride_on(length_m: float, width_m: float, height_m: float, saddle: float, hull: float) -> Solid:
    """A hull with a long saddle, foot wells and a bar: a snowmobile, a jet ski, a quad bike.

    `saddle` is the saddle's height as a share of the height, `hull` the hull's.
    """
    made = Solid()
    low = -height_m / 2
    deck, seat = low + hull * height_m, low + saddle * height_m
    bar = (height_m / 2 - 0.02, 0.14 * length_m)
    sides = [(-0.5, 0.75, 0.8), (-0.45, 0.95, 1.0), (0.2, 1.0, 1.0), (0.42, 0.7, 0.8), (0.5, 0.4, 0.4)]
    deep = hull * height_m / 2
    made.add(
        stack(
            [(z * length_m, w * width_m / 2, h * deep, 0.0, low + deep) for z, w, h in sides],
            squircle(20, 5.0),
            "z",
        ),
        LACQUER,
    )
    sunk, edge = 0.04 * height_m, 0.04 * height_m
    size = (0.32 * width_m, seat - deck + sunk, 0.5 * length_m)
    made.add(cushion(size, (0, seat - size[1] / 2, -0.2 * length_m), edge, 16), TYRE)
    size = (0.5 * width_m, 0.7 * (1 - hull) * height_m + sunk, 0.22 * length_m)
    made.add(cushion(size, (0, deck + size[1] / 2 - sunk, 0.2 * length_m), edge, 16), LACQUER)
    made.add(tube([(0, deck, 0.18 * length_m), (0, *bar)], 0.03, 8), STEEL)
    made.add(tube([(-0.38, *bar), (0.38, *bar)], 0.018, 8), TYRE)
    place = (0.0, seat, -0.12 * length_m)
    return finish(
        made, length_m, width_m, height_m,
        saddle=place, seat=place, left_handle=(0.33, *bar), right_handle=(-0.33, *bar),
        left_pedal=(0.27, deck, 0.02 * length_m), right_pedal=(-0.27, deck, 0.02 * length_m),
    )  # fmt: skip


def wheelchair(length_m: float, width_m: float, height_m: float, wheel: float, seat: float) -> Solid:
    """A seat between two large wheels, with a backrest, push handles and foot rests.

    `wheel` is the size of the large wheels and `seat` the height of the seat, as shares of the height.
    """
    made = Solid()
    low, rear = -height_m / 2, -length_m / 2
    radius, small = wheel * height_m / 2, 0.09 * height_m
    level, inner = low + seat * height_m, 0.41 * width_m
    start = rear + 0.14 * length_m  # of the seat
    depth = 0.45 * length_m
    thick, rise = 0.06 * height_m, 0.85 * (height_m / 2 - level)
    made.add(
        cushion((2 * inner, thick, depth), (0, level - thick / 2, start + depth / 2), 0.2 * thick, 16), TYRE
    )
    made.add(cushion((2 * inner, rise, 0.04), (0, level + rise / 2, start), min(0.01, 0.2 * rise), 12), TYRE)
    for x in (-1, 1):
        made.add(_wheel(radius, 0.03, (x * (width_m / 2 - 0.015), low + radius, rear + radius)), TYRE)
        front = rear + 0.72 * length_m
        made.add(_wheel(small, 0.03, (x * inner, low + small, front)), TYRE)
        made.add(tube([(x * inner, low + small, front), (x * inner, level, front - 0.1)], 0.012, 6), STEEL)
        made.add(tube([(x * inner, level, start), (x * inner, height_m / 2 - 0.015, start)], 0.012, 6), STEEL)
        top = height_m / 2 - 0.015
        made.add(tube([(x * inner, top, start), (x * inner, top, rear + 0.01)], 0.015, 8), TYRE)
        knee = (x * 0.6 * inner, level - 0.04, start + depth)
        foot = (x * 0.6 * inner, low + 0.12, -rear - 0.08)
        made.add(tube([knee, foot], 0.012, 6), STEEL)
        made.add(box((0.12, 0.02, 0.16), (foot[0], foot[1], foot[2])), TYRE)
    return finish(
        made, length_m, width_m, height_m,
        seat=(0.0, level, start + 0.18), back=(0.0, level + 0.2, start + 0.03),
        saddle=(0.0, level, start + 0.2),
        left_handle=(inner, height_m / 2 - 0.015, rear + 0.05),
        right_handle=(-inner, height_m / 2 - 0.015, rear + 0.05),
    )  # fmt: skip


def car(length_m: float, width_m: float, height_m: float, cabin: float, hood: float) -> Solid:
    """A body on four wheels; `cabin` is the roof's share of the length, `hood` the hood's of the height."""
    made = Solid()
    low = -height_m / 2
    wheel = min(0.22 * height_m, 0.12 * length_m)
    floor = low + 0.7 * wheel
    top = low + hood * height_m
    made.add(
        cushion((width_m, top - floor, length_m), (0, (top + floor) / 2, 0), 0.06 * height_m, 20), LACQUER
    )
    rear = -length_m / 2 + 0.12 * (1 - cabin) * length_m
    sections = [
        (top - 0.02 * height_m, cabin * length_m / 2, 0.47 * width_m, rear + cabin * length_m / 2, 0.0),
        (height_m / 2, 0.42 * cabin * length_m, 0.42 * width_m, rear + cabin * length_m / 2, 0.0),
    ]
    made.add(stack(sections, squircle(20, 6.0), "y"), STEEL)
    for x in (-1, 1):
        for z in (-0.32, 0.32):
            made.add(_wheel(wheel, 0.12 * width_m, (x * 0.44 * width_m, low + wheel, z * length_m)), TYRE)
    return finish(made, length_m, width_m, height_m)


def plane(length_m: float, width_m: float, height_m: float, wing: float) -> Solid:
    """A fuselage with wings and a tail fin; `wing` is the wings' chord as a share of the length."""
    made = Solid()
    body = 0.5 * height_m
    places = [(-0.5, 0.25), (-0.3, 0.8), (0.2, 1.0), (0.42, 0.8), (0.5, 0.25)]
    sections = [(z * length_m, body / 2 * r, body / 2 * r, 0.0, -0.25 * height_m) for z, r in places]
    made.add(stack(sections, circle(16), "z"), SHADE)
    made.add(box((width_m, 0.06 * height_m, wing * length_m), (0, -0.25 * height_m, 0.05 * length_m)), STEEL)
    made.add(
        box((0.4 * width_m, 0.06 * height_m, 0.5 * wing * length_m), (0, -0.15 * height_m, -0.42 * length_m)),
        STEEL,
    )
    made.add(
        box(
            (0.04 * height_m, 0.65 * height_m, 0.6 * wing * length_m), (0, 0.175 * height_m, -0.42 * length_m)
        ),
        LACQUER,
    )
    return finish(
        made,
        length_m,
        width_m,
        height_m,
        grip=(0.0, -0.25 * height_m, 0.0),
        middle=(0.0, -0.25 * height_m, 0.0),
    )


def board(length_m: float, width_m: float, height_m: float, thick: float) -> Solid:
    """A long thin board with round ends and, if it is thinner than its height, wheels or fins below."""
    made = Solid()
    deep = thick * height_m
    top = height_m / 2
    sections = []
    for z, w in ((-0.5, 0.3), (-0.46, 0.7), (-0.38, 0.95), (0.0, 1.0), (0.38, 0.95), (0.46, 0.7), (0.5, 0.3)):
        sections.append((z * length_m, w * width_m / 2, deep / 2, 0.0, top - deep / 2))
    made.add(stack(sections, squircle(16, 4.0), "z"), LACQUER)
    if thick < 0.9:
        rest = height_m - deep
        for z in (-0.32, 0.32):
            made.add(
                box(
                    (0.5 * width_m, rest + 0.3 * deep, 0.05 * length_m),
                    (0, -height_m / 2 + (rest + 0.3 * deep) / 2, z * length_m),
                ),
                TYRE,
            )
    return finish(made, length_m, width_m, height_m)


FAMILIES = (
    Family("cart", cart, {"bed": 0.7, "bar": 0.25, "deck": 0.8}, upright=1.0),
    Family("two_wheeler", two_wheeler, {"wheel": 0.39, "saddle": 0.9}, upright=1.0),
    Family("scooter", scooter, {"deck": 0.3}, upright=1.0),
    Family("ride_on", ride_on, {"saddle": 0.7, "hull": 0.4}, upright=1.0),
    Family("wheelchair", wheelchair, {"wheel": 0.65, "seat": 0.53}, upright=1.0),
    Family("car", car, {"cabin": 0.55, "hood": 0.6}, upright=1.0),
    Family("plane", plane, {"wing": 0.2}, upright=0.5),
    Family("board", board, {"thick": 1.0}, upright=0.0),
)
