"""Categories of this family: bottle, cup, wine glass."""

from chorus_recon.categories.schema import HANDS, Category, Predicate
from chorus_recon.categories.vessels import interactions as vessels_interactions
from chorus_recon.categories.vessels import shape as vessels_shape

CATEGORIES = (
    Category(
        name="bottle",
        templates=vessels_shape.TEMPLATES["bottle"],
        interactions=vessels_interactions.bottle,
        grid=HANDS,
        thicken_px=1,
        lookalikes=("cup", "wine glass"),
        predicates=(
            Predicate("drinks from {it}", ("drink_right", "drink_left")),
            Predicate("holds {it}", ("hold_right", "hold_left", "hold_seated_right", "hold_seated_left")),
            Predicate("opens {it}", shows=()),
            Predicate("pours from {it}", ("pour_right", "pour_left")),
            Predicate("carries {it}", ("carry_right", "carry_left")),
            Predicate("shakes {it}", shows=()),
            Predicate("raises {it}", shows=()),
            Predicate("holds {it} with both hands", shows=()),
            Predicate("picks up {it}", shows=()),
        ),
    ),
    Category(
        name="cup",
        templates=vessels_shape.TEMPLATES["cup"],
        interactions=vessels_interactions.cup,
        grid=HANDS,
        thicken_px=1,
        synonyms=("mug",),
        lookalikes=("bottle", "wine glass"),
        predicates=(
            Predicate("drinks from {it}", ("drink_right", "drink_left")),
            Predicate(
                "holds {it}",
                ("hold_right", "hold_left", "hold_seated_right", "hold_seated_left", "hold_both"),
            ),
            Predicate("holds {it} with both hands", ("hold_both",)),
            Predicate("lifts {it}", shows=()),
            Predicate("sips from {it}", ("drink_right", "drink_left")),
            Predicate("carries {it}", ("hold_right", "hold_left", "hold_both")),
            Predicate("sits and holds {it}", ("hold_seated_right", "hold_seated_left")),
            Predicate("picks up {it}", shows=()),
            Predicate("holds {it} and stirs it with a spoon", shows=()),
        ),
    ),
    Category(
        name="wine_glass",
        templates=vessels_shape.TEMPLATES["wine_glass"],
        interactions=vessels_interactions.wine_glass,
        grid=HANDS,
        thicken_px=1,
        synonyms=("glass",),
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
