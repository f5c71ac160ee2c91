"""The category wine glass."""

from chorus_recon.categories.schema import HANDS, Category, Predicate
from chorus_recon.categories.vessels.wine_glass.interactions import wine_glass
from chorus_recon.categories.vessels.wine_glass.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="wine_glass",
        longest_side_m=(0.16, 0.28),
        templates=TEMPLATES,
        interactions=wine_glass,
        loosely=("glass", "champagne glass", "goblet"),
        related=("tumbler", "martini glass", "beer glass", "drinking glass", "flute"),
        grid=HANDS,
        thicken_px=1,
        lookalikes=("bottle", "cup"),
        predicates=(
            Predicate(
                "holds {it}",
                (
                    "hold_right",
                    "hold_left",
                    "cradle_right",
                    "cradle_left",
                    "hold_seated_right",
                    "hold_seated_left",
                ),
            ),
            Predicate("drinks from {it}", ("drink_right", "drink_left")),
            Predicate("raises {it}", ("toast_right", "toast_left")),
            Predicate("swirls {it}", shows=()),
            Predicate("sits and holds {it}", ("hold_seated_right", "hold_seated_left")),
            Predicate("carries {it}", ("hold_right", "hold_left", "cradle_right", "cradle_left")),
            Predicate("lifts {it}", ("toast_right", "toast_left")),
            Predicate("sips from {it}", ("drink_right", "drink_left")),
        ),
    ),
)
