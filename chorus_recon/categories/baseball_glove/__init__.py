"""The category baseball glove."""

from chorus_recon.categories.baseball_glove.interactions import baseball_glove
from chorus_recon.categories.baseball_glove.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="baseball_glove",
        longest_side_m=(0.22, 0.38),
        templates=TEMPLATES,
        interactions=baseball_glove,
        synonyms=("baseball mitt",),
        loosely=("glove", "mitt", "catcher's mitt"),
        related=("boxing glove", "mitten", "oven mitt"),
        settings=("park",),
        occasions=("sport",),
        predicates=(
            Predicate("wears {it}", ("wear", "wear_right_hand")),
            Predicate(
                "catches with {it}",
                (
                    "catch",
                    "catch_right_hand",
                    "catch_high",
                    "catch_high_right_hand",
                    "catch_on_the_ground",
                    "catch_on_the_ground_right_hand",
                    "squat_behind_the_plate",
                    "squat_behind_the_plate_right_hand",
                    "catch_to_the_side",
                    "catch_to_the_side_right_hand",
                ),
            ),
            Predicate("holds up {it}", ("catch_high", "catch_high_right_hand")),
            Predicate("stretches out {it}", ("catch_to_the_side", "catch_to_the_side_right_hand")),
            Predicate("puts on {it}", shows=()),
            Predicate("raises {it} overhead", ("catch_high", "catch_high_right_hand")),
            Predicate(
                "crouches and opens {it}", ("squat_behind_the_plate", "squat_behind_the_plate_right_hand")
            ),
            Predicate("holds {it} at the chest", ("hold_at_the_chest", "hold_at_the_chest_right_hand")),
            Predicate("punches {it} with a fist", shows=()),
        ),
    ),
)
