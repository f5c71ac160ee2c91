"""The category laptop."""

from chorus_recon.categories.laptop.interactions import laptop
from chorus_recon.categories.laptop.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="laptop",
        longest_side_m=(0.24, 0.45),
        templates=TEMPLATES,
        interactions=laptop,
        synonyms=("notebook computer", "laptop computer"),
        loosely=("macbook", "netbook"),
        related=("computer", "tablet", "ipad", "keyboard"),
        lookalikes=("keyboard", "tv"),
        settings=("room",),
        predicates=(
            Predicate(
                "types on {it}",
                (
                    "type_at_table",
                    "type_on_lap",
                    "type_right_at_table",
                    "type_left_at_table",
                    "type_standing",
                ),
            ),
            Predicate(
                "works on {it}",
                (
                    "type_at_table",
                    "type_on_lap",
                    "type_right_at_table",
                    "type_left_at_table",
                    "type_standing",
                ),
            ),
            Predicate("holds {it}", ("hold_left", "hold_right", "hold_to_chest")),
            Predicate(
                "uses {it} at a table",
                ("type_at_table", "watch_at_table", "type_right_at_table", "type_left_at_table"),
            ),
            Predicate("carries {it} under one arm", ("carry_left", "carry_right")),
            Predicate("sits with {it} on the lap", ("type_on_lap",)),
            Predicate("opens {it}", shows=()),
            Predicate("lies down and types on {it}", shows=()),
            Predicate("stands and holds {it} on one forearm", ("hold_left", "hold_right")),
            Predicate("closes {it}", shows=()),
        ),
    ),
)
