"""A category in, parametric shapes of it out: real sizes as linear modes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from chorus_recon.backends.shape import boards, handheld, wheels
from chorus_recon.backends.shape.solid import Solid
from chorus_recon.types import Anchor, ObjectShape, Photo


@dataclass(frozen=True, slots=True)
class Template:
    """A builder, and the mean and standard deviation (metres) of each of its sizes."""

    build: Callable[..., Solid]
    sizes: dict[str, tuple[float, float]]
    symmetry: str
    scale_sd: float = 0.03
    upright: float = 0.0


# Means and spreads are of things on sale and in use (makers' size charts), not of any data set.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "skateboard": (
        Template(
            boards.skateboard,
            {"length": (0.80, 0.035), "width": (0.205, 0.009), "wheel": (0.027, 0.003)},
            "y180",
        ),
    ),
    "snowboard": (
        Template(
            boards.snowboard,
            {"length": (1.53, 0.07), "width": (0.292, 0.012), "waist": (0.85, 0.03)},
            "y180",
        ),
    ),
    "surfboard": (
        Template(
            boards.surfboard,
            {"length": (2.15, 0.30), "width": (0.53, 0.03), "thick": (0.065, 0.007), "rocker": (0.10, 0.025)},
            "none",
        ),
    ),
    "tennis_racket": (
        Template(
            handheld.tennis_racket,
            {"length": (0.685, 0.006), "head_width": (0.262, 0.010), "head_length": (0.345, 0.010)},
            "y180",
            0.02,
        ),
    ),
    "umbrella": (
        Template(
            handheld.umbrella,
            {"radius": (0.50, 0.055), "depth": (0.21, 0.04), "length": (0.84, 0.06)},
            "axis_y",
            0.04,
        ),
    ),
    "frisbee": (Template(handheld.frisbee, {"diameter": (0.262, 0.018), "depth": (0.031, 0.003)}, "axis_y"),),
    "bicycle": (
        Template(
            wheels.bicycle,
            {
                "wheelbase": (1.03, 0.04),
                "wheel": (0.338, 0.015),
                "saddle": (0.94, 0.05),
                "handlebar": (1.00, 0.055),
                "bar_width": (0.58, 0.06),
                "tyre": (0.020, 0.004),
            },
            "none",
            0.04,
            1.0,
        ),
    ),
    "motorcycle": (
        Template(
            wheels.motorcycle,
            {
                "wheelbase": (1.42, 0.07),
                "wheel": (0.315, 0.018),
                "seat": (0.80, 0.035),
                "handlebar": (1.06, 0.06),
                "bar_width": (0.80, 0.05),
                "tank": (0.15, 0.02),
            },
            "none",
            0.04,
            1.0,
        ),
    ),
}


def categories() -> list[str]:
    """Every category with a template."""
    return sorted(TEMPLATES)


class TemplateShapes:
    """The embedded shape source."""

    name = "templates"

    def shapes(self, category: str, photo: Photo | None = None) -> list[ObjectShape]:
        """Templates of a category, most likely first; empty where it is unknown."""
        key = category.strip().lower().replace(" ", "_").replace("-", "_")
        return [_shape(key, template) for template in TEMPLATES.get(key, ())]


def _shape(category: str, template: Template) -> ObjectShape:
    """Build the mean, and each mode as half the difference of the builds one deviation either way."""
    mean = {name: value for name, (value, _) in template.sizes.items()}
    made = template.build(**mean)
    vertices = np.concatenate(made.vertices)
    middle = (vertices.min(0) + vertices.max(0)) / 2
    modes = []
    for name, (value, deviation) in template.sizes.items():
        ends = [
            np.concatenate(template.build(**(mean | {name: value + sign * deviation})).vertices)
            for sign in (1, -1)
        ]
        modes.append((ends[0] - ends[1]) / 2)
    anchors = tuple(
        Anchor(name, torch.tensor([row]), torch.tensor(direction, dtype=torch.float32))
        for name, (row, direction) in made.anchors.items()
    )
    return ObjectShape(
        name=category,
        vertices=torch.from_numpy(vertices - middle).float(),
        faces=torch.from_numpy(np.concatenate(made.faces)).long(),
        face_rgb=torch.from_numpy(np.concatenate(made.colours)),
        modes=torch.from_numpy(np.stack(modes)).float(),
        mode_names=tuple(template.sizes),
        symmetry=template.symmetry,
        scale_sd=template.scale_sd,
        source="chorus-recon template (Apache-2.0)",
        anchors=anchors,
        upright=template.upright,
    )
