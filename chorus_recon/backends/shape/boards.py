"""Boards: length along z with the nose at +z, deck facing +y."""

import numpy as np

from chorus_recon.backends.shape.solid import Rgb, Solid, box, lathe, plank, tube, two_tone

WOOD, GRIP, STEEL, WHEEL = (196, 148, 92), (52, 52, 56), (150, 152, 158), (226, 220, 204)
SNOW_TOP, SNOW_BASE, BINDING = (58, 92, 168), (36, 40, 52), (34, 34, 38)
FOAM, STRINGER, FIN = (238, 234, 222), (204, 92, 60), (70, 78, 92)


def _top(faces: np.ndarray, top: Rgb, rest: Rgb) -> np.ndarray:
    """A colour a face of a plank: `top` on the upper side of its 8-vertex sections."""
    return two_tone(np.isin(faces % 8, (4, 5, 6)).all(1), top, rest)


def skateboard(length: float, width: float, wheel: float) -> Solid:
    """Kicked deck, two trucks, four wheels. Common decks are 0.75-0.85 m by 0.19-0.215 m."""
    made = Solid()
    u = np.sin(np.linspace(-1, 1, 27) * np.pi / 2)
    kick = np.clip((np.abs(u) - 0.66) / 0.34, 0, None)
    half = width / 2 * np.sqrt(np.clip(1 - np.clip((np.abs(u) - 0.7) / 0.3, 0, 1) ** 2.2, 0.01, 1))
    vertices, faces = plank(u * length / 2, half, 0.052 * kick**1.2, 0.014)
    made.add(vertices, faces, _top(faces, GRIP, WOOD))
    below = -0.045 - wheel
    for z in (-0.27 * length, 0.27 * length):
        made.add(*box((0.055, 0.03, 0.075), (0, -0.022, z)), STEEL)
        made.add(*tube([(-width * 0.5, below, z), (width * 0.5, below, z)], 0.012, 6), STEEL)
        made.add(*box((0.03, 0.035, 0.03), (0, -0.05, z)), STEEL)
        for x in (-width * 0.42, width * 0.42):
            radii = [0.6 * wheel, wheel, wheel, 0.6 * wheel]
            made.add(*lathe(radii, [-0.019, -0.013, 0.013, 0.019], 14, "x", (x, below, z)), WHEEL)
    _feet(made, 0.29 * length, width, 0.007, length, 0.05)
    return made


def snowboard(length: float, width: float, waist: float) -> Solid:
    """Twin-tip board with two bindings. Adults' boards are 1.40-1.65 m by 0.28-0.31 m at the tips."""
    made = Solid()
    u = np.sin(np.linspace(-1, 1, 33) * np.pi / 2)
    tip = np.clip((np.abs(u) - 0.8) / 0.2, 0, 1)
    body = waist + (1 - waist) * np.clip(np.abs(u) / 0.8, 0, 1) ** 2
    half = width / 2 * body * np.sqrt(np.clip(1 - tip**2.2, 0.008, 1))
    vertices, faces = plank(u * length / 2, half, 0.075 * tip**1.6, 0.014)
    made.add(vertices, faces, _top(faces, SNOW_TOP, SNOW_BASE))
    for z in (-0.17 * length, 0.17 * length):
        made.add(*box((0.27, 0.02, 0.11), (0, 0.017, z)), BINDING)
        made.add(*box((0.03, 0.12, 0.1), (-0.12, 0.07, z)), BINDING)
    _feet(made, 0.17 * length, width, 0.03, length, 0.07)
    return made


def surfboard(length: float, width: float, thick: float, rocker: float) -> Solid:
    """Pointed nose, rounded tail, three fins. From 1.8 m shortboards to 2.75 m longboards."""
    made = Solid()
    u = np.sin(np.linspace(-1, 1, 33) * np.pi / 2)
    forward = np.clip((u - 0.1) / 0.9, 0, 1)
    aft = np.clip((-0.1 - u) / 0.9, 0, 1)
    half = width / 2 * (1 - forward**2.2) ** 0.8 * (1 - 0.75 * aft**2.6)
    half = np.maximum(half, 0.006)
    half[0] *= 0.5
    lift = rocker * np.clip(u, 0, None) ** 3 + 0.4 * rocker * np.clip(-u, 0, None) ** 3
    slab = thick * np.clip(1 - 0.82 * np.abs(u) ** 2.4, 0.12, 1)
    vertices, faces = plank(u * length / 2, half, lift, slab)
    made.add(vertices, faces, _top(faces, FOAM, (222, 226, 230)))
    made.add(*box((0.008, 0.004, length * 0.8), (0, thick / 2 + 0.001, -0.03 * length)), STRINGER)
    for x, z in ((0, -0.44), (-0.3, -0.38), (0.3, -0.38)):
        made.add(*box((0.008, 0.11, 0.1), (x * width, -thick / 2 - 0.03, z * length), 0.3), FIN)
    _feet(made, 0.16 * length, width, thick / 2, length, rocker, back=0.3)
    return made


def _feet(
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
