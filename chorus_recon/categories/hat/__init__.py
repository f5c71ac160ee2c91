"""The category hat."""

from chorus_recon.categories.hat.interactions import hat
from chorus_recon.categories.hat.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="hat",
        longest_side_m=(0.18, 0.48),
        used_with=("head",),
        templates=TEMPLATES,
        interactions=hat,
        loosely=("cap", "sun hat", "baseball cap", "cowboy hat"),
        related=("helmet", "beanie", "hood", "crown", "turban", "headscarf"),
        settings=("street", "park", "beach"),
        lookalikes=("umbrella",),
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
