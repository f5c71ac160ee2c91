"""The template meshes of a couch: up +y, the sitter faces +z."""

from functools import partial

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import cushion, lathe, moved, turned
from chorus_recon.geometry.meshes.solid import Solid

CLOTH, CLOTH_LIGHT, FOOT = (92, 104, 124), (112, 124, 144), (62, 44, 30)
RECLINE_RAD = 0.2
SINK_M = 0.03  # how far a sitter sinks in


def couch(
    length: float, depth: float, seat_height: float, back_height: float, arm_width: float, seats: int
) -> Solid:
    """Padded seats between two arms and a padded back. `depth` is the whole depth."""
    made = Solid()
    inner, base = length - 2 * arm_width, seat_height - 0.17
    back_depth, arm_height = 0.25, seat_height + 0.19
    front = depth / 2
    made.add(cushion((length - 0.02, base - 0.09, depth - 0.04), (0, (base + 0.09) / 2, 0), 0.02, 12), CLOTH)
    wide = inner / seats
    for k in range(seats):
        x = (k - (seats - 1) / 2) * wide
        seat = (wide - 0.008, 0.18, depth - back_depth)
        made.add(cushion(seat, (x, seat_height - 0.09, back_depth / 2), 0.05, 20, 0.06), CLOTH_LIGHT)
        pad = cushion((wide - 0.01, 0.44, 0.17), (0, 0, 0), 0.06, 20, 0.07)
        place = (x, seat_height + 0.19, back_depth - front + 0.01)
        made.add(moved(turned(pad, -RECLINE_RAD), place), CLOTH_LIGHT)
    tall = back_height - 0.09
    made.add(cushion((length - 0.04, tall, 0.17), (0, 0.09 + tall / 2, 0.085 - front), 0.05, 16, 0.06), CLOTH)
    for s in (-1, 1):
        x, high = s * (length - arm_width) / 2, arm_height - 0.09
        made.add(cushion((arm_width, high, depth), (x, 0.09 + high / 2, 0), 0.05, 16, 0.06), CLOTH)
        for z in (-1, 1):
            foot = lathe([0.018, 0.028], [0, 0.1], 10, "y", (s * (length / 2 - 0.09), 0, z * (front - 0.09)))
            made.add(foot, FOOT)
        side = "left" if s > 0 else "right"
        _seat_places(made, f"{side}_", s * (inner - 0.6) / 2, seat_height, front, back_depth)
        made.anchor(f"{side}_arm", (x, arm_height, 0.05), (0, 0, 1))
        made.anchor(f"{side}_back_top", (s * 0.15 * length, back_height, 0.09 - front), (1, 0, 0))
        made.anchor(f"{side}_arm_rest", (s * 0.47, back_height, 0.12 - front), (1, 0, 0))
        if seats > 2:  # long enough to lie on, the head at that side
            made.anchor(f"{side}_lying", (-s * 0.03, seat_height - SINK_M, 0.08), (0, 1, 0))
    _seat_places(made, "", 0.0, seat_height, front, back_depth)
    return made


def _seat_places(
    made: Solid, side: str, x: float, seat_height: float, front: float, back_depth: float
) -> None:
    top = seat_height - SINK_M
    made.anchor(f"{side}seat", (x, top, back_depth / 2 + 0.05), (0, 1, 0))
    made.anchor(f"{side}seat_rear", (x, top, back_depth - front + 0.19), (0, 1, 0))
    made.anchor(f"{side}front", (x, seat_height - 0.02, front - 0.02), (0, 0, 1))
    made.anchor(f"{side}back", (x, seat_height + 0.26, back_depth - front + 0.11), (0, 0, 1))


def _couch(seats: int, length: tuple[float, float], kind: str = "") -> Template:
    return Template(
        partial(couch, seats=seats),
        {
            "length": length,
            "depth": (0.85, 0.03),
            "seat_height": (0.43, 0.02),
            "back_height": (0.82, 0.04),
            "arm_width": (0.19, 0.03),
        },
        symmetry="none",
        scale_sd=0.03,
        upright=1.0,
        kind=kind,
    )


# Three-seaters are 1.8-2.3 m long, two-seaters 1.4-1.7 m.
TEMPLATES: tuple[Template, ...] = (
    _couch(3, (2.02, 0.1)),
    _couch(2, (1.55, 0.08), "two_seater"),
)
