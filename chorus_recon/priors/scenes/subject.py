"""The subject of a rendered build: a bundled category, a noun of the table, or what the user describes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chorus_recon.backends.shape.described import described
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import nouns, own, unknown
from chorus_recon.categories.description import category_of
from chorus_recon.categories.index import categories
from chorus_recon.categories.own import Own
from chorus_recon.categories.schema import Category
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
    thing = described(noun, said)
    facts = own.as_dict(thing.about)
    if thing.is_mesh:
        facts["mesh_sha256"] = _digest(thing.shapes[0])
    return Subject(category_of(thing.about), thing.shapes, facts)


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
