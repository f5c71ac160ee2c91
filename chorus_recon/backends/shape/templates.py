"""Parametric template shapes of the categories; their linear modes span real sizes."""

from functools import cache

from chorus_recon.categories.index import categories
from chorus_recon.categories.template import realise
from chorus_recon.io.category_names import resolve
from chorus_recon.types import Mask, ObjectShape, Photo


class TemplateShapes:
    """The default shape source: the categories' templates."""

    name = "templates"

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """Templates of a category, most likely first; empty if the category is unknown."""
        return list(_built(resolve(category)))


@cache
def _built(name: str) -> tuple[ObjectShape, ...]:
    category = categories().get(name)
    return tuple(realise(name, template) for template in category.templates) if category else ()
