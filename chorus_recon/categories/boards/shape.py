"""Boards and skis: length along z with the nose at +z, deck facing +y, width along x."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import cushion, lathe, plank, plate, tube, wall
from chorus_recon.geometry.solid import Rgb, Solid, two_tone

WOOD, GRIP, STEEL, WHEEL = (196, 148, 92), (52, 52, 56), (150, 152, 158), (226, 220, 204)
SNOW_TOP, SNOW_BASE, BINDING, STRAP = (58, 92, 168), (36, 40, 52), (34, 34, 38), (84, 86, 92)
FOAM, RAIL, STRINGER, FIN = (238, 234, 222), (222, 226, 230), (204, 92, 60), (70, 78, 92)
SKI_TOP = (204, 52, 48)


def _stations(count: int) -> np.ndarray:
    """Places in [-1, 1], denser towards the ends."""
    return np.sin(np.linspace(-1, 1, count) * np.pi / 2)


def _board(
    made: Solid,
    z: np.ndarray,
    half: np.ndarray,
    height: np.ndarray,
    thick: float | np.ndarray,
    top: Rgb,
    rest: Rgb,
) -> None:
    """A plank whose upper side has its own colour."""
    vertices, faces = plank(z, half, height, thick)
    upper = np.isin(faces % 8, (4, 5, 6)).all(1)
    made.add((vertices, faces), two_tone(upper, top, rest))


def skateboard(length: float, width: float, wheel_radius: float) -> Solid:
    """Kicked deck, two trucks, four wheels."""
    made = Solid()
    u = _stations(27)
    kick = np.clip((np.abs(u) - 0.66) / 0.34, 0, None)
    half = width / 2 * np.sqrt(np.clip(1 - np.clip((np.abs(u) - 0.7) / 0.3, 0, 1) ** 2.2, 0.01, 1))
    _board(made, u * length / 2, half, 0.052 * kick**1.2, 0.014, GRIP, WOOD)
    below = -0.045 - wheel_radius
    for side in (-1, 1):
        z = side * 0.27 * length
        made.add(cushion((0.055, 0.012, 0.08), (0, -0.012, z), 0.003, 12), STEEL)
        made.add(tube([(0, -0.015, z - 0.02 * side), (0, below, z + 0.005 * side)], [0.024, 0.016], 8), STEEL)
        hanger = np.array([-0.36, -0.3, 0.3, 0.36]) * width
        made.add(tube([(x, below, z) for x in hanger], [0.008, 0.015, 0.015, 0.008], 8), STEEL)
        made.add(tube([(-0.5 * width, below, z), (0.5 * width, below, z)], 0.004, 6), STEEL)
        for x in (-0.42 * width, 0.42 * width):
            radii = np.array([0.45, 0.8, 1.0, 1.0, 0.8, 0.45]) * wheel_radius
            heights = [-0.017, -0.017, -0.010, 0.010, 0.017, 0.017]
            made.add(lathe(radii, heights, 14, "x", (x, below, z)), WHEEL)
    _places(made, 0.29 * length, width, 0.007, length, 0.05)
    return made


def snowboard(length: float, width: float, waist: float) -> Solid:
    """Twin-tip board with two bindings; `waist` is its narrowest width as a share of the tips'."""
    made = Solid()
    u = _stations(33)
    tip = np.clip((np.abs(u) - 0.8) / 0.2, 0, 1)
    body = waist + (1 - waist) * np.clip(np.abs(u) / 0.8, 0, 1) ** 2
    half = width / 2 * body * np.sqrt(np.clip(1 - tip**2.2, 0.008, 1))
    _board(made, u * length / 2, half, 0.075 * tip**1.6, 0.014, SNOW_TOP, SNOW_BASE)
    for z in (-0.17 * length, 0.17 * length):
        made.add(cushion((0.27, 0.022, 0.11), (0, 0.018, z), 0.006), BINDING)
        bow = np.linspace(-1.1, 1.1, 7)  # the high back curves around the heel
        heel = np.stack([-0.05 - 0.07 * np.cos(bow), 0.055 * np.sin(bow)], 1)
        outline = np.concatenate([heel, heel[::-1] * 0.86])
        rings = [(0.028, 1.0, 0.0), (0.09, 1.05, -0.012), (0.15, 0.8, -0.03)]
        skin = np.stack(
            [
                np.column_stack([outline[:, 0] + lean, np.full(14, y), z + s * outline[:, 1]])
                for y, s, lean in rings
            ]
        )
        made.add(wall(skin), BINDING)
        for x, rise in ((-0.03, 0.1), (0.075, 0.075)):
            arch = np.linspace(0, np.pi, 7)
            path = np.stack([np.full(7, x), 0.02 + rise * np.sin(arch), z + 0.058 * np.cos(arch)], 1)
            made.add(tube(path, 0.011, 6), STRAP)
    _places(made, 0.17 * length, width, 0.03, length, 0.07)
    return made


def surfboard(length: float, width: float, thick: float, rocker: float) -> Solid:
    """Nose, tail, three fins. Longer boards have rounder noses; `rocker` is the nose's lift."""
    made = Solid()
    u = _stations(33)
    forward = np.clip((u - 0.1) / 0.9, 0, 1)
    aft = np.clip((-0.1 - u) / 0.9, 0, 1)
    fullness = 2.3 + 1.1 * (length - 2.15)
    half = width / 2 * (1 - forward**fullness) ** 0.72 * (1 - 0.72 * aft**2.6)
    half = np.maximum(half, 0.006)
    half[0] *= 0.45
    half[1] *= 0.85
    lift = rocker * np.clip(u, 0, None) ** 3 + 0.4 * rocker * np.clip(-u, 0, None) ** 3
    slab = thick * np.clip(1 - 0.82 * np.abs(u) ** 2.4, 0.12, 1)
    _board(made, u * length / 2, half, lift, slab, FOAM, RAIL)
    s = np.linspace(-0.86, 0.8, 12)
    above = np.interp(s, u, lift + slab / 2)
    _board(made, s * length / 2, np.full(12, 0.005), above, 0.004, STRINGER, STRINGER)
    fin = np.array([(0, -0.05), (0, 0.07), (-0.07, -0.01), (-0.115, -0.115), (-0.11, -0.13), (-0.06, -0.11)])
    for x, at in ((0.0, -0.9), (-0.29, -0.76), (0.29, -0.76)):
        base = np.interp(at, u, lift - 0.3 * slab)
        made.add(plate(fin, 0.008, (x * width, base, at * length / 2)), FIN)
    _places(made, 0.16 * length, width, thick / 2, length, rocker, back=0.3)
    return made


def skis(length: float, width: float, spacing: float, stagger: float, wedge: float) -> Solid:
    """A pair, side by side. `spacing` is between their middles, `stagger` how far the left one is ahead.

    `wedge` (radians) is how far each points inwards.
    """
    made = Solid()
    u = _stations(29)
    tip = np.clip((u - 0.78) / 0.22, 0, 1)
    tail = np.clip((-u - 0.94) / 0.06, 0, 1)
    cut = 0.68 + 0.32 * np.clip(np.abs(u) / 0.8, 0, 1) ** 2
    half = width / 2 * cut * np.sqrt(np.clip(1 - tip**2.4, 0.01, 1)) * (1 - 0.25 * tail)
    height = 0.09 * tip**1.7 + 0.012 * tail + 0.006 * (1 - u**2)
    for side in (1, -1):
        ski = Solid()
        _board(ski, u * length / 2, half, height, 0.014, SKI_TOP, SNOW_BASE)
        ski.add(cushion((0.062, 0.035, 0.085), (0, 0.033, 0.1), 0.008, 12), BINDING)
        ski.add(cushion((0.066, 0.05, 0.11), (0, 0.04, -0.22), 0.01, 12), BINDING)
        ski.add(cushion((0.05, 0.02, 0.42), (0, 0.02, -0.06), 0.004, 12), STRAP)
        turn = np.array(
            [[np.cos(wedge), 0, side * np.sin(wedge)], [0, 1, 0], [-side * np.sin(wedge), 0, np.cos(wedge)]]
        )
        shift = np.array([side * spacing / 2, 0, side * stagger / 2])
        for vertices, faces, colours in zip(ski.vertices, ski.faces, ski.colours, strict=True):
            made.add((vertices @ turn + shift, faces - faces.min()), colours)
        name = "left" if side > 0 else "right"
        x, z = side * spacing / 2, side * stagger / 2
        made.anchor(f"{name}_foot", (x, 0.045, z - 0.06), (0, 1, 0))
        made.anchor(
            f"{name}_tip",
            (x - side * np.sin(wedge) * length / 2, 0.09, z + length / 2 * np.cos(wedge)),
            (0, 0, 1),
        )
    return made


def _places(
    made: Solid, spot: float, width: float, top: float, length: float, rise: float, back: float | None = None
) -> None:
    """The places every board has: where feet stand, where hands hold it, its ends."""
    rear = -spot if back is None else -back * length
    made.anchor("deck_front", (0, top, spot), (0, 1, 0))
    made.anchor("deck_back", (0, top, rear), (0, 1, 0))
    made.anchor("deck_center", (0, top, 0), (0, 1, 0))
    made.anchor("rail_left", (width / 2, 0, 0), (1, 0, 0))
    made.anchor("rail_right", (-width / 2, 0, 0), (-1, 0, 0))
    made.anchor("nose", (0, rise * 0.9, length / 2), (0, 0, 1))
    made.anchor("tail", (0, rise * 0.4, -length / 2), (0, 0, -1))


def _skis(kind: str = "", **apart: tuple[float, float]) -> Template:
    sizes = {"length": (1.66, 0.09), "width": (0.118, 0.008), **apart}
    return Template(skis, sizes, "none", upright=0.2, kind=kind)


# Decks on sale are 0.75-0.85 m by 0.19-0.215 m; adults' snowboards 1.40-1.65 m, their tips 0.28-0.31 m
# wide; surfboards run from 1.8 m shortboards to 2.75 m longboards; adults' skis are 1.5-1.85 m.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "skateboard": (
        Template(
            skateboard,
            {"length": (0.80, 0.035), "width": (0.205, 0.009), "wheel_radius": (0.027, 0.003)},
            "y180",
            upright=0.2,
        ),
    ),
    "snowboard": (
        Template(
            snowboard,
            {"length": (1.53, 0.07), "width": (0.292, 0.012), "waist": (0.85, 0.03)},
            "y180",
            upright=0.2,
        ),
    ),
    "surfboard": (
        Template(
            surfboard,
            {"length": (2.15, 0.30), "width": (0.53, 0.03), "thick": (0.065, 0.007), "rocker": (0.10, 0.025)},
            "none",
            upright=0.2,
        ),
    ),
    "skis": (
        _skis(spacing=(0.25, 0.04), stagger=(0.0, 0.08), wedge=(0.0, 0.03)),
        _skis("skating_skis", spacing=(0.74, 0.08), stagger=(0.0, 0.15), wedge=(-0.4, 0.08)),
        _skis("snowplough_skis", spacing=(0.72, 0.06), stagger=(0.0, 0.02), wedge=(0.32, 0.05)),
        _skis("carried_skis", spacing=(0.13, 0.006), stagger=(0.0, 0.01), wedge=(0.0, 0.002)),
    ),
}
