"""Parametric templates of objects, and the conversion to `ObjectShape` with linear modes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from chorus_recon.geometry.meshes.solid import Solid
from chorus_recon.types import Anchor, ObjectShape


@dataclass(frozen=True, slots=True)
class Template:
    """A parametric mesh.

    Attributes:
        build: makes the mesh from the sizes, given by keyword.
        sizes: mean and standard deviation of each size, in metres unless the name has another unit.
        symmetry: as in `ObjectShape`.
        scale_sd: as in `ObjectShape`.
        upright: as in `ObjectShape`.
        kind: the name of the shape. Templates of one category have different kinds; one may have none, and
            is then named after the category.
    """

    build: Callable[..., Solid]
    sizes: dict[str, tuple[float, float]]
    symmetry: str
    scale_sd: float = 0.03
    upright: float = 0.0
    kind: str = ""


def realise(category: str, template: Template) -> ObjectShape:
    """Build the mean mesh, and a linear mode for each size.

    A mode is half the difference between the meshes one standard deviation above and below the mean. The mesh
    is centred on its bounding box.
    """
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
