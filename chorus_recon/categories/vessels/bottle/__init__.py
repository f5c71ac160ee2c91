"""The category bottle."""

from chorus_recon.categories.schema import HANDS, Category, Predicate
from chorus_recon.categories.vessels.bottle.interactions import bottle
from chorus_recon.categories.vessels.bottle.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="bottle",
        longest_side_m=(0.15, 0.33),
        templates=TEMPLATES,
        interactions=bottle,
        loosely=("water bottle", "beer bottle", "wine bottle"),
        related=("flask", "thermos", "jar", "can", "jug", "vase"),
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
)
