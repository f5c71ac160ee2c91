"""The category cup."""

from chorus_recon.categories.schema import HANDS, Category, Predicate
from chorus_recon.categories.vessels.cup.interactions import cup
from chorus_recon.categories.vessels.cup.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="cup",
        longest_side_m=(0.08, 0.16),
        templates=TEMPLATES,
        interactions=cup,
        loosely=("mug", "coffee cup", "teacup", "paper cup"),
        related=("beaker", "tumbler", "bowl", "can", "goblet"),
        grid=HANDS,
        thicken_px=1,
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
)
