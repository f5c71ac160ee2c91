"""The shapes of a thing that the user describes: their mesh, or the parametric shape of what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from chorus_recon.backends.shape.grips import with_grips
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import nouns, own, spelling
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.description import Description, category_of
from chorus_recon.categories.own import Own
from chorus_recon.categories.template import realise
from chorus_recon.errors import PriorError
from chorus_recon.types import ObjectShape


@dataclass(frozen=True, slots=True)
class Described:
    """What a thing is, and its shapes: the user's mesh, or shapes made of the description."""

    about: Description
    shapes: tuple[ObjectShape, ...]
    is_mesh: bool


def described(noun: str, said: Own) -> Described:
    """What the user says of a noun, completed by the table.

    Raises:
        PriorError: too little is known of the noun, or of the size of its mesh.
        InputError: the user's mesh cannot be used.
    """
    mesh = _mesh(noun, said)
    about = own.complete(noun, said, _extent(mesh) if mesh else None)
    if mesh is not None:
        return Described(about, (with_grips(mesh),), is_mesh=True)
    return Described(about, _shapes(about), is_mesh=False)


def shapes_told(provenance: Mapping[str, Any]) -> list[ObjectShape]:
    """The shapes of the description that a prior was built from; none if it was of a mesh or has none."""
    facts = provenance.get("description")
    if not isinstance(facts, Mapping) or "mesh_sha256" in facts:
        return []
    about = own.from_dict(facts)
    return [] if about is None else list(_shapes(about))


def _shapes(about: Description) -> tuple[ObjectShape, ...]:
    category = category_of(about)
    return tuple(realise(category.name, template) for template in category.templates)


def _mesh(noun: str, said: Own) -> ObjectShape | None:
    """The user's mesh, in metres and in the axes of the noun it is like; stretched to the size given."""
    if said.mesh is None:
        return None
    base = nouns.find(said.like or noun)
    if base is None and said.size is None and said.mesh_units is None:
        raise PriorError(f"The size of {said.mesh} is not known.", "Pass --size LxWxH or --mesh-units.")
    like = next(iter(TemplateShapes().shapes(base)), None) if base else None
    shape = load_mesh(said.mesh, units=said.mesh_units, up=said.mesh_up, like=like)
    shape = replace(shape, name=spelling.key(noun))
    if said.size is None:
        return shape
    wanted = torch.tensor([said.size.width_m, said.size.height_m, said.size.length_m])
    factor = wanted / (shape.vertices.amax(0) - shape.vertices.amin(0)).clamp_min(1e-6)
    spread = said.spread if said.spread is not None else own.SPREAD
    return replace(shape, vertices=shape.vertices * factor, scale_sd=spread)


def _extent(shape: ObjectShape) -> Extent:
    width, height, length = (shape.vertices.amax(0) - shape.vertices.amin(0)).clamp_min(1e-3).tolist()
    return Extent(round(length, 4), round(width, 4), round(height, 4))
