"""The subject of a rendered build: a bundled category, a noun of the table, or what the user describes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch

from chorus_recon.backends.shape.grips import with_grips
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import nouns, own, unknown
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.description import category_of
from chorus_recon.categories.index import categories
from chorus_recon.categories.own import Own
from chorus_recon.categories.schema import Category
from chorus_recon.categories.template import realise
from chorus_recon.errors import PriorError
from chorus_recon.io import category_names
from chorus_recon.types import ObjectShape


@dataclass(frozen=True, slots=True)
class Subject:
    """What a build is of.

    Attributes:
        category: its interactions, grid and words.
        shapes: its shapes, most likely first.
        about: the description for provenance; empty for a bundled category.
    """

    category: Category
    shapes: tuple[ObjectShape, ...]
    about: Mapping[str, object]


def subject_of(noun: str, said: Own | None = None) -> Subject:
    """The subject for a noun and what the user says of it.

    Raises:
        PriorError: nothing is known of the noun, or too little is said of it or of its mesh.
        InputError: the user's mesh cannot be used.
    """
    said = said or Own()
    key = category_names.resolve(noun, loosely=False)
    if said.empty:
        return _known(key, noun)
    mesh = _mesh(noun, said)
    about = own.complete(noun, said, _extent(mesh) if mesh else None)
    category = category_of(about)
    facts = own.as_dict(about)
    if mesh is None:
        shapes = tuple(realise(category.name, template) for template in category.templates)
        return Subject(category, shapes, facts)
    return Subject(category, (with_grips(mesh),), facts | {"mesh_sha256": _digest(mesh)})


def named(subject: Subject, noun: str) -> Subject:
    """The same with the name that the user gives it, though the table may describe it with other things."""
    if not subject.about:
        return subject
    word = nouns.word(noun) or category_names.key(noun)
    return replace(subject, category=replace(subject.category, name=word))


def _known(key: str, noun: str) -> Subject:
    if key in categories():
        return Subject(categories()[key], tuple(TemplateShapes().shapes(key)), {})
    category = nouns.known(noun)
    if category is None:
        raise PriorError(f"Nothing is known of {noun!r}.", unknown.advice(noun))
    if category.name in categories():
        return _known(category.name, noun)
    about = own.as_dict(nouns.describe(category.name))
    return Subject(category, tuple(TemplateShapes().shapes(category.name)), about)


def _mesh(noun: str, said: Own) -> ObjectShape | None:
    """The user's mesh, in metres and in the axes of the noun it is like; stretched to the size given."""
    if said.mesh is None:
        return None
    base = nouns.find(said.like or noun)
    if base is None and said.size is None and said.mesh_units is None:
        raise PriorError(f"The size of {said.mesh} is not known.", "Pass --size LxWxH or --mesh-units.")
    like = next(iter(TemplateShapes().shapes(base)), None) if base else None
    shape = load_mesh(said.mesh, units=said.mesh_units, up=said.mesh_up, like=like)
    shape = replace(shape, name=category_names.key(noun))
    if said.size is None:
        return shape
    wanted = torch.tensor([said.size.width_m, said.size.height_m, said.size.length_m])
    factor = wanted / (shape.vertices.amax(0) - shape.vertices.amin(0)).clamp_min(1e-6)
    spread = said.spread if said.spread is not None else own.SPREAD
    return replace(shape, vertices=shape.vertices * factor, scale_sd=spread)


def _extent(shape: ObjectShape) -> Extent:
    width, height, length = (shape.vertices.amax(0) - shape.vertices.amin(0)).clamp_min(1e-3).tolist()
    return Extent(round(length, 4), round(width, 4), round(height, 4))


def _digest(shape: ObjectShape) -> str:
    whole = hashlib.sha256(shape.vertices.numpy().tobytes())
    whole.update(shape.faces.numpy().tobytes())
    return whole.hexdigest()


def fingerprint(subject: Subject, settings: Mapping[str, object]) -> str:
    """A name for the prior that this subject and these settings give: all that decides its content."""
    category = subject.category
    facts = {
        "about": dict(subject.about),
        "interactions": repr(category.interactions()),
        "grid": repr(category.grid),
        "thicken_px": category.thicken_px,
        "shapes": [_digest(shape) for shape in subject.shapes],
        "settings": dict(settings),
    }
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
