"""A category in, parametric shapes of it out: real sizes as linear modes."""

from functools import cache

from chorus_recon.categories.bicycle import shape as bicycle
from chorus_recon.categories.boards import shape as boards
from chorus_recon.categories.book import shape as book
from chorus_recon.categories.devices import shape as devices
from chorus_recon.categories.glove import shape as glove
from chorus_recon.categories.guitar import shape as guitar
from chorus_recon.categories.handheld import shape as handheld
from chorus_recon.categories.hat import shape as hat
from chorus_recon.categories.horse import shape as horse
from chorus_recon.categories.kite import shape as kite
from chorus_recon.categories.luggage import shape as luggage
from chorus_recon.categories.motorcycle import shape as motorcycle
from chorus_recon.categories.seats import shape as seats
from chorus_recon.categories.seats import upholstery
from chorus_recon.categories.template import Template, realise
from chorus_recon.categories.tie import shape as tie
from chorus_recon.categories.vessels import shape as vessels
from chorus_recon.io.category_names import key
from chorus_recon.types import Mask, ObjectShape, Photo

# Means and spreads are of things on sale and in use (makers' size charts), not of any data set.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    **boards.TEMPLATES,
    **book.TEMPLATES,
    **handheld.TEMPLATES,
    **glove.TEMPLATES,
    **guitar.TEMPLATES,
    **hat.TEMPLATES,
    **kite.TEMPLATES,
    **tie.TEMPLATES,
    **bicycle.TEMPLATES,
    **motorcycle.TEMPLATES,
    **luggage.TEMPLATES,
    **seats.TEMPLATES,
    **devices.TEMPLATES,
    **vessels.TEMPLATES,
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
