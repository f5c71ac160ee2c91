"""A category in, parametric shapes of it out: real sizes as linear modes."""

from functools import cache

from chorus_recon.backends.shape import (
    bicycle,
    boards,
    books,
    carry,
    devices,
    furniture,
    gloves,
    guitars,
    handheld,
    hats,
    horse,
    kites,
    motorcycle,
    ties,
    turned,
    upholstery,
)
from chorus_recon.backends.shape.template import Template, realise
from chorus_recon.io.categories import key
from chorus_recon.types import Mask, ObjectShape, Photo

# Means and spreads are of things on sale and in use (makers' size charts), not of any data set.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    **boards.TEMPLATES,
    **books.TEMPLATES,
    **handheld.TEMPLATES,
    **gloves.TEMPLATES,
    **guitars.TEMPLATES,
    **hats.TEMPLATES,
    **kites.TEMPLATES,
    **ties.TEMPLATES,
    **bicycle.TEMPLATES,
    **motorcycle.TEMPLATES,
    **carry.TEMPLATES,
    **furniture.TEMPLATES,
    **devices.TEMPLATES,
    **turned.TEMPLATES,
    **horse.TEMPLATES,
    **upholstery.TEMPLATES,
}
CATEGORIES = tuple(sorted(TEMPLATES))


class TemplateShapes:
    """The embedded shape source."""

    name = "templates"

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """Templates of a category, most likely first; empty where it is unknown."""
        return list(_built(key(category)))


@cache
def _built(name: str) -> tuple[ObjectShape, ...]:
    return tuple(realise(name, template) for template in TEMPLATES.get(name, ()))
