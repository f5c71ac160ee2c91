"""A builder and the spread of its sizes in, an ObjectShape with linear modes out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from chorus_recon.geometry.solid import Solid
from chorus_recon.types import Anchor, ObjectShape


@dataclass(frozen=True, slots=True)
class Template:
    """A builder, and the mean and standard deviation of each of its sizes (metres, unless it says so).

    `symmetry`, `scale_sd` and `upright` are those of `ObjectShape`; `kind` tells templates of one
    category apart.
    """

    build: Callable[..., Solid]
    sizes: dict[str, tuple[float, float]]
    symmetry: str
    scale_sd: float = 0.03
    upright: float = 0.0
    kind: str = ""


def realise(category: str, template: Template) -> ObjectShape:
    """Build the mean, and each mode as half the difference of the builds one deviation either way."""
    mean = {name: value for name, (value, _) in template.sizes.items()}
    made = template.build(**mean)
    vertices = np.concatenate(made.vertices)
    middle = (vertices.min(0) + vertices.max(0)) / 2
    modes = []
    for name, (value, deviation) in template.sizes.items():
        more, less = (
            np.concatenate(template.build(**(mean | {name: value + sign * deviation})).vertices)
            for sign in (1, -1)
        )
        modes.append((more - less) / 2)
    anchors = tuple(
        Anchor(name, torch.tensor([row]), torch.tensor(direction, dtype=torch.float32))
        for name, (row, direction) in made.anchors.items()
    )
    return ObjectShape(
        name=template.kind or category,
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
