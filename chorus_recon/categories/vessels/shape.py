"""Things that are round about y: balls, bottles, glasses, cups, and a dumbbell along x."""

import numpy as np
import trimesh

from chorus_recon.categories.template import Template
from chorus_recon.geometry.primitives import curve, lathe, tube
from chorus_recon.geometry.solid import Solid, two_tone

WHITE, BLACK, FELT, LEATHER = (238, 238, 234), (44, 44, 48), (206, 224, 84), (214, 112, 52)
GLASS, WINE, PET, CAP, LABEL = (206, 218, 224), (126, 28, 52), (150, 196, 214), (52, 96, 168), (232, 226, 206)
CHINA, STEEL = (226, 222, 210), (110, 112, 118)


def football(diameter: float) -> Solid:
    """A football: white with dark patches about an icosahedron's corners."""
    sphere = trimesh.creation.icosphere(3)
    unit = np.array(sphere.vertices)
    faces = np.array(sphere.faces)
    marks = np.array(trimesh.creation.icosphere(0).vertices)
    near = (unit[faces].mean(1) @ marks.T).max(1) > np.cos(0.33)
    made = Solid()
    made.add((unit * diameter / 2, faces), two_tone(near, BLACK, WHITE))
    return _held(made, diameter / 2)


def tennis_ball(diameter: float) -> Solid:
    """A tennis ball with its seam, a wave about the equator."""
    sphere = trimesh.creation.icosphere(3)
    made = Solid()
    made.add((np.array(sphere.vertices) * diameter / 2, np.array(sphere.faces)), FELT)
    t = np.arange(48) / 48 * 2 * np.pi
    seam = np.stack(
        [
            0.75 * np.cos(t) + 0.25 * np.cos(3 * t),
            0.75 * np.sin(t) - 0.25 * np.sin(3 * t),
            0.866 * np.sin(2 * t),
        ],
        1,
    )
    made.add(tube(seam * diameter * 0.492, 0.016 * diameter, 5, closed=True), WHITE)
    return _held(made, diameter / 2)


def _held(made: Solid, r: float) -> Solid:
    made.anchor("left", (r, 0, 0), (1, 0, 0))
    made.anchor("right", (-r, 0, 0), (-1, 0, 0))
    made.anchor("top", (0, r, 0), (0, 1, 0))
    made.anchor("bottom", (0, -r, 0), (0, -1, 0))
    return made


def bottle(height: float, diameter: float) -> Solid:
    """A drinks bottle with a cap and a label."""
    made = Solid()
    r = diameter / 2
    radii = np.array([0.7, 0.95, 1.0, 1.0, 1.0, 1.0, 0.97, 0.8, 0.5, 0.38, 0.37, 0.3])
    place = np.array([0.0, 0.012, 0.05, 0.28, 0.281, 0.6, 0.66, 0.76, 0.86, 0.9, 0.96, 0.962])
    vertices, faces = lathe(r * radii, height * (place - 0.5), 24)
    label = np.isin(faces // 24, (4, 5)).all(1)
    made.add((vertices, faces), two_tone(label, LABEL, PET))
    made.add(
        lathe([0.4 * r, 0.43 * r, 0.43 * r, 0.38 * r], [height * p for p in (0.43, 0.435, 0.49, 0.5)], 16),
        CAP,
    )
    made.anchor("grip", (0, 0, 0), (0, 1, 0))
    made.anchor("mouth", (0, height / 2, 0), (0, 1, 0))
    made.anchor("base", (0, -height / 2, 0), (0, -1, 0))
    return made


def wine_glass(height: float, diameter: float) -> Solid:
    """A stemmed glass, part full."""
    made = Solid()
    r = diameter / 2
    outside = [
        (0.0, 0.85),
        (0.012, 0.86),
        (0.03, 0.3),
        (0.06, 0.12),
        (0.2, 0.095),
        (0.42, 0.1),
        (0.46, 0.3),
        (0.52, 0.72),
        (0.6, 0.95),
        (0.68, 1.0),
        (0.84, 0.94),
        (1.0, 0.82),
    ]
    inside = [(0.995, 0.79), (0.84, 0.91), (0.68, 0.97), (0.6, 0.92), (0.52, 0.69), (0.47, 0.25)]
    profile = [(h, r * t) for h, t in outside + inside]
    vertices, faces = lathe([t for _, t in profile], [height * (h - 0.5) for h, _ in profile], 24)
    full = np.isin(faces // 24, (6, 7, 8, 9, 14, 15, 16, 17)).all(1)
    made.add((vertices, faces), two_tone(full, WINE, GLASS))
    made.anchor("stem", (0, -0.2 * height, 0), (0, 1, 0))
    made.anchor("bowl", (0, 0.16 * height, 0), (0, 1, 0))
    made.anchor("rim", (0, 0.5 * height, 0), (0, 1, 0))
    return made


def cup(height: float, diameter: float) -> Solid:
    """A mug; its handle at +z."""
    made = Solid()
    r = diameter / 2
    radii = np.array([0.8, 0.95, 1.0, 1.0, 0.92, 0.9, 0.86, 0.05])
    place = np.array([0.0, 0.03, 0.2, 1.0, 1.0, 0.2, 0.09, 0.07])
    made.add(lathe(r * radii, height * (place - 0.5), 24), CHINA)
    ear = [
        (0, 0.3 * height, 0.95 * r),
        (0, 0.3 * height, 1.45 * r),
        (0, 0.02 * height, 1.65 * r),
        (0, -0.24 * height, 1.4 * r),
        (0, -0.26 * height, 0.95 * r),
    ]
    made.add(tube(curve(ear, 13), 0.0065, 7), CHINA)
    made.anchor("handle", (0, 0.02 * height, 1.62 * r), (0, 1, 0))
    made.anchor("rim", (0, height / 2, 0), (0, 1, 0))
    made.anchor("side", (0, 0, -r), (0, 0, -1))
    return made


def dumbbell(length: float, diameter: float) -> Solid:
    """A hand weight: bar along x, a hexagonal head at each end."""
    made = Solid()
    made.add(
        tube(
            [(-length / 2 + 0.02, 0, 0), (-0.05, 0, 0), (0, 0, 0), (0.05, 0, 0), (length / 2 - 0.02, 0, 0)],
            [0.013, 0.014, 0.016, 0.014, 0.013],
            10,
        ),
        STEEL,
    )
    r = diameter / 2
    for s in (-1, 1):
        ends = sorted((s * length / 2, s * (length / 2 - 0.36 * length + 0.02)))
        places = [ends[0], ends[0] + 0.012, ends[1] - 0.012, ends[1]]
        made.add(lathe([0.8 * r, r, r, 0.8 * r], places, 6, "x"), BLACK)
    made.anchor("grip", (0, 0, 0), (1, 0, 0))
    made.anchor("left_head", (length / 2, 0, 0), (1, 0, 0))
    made.anchor("right_head", (-length / 2, 0, 0), (-1, 0, 0))
    return made


# Foot-, volley- and basketballs are 0.21-0.24 m across by their rules, tennis balls 65-69 mm.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "sports_ball": (
        Template(football, {"diameter": (0.222, 0.010)}, "sphere", 0.02),
        Template(tennis_ball, {"diameter": (0.068, 0.002)}, "sphere", 0.02, kind="tennis_ball"),
    ),
    "bottle": (Template(bottle, {"height": (0.23, 0.025), "diameter": (0.068, 0.006)}, "axis_y", 0.05),),
    "wine_glass": (
        Template(wine_glass, {"height": (0.215, 0.016), "diameter": (0.083, 0.007)}, "axis_y", 0.04),
    ),
    "cup": (Template(cup, {"height": (0.096, 0.008), "diameter": (0.082, 0.005)}, "none", 0.05),),
    "dumbbell": (Template(dumbbell, {"length": (0.29, 0.04), "diameter": (0.11, 0.02)}, "axis_x", 0.05),),
}
