"""The template meshes of a chair: up +y, the sitter faces +z."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, curve, cushion, ellipsoid, lathe, moved, tube, turned
from chorus_recon.geometry.meshes.solid import Solid

WOOD, DARK_WOOD, FABRIC, IRON = (168, 116, 70), (128, 84, 48), (96, 110, 128), (54, 56, 58)
PLASTIC, PADDING = (44, 44, 48), (66, 70, 78)
RECLINE_RAD = 0.14


def chair(seat_height: float, width: float, depth: float, back_height: float) -> Solid:
    """Wooden chair: four legs, padded seat, slatted back. `back_height` is from the floor."""
    made = Solid()
    w, d = width / 2 - 0.02, depth / 2 - 0.02
    made.add(cushion((width, 0.045, depth), (0, seat_height - 0.0225, 0), 0.014, 20), FABRIC)
    made.add(box((width - 0.04, 0.05, depth - 0.04), (0, seat_height - 0.065, 0)), DARK_WOOD)
    lean = np.tan(RECLINE_RAD) * (back_height - seat_height)
    for s in (-1, 1):
        made.add(tube([(s * w, 0, d + 0.015), (s * w, seat_height - 0.05, d)], [0.016, 0.021], 8), WOOD)
        post = [
            (s * w, 0, -d - 0.05),
            (s * w, 0.5 * seat_height, -d - 0.01),
            (s * w, seat_height, -d),
            (s * w, back_height, -d - lean),
        ]
        made.add(tube(curve(post, 9), [0.016, 0.018, 0.02, 0.021, 0.021, 0.021, 0.02, 0.018, 0.016], 8), WOOD)
        made.add(
            tube([(s * w, 0.45 * seat_height, d), (s * w, 0.45 * seat_height, -d - 0.015)], 0.011, 6),
            DARK_WOOD,
        )
    made.add(tube([(-w, 0.45 * seat_height, 0.0), (w, 0.45 * seat_height, 0.0)], 0.011, 6), DARK_WOOD)
    rise = back_height - seat_height
    for share, tall in ((0.88, 0.09), (0.3, 0.045)):
        rail = cushion((2 * w, tall, 0.022), (0, 0, 0), 0.006, 12)
        place = (0, seat_height + share * rise, -d - share * lean)
        made.add(moved(turned(rail, -RECLINE_RAD), place), WOOD)
    for x in np.linspace(-0.66, 0.66, 5) * w:
        slat = [(x, seat_height + t * rise, -d - t * lean) for t in (0.3, 0.88)]
        made.add(tube(slat, 0.010, 6), WOOD)
    made.anchor("seat", (0, seat_height, 0), (0, 1, 0))
    made.anchor("seat_rear", (0, seat_height, 0.04 - depth / 2), (0, 1, 0))
    made.anchor("back", (0, seat_height + 0.6 * rise, -d - 0.6 * lean + 0.012), (0, 0, 1))
    made.anchor("back_top", (0, back_height - 0.03, -d - 0.9 * lean), (0, 1, 0))
    made.anchor("front_edge", (0, seat_height - 0.02, depth / 2), (0, 0, 1))
    for side, s in (("left", 1), ("right", -1)):
        made.anchor(f"{side}_back_top", (0.8 * s * w, back_height - 0.01, -d - lean), (1, 0, 0))
        made.anchor(f"{side}_edge", (s * width / 2, seat_height - 0.025, -0.05), (0, 0, 1))
    return made


def office_chair(seat_height: float, width: float, depth: float, back_height: float) -> Solid:
    """Swivel chair: five castors, a column, padded seat and back, arm rests."""
    made = Solid()
    for k in range(5):
        turn = np.pi / 2 + k * 2 * np.pi / 5
        way = np.array([np.cos(turn), 0.0, np.sin(turn)])
        spoke = [(0, 0.11, 0), tuple(0.3 * way + [0, 0.075, 0])]
        made.add(tube(spoke, [0.028, 0.018], 8), PLASTIC)
        made.add(ellipsoid((0.028, 0.028, 0.028), tuple(0.3 * way + [0, 0.03, 0]), 10, 7), PLASTIC)
    made.add(lathe([0.035, 0.03, 0.02, 0.02], [0.07, 0.25, 0.25, seat_height - 0.06], 12), IRON)
    made.add(cushion((width, 0.08, depth), (0, seat_height - 0.04, 0), 0.03, 20, 0.09), PADDING)
    rise, tilt = back_height - seat_height, 0.12
    rear = -depth / 2 - 0.02
    lean = np.tan(tilt) * rise
    stem = [
        (0, seat_height - 0.07, -0.1),
        (0, seat_height - 0.05, rear - 0.05),
        (0, seat_height + 0.2, rear - 0.09),
    ]
    made.add(tube(curve(stem, 7), 0.022, 8), PLASTIC)
    tall = rise - 0.12
    back = moved(turned(cushion((0.94 * width, tall, 0.07), (0, 0, 0), 0.025, 20), -tilt), (0, 0, 0))
    made.add(moved(back, (0, seat_height + 0.12 + tall / 2, rear - 0.55 * lean)), PADDING)
    for side, s in (("left", 1), ("right", -1)):
        x = s * (width / 2 + 0.03)
        post = [
            (s * 0.3 * width, seat_height - 0.07, -0.03),
            (x, seat_height - 0.04, -0.03),
            (x, seat_height + 0.19, -0.03),
        ]
        made.add(tube(curve(post, 7), 0.014, 8), PLASTIC)
        made.add(cushion((0.07, 0.03, 0.25), (x, seat_height + 0.205, 0.0), 0.012, 12, 0.03), PLASTIC)
        made.anchor(f"{side}_arm", (x, seat_height + 0.22, 0.0), (0, 0, 1))
        made.anchor(f"{side}_back_top", (s * 0.3 * width, back_height - 0.02, rear - 0.95 * lean), (1, 0, 0))
        made.anchor(f"{side}_edge", (s * width / 2, seat_height - 0.04, -0.05), (0, 0, 1))
    made.anchor("seat", (0, seat_height - 0.01, 0), (0, 1, 0))
    made.anchor("seat_rear", (0, seat_height - 0.01, 0.06 - depth / 2), (0, 1, 0))
    made.anchor("back", (0, seat_height + 0.25, rear + 0.04 - 0.25 * np.tan(tilt)), (0, 0, 1))
    made.anchor("back_top", (0, back_height - 0.02, rear - 0.95 * lean), (0, 1, 0))
    made.anchor("front_edge", (0, seat_height - 0.03, depth / 2), (0, 0, 1))
    return made


# Seats are 0.42-0.48 m high nearly everywhere.
TEMPLATES: tuple[Template, ...] = (
    Template(
        chair,
        {
            "seat_height": (0.455, 0.012),
            "width": (0.45, 0.03),
            "depth": (0.44, 0.025),
            "back_height": (0.88, 0.05),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
    ),
    Template(
        office_chair,
        {
            "seat_height": (0.48, 0.025),
            "width": (0.49, 0.02),
            "depth": (0.46, 0.02),
            "back_height": (1.0, 0.07),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
        kind="office_chair",
    ),
)
