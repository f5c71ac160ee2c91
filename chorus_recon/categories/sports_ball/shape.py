"""The template meshes of sports balls: a football and a tennis ball."""

import numpy as np
import trimesh

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import tube
from chorus_recon.geometry.meshes.solid import Solid, two_tone

WHITE, BLACK, FELT = (238, 238, 234), (44, 44, 48), (206, 224, 84)


def football(diameter: float) -> Solid:
    """A football: white, with dark patches around the corners of an icosahedron."""
    sphere = trimesh.creation.icosphere(3)
    unit = np.array(sphere.vertices)
    faces = np.array(sphere.faces)
    marks = np.array(trimesh.creation.icosphere(0).vertices)
    near = (unit[faces].mean(1) @ marks.T).max(1) > np.cos(0.33)
    made = Solid()
    made.add((unit * diameter / 2, faces), two_tone(near, BLACK, WHITE))
    return _held(made, diameter / 2)


def tennis_ball(diameter: float) -> Solid:
    """A tennis ball with its seam, a wave around the equator."""
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


# Foot-, volley- and basketballs are 0.21-0.24 m across by their rules, tennis balls 65-69 mm.
TEMPLATES: tuple[Template, ...] = (
    Template(football, {"diameter": (0.222, 0.010)}, symmetry="sphere", scale_sd=0.02),
    Template(tennis_ball, {"diameter": (0.068, 0.002)}, symmetry="sphere", scale_sd=0.02, kind="tennis_ball"),
)
