"""Parametric template shapes of categories and nouns; their linear modes span real sizes."""

from functools import cache

from chorus_recon.categories.nouns import known
from chorus_recon.categories.template import realise
from chorus_recon.io.category_names import resolve
from chorus_recon.types import Mask, ObjectShape, Photo


class TemplateShapes:
    """The default shape source: the templates of bundled categories, else the shapes of the nouns' table."""

    name = "templates"

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """Templates of a category or noun, most likely first; empty if it is unknown."""
        return list(_built(resolve(category, loosely=False)))


@cache
def _built(name: str) -> tuple[ObjectShape, ...]:
    category = known(name)
    if category is None:
        return ()
    return tuple(realise(category.name, template) for template in category.templates)
