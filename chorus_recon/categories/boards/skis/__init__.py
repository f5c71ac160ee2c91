"""The category skis."""

from chorus_recon.categories.boards.skis.interactions import skis
from chorus_recon.categories.boards.skis.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="skis",
        longest_side_m=(1.3, 2.1),
        used_with=("feet", "hands"),
        templates=TEMPLATES,
        interactions=skis,
        synonyms=("ski", "pair of skis"),
        loosely=("alpine skis",),
        related=("ski poles", "snowshoes", "sled", "roller skates"),
        lookalikes=("snowboard",),
        settings=("slope",),
        occasions=("snow",),
        printed=True,
        predicates=(
            Predicate("rides downhill on {it}", ("ski", "tuck", "turn_left", "turn_right", "snowplough")),
            Predicate("stands on {it}", ("stand",)),
            Predicate("carries {it} on one shoulder", ("carry_left", "carry_right")),
            Predicate("slides on {it}", ("ski", "tuck")),
            Predicate("jumps on {it}", shows=()),
            Predicate("races on {it}", ("tuck",)),
            Predicate("turns sharply on {it}", ("turn_left", "turn_right")),
            Predicate("holds {it} upright", ("beside_left", "beside_right")),
            Predicate("puts on {it}", shows=()),
            Predicate("crouches on {it}", ("tuck",)),
            Predicate("walks uphill on {it}", shows=()),
            Predicate("glides over snow on {it}", ("ski",)),
        ),
    ),
)
