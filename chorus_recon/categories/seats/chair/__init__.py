"""The category chair."""

from chorus_recon.categories.schema import Category, Predicate
from chorus_recon.categories.seats.chair.interactions import chair
from chorus_recon.categories.seats.chair.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="chair",
        longest_side_m=(0.7, 1.3),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=chair,
        loosely=("armchair", "stool", "office chair", "folding chair", "deck chair"),
        related=("throne", "seat", "wheelchair", "rocking chair", "swing"),
        lookalikes=("bench", "couch"),
        settings=("room",),
        predicates=(
            Predicate(
                "sits on {it}",
                (
                    "sit",
                    "sit_leaning_back",
                    "sit_leaning_forward",
                    "sit_right_leg_over",
                    "sit_left_leg_over",
                    "sit_at_table",
                    "sit_arms_on_rests",
                    "sit_astride",
                ),
            ),
            Predicate("leans back in {it}", ("sit_leaning_back",)),
            Predicate("sits on {it} with crossed legs", ("sit_right_leg_over", "sit_left_leg_over")),
            Predicate("carries {it}", ("carry",)),
            Predicate("stands on {it}", shows=()),
            Predicate("sits backward on {it}", ("sit_astride",)),
            Predicate("lifts {it}", ("carry",)),
            Predicate("rests one foot on {it}", shows=()),
            Predicate("pulls {it}", shows=()),
            Predicate("kneels on {it}", shows=()),
            Predicate("sits on {it} and eats at a table", ("sit_at_table",)),
            Predicate("leans on the back of {it}", ("stand_behind",)),
        ),
    ),
)
