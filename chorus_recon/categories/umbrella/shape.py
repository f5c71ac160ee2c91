"""The template mesh of an open umbrella: the handle at -y, the canopy at +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import loft, tube
from chorus_recon.geometry.meshes.solid import Solid, two_tone

CLOTH_A, CLOTH_B, SHAFT, HANDLE = (196, 60, 60), (214, 92, 84), (92, 94, 98), (40, 40, 44)


def umbrella(canopy_radius: float, canopy_depth: float, length: float) -> Solid:
    """An open umbrella: a domed canopy of eight panels on ribs, a shaft and a crook handle."""
    made = Solid()
    top = length / 2
    rings, sides = 8, 48
    angle = np.arange(sides) / sides * 2 * np.pi
    scallop = np.cos(np.pi / 8) / np.cos((angle % (np.pi / 4)) - np.pi / 8)
    skin = []
    for lower in (True, False):
        reach = np.linspace(0.03, 1, rings)
        for t in reach if lower else reach[::-1]:
            edge = canopy_radius * t * (1 + (scallop - 1) * t)
            sag = 0.35 * canopy_depth * t**2 * (1 - scallop)  # cloth is pulled flat between the ribs
            level = top - 0.05 - _droop(t, canopy_depth) + sag - (0.006 if lower else 0.0)
            skin.append(np.stack([edge * np.cos(angle), level, -edge * np.sin(angle)], 1))
    vertices, faces = loft(np.stack(skin))
    first = np.where(
        (faces % sides == 0).any(1) & (faces % sides == sides - 1).any(1), sides - 1, (faces % sides).min(1)
    )
    odd = first // (sides // 8) % 2 == 1
    made.add((vertices, faces), two_tone(odd, CLOTH_B, CLOTH_A))
    for k in range(8):
        c, s = np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)
        rib = [(t, top - 0.06 - _droop(t, canopy_depth)) for t in np.linspace(0.03, 1.0, 5)]
        path = [(t * canopy_radius * c, y, -t * canopy_radius * s) for t, y in rib]
        made.add(tube(path, 0.0035, 3), SHAFT)
        out, level = 0.52, top - 0.062 - _droop(0.52, canopy_depth)
        stay = [
            (0.0, top - 0.05 - 0.95 * canopy_depth, 0.0),
            (out * canopy_radius * c, level, -out * canopy_radius * s),
        ]
        made.add(tube(stay, 0.003, 3), SHAFT)
    made.add(tube([(0, top, 0), (0, top - 0.02, 0), (0, -top + 0.05, 0)], [0.003, 0.007, 0.007], 6), SHAFT)
    bend = np.linspace(0, np.pi, 10)
    crook = np.stack([np.zeros(10), -top + 0.055 - 0.045 * np.sin(bend), 0.045 - 0.045 * np.cos(bend)], 1)
    made.add(
        tube(np.concatenate([[[0, -top + 0.17, 0]], crook, [[0, -top + 0.075, 0.09]]]), 0.011, 8), HANDLE
    )
    made.anchor("grip", (0, -top + 0.1, 0), (0, 1, 0))
    made.anchor("shaft", (0, -top + 0.35 * length, 0), (0, 1, 0))
    made.anchor("canopy_top", (0, top, 0), (0, 1, 0))
    return made


def _droop(t: float, depth: float) -> float:
    """How far the canopy, a spherical cap, is below its top at the fraction `t` of its radius."""
    return depth * (1 - np.sqrt(1 - (0.92 * t) ** 2)) / (1 - np.sqrt(1 - 0.92**2))


# Canopies are 0.9-1.2 m across.
TEMPLATES: tuple[Template, ...] = (
    Template(
        umbrella,
        {"canopy_radius": (0.50, 0.055), "canopy_depth": (0.21, 0.048), "length": (0.84, 0.06)},
        symmetry="axis_y",
        scale_sd=0.04,
    ),
)
