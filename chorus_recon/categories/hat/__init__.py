"""Categories of this family: hat."""

from chorus_recon.categories.hat import interactions as hat_interactions
from chorus_recon.categories.hat import shape as hat_shape
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="hat",
        templates=hat_shape.TEMPLATES["hat"],
        interactions=hat_interactions.hat,
        settings=("street", "park", "beach"),
        predicates=(
            Predicate("wears {it}", ("wear", "wear_seated", "wear_backwards")),
            Predicate("touches the brim of {it}", ("tip_right", "tip_left")),
            Predicate("puts on {it}", shows=()),
            Predicate("takes off {it}", shows=()),
            Predicate("holds {it} in one hand", ("hold_right", "hold_left")),
            Predicate("adjusts {it}", shows=()),
            Predicate("holds {it} on the head in the wind", shows=()),
            Predicate("wears {it} and walks", shows=()),
        ),
    ),
)
