"""The category book."""

from chorus_recon.categories.book.interactions import book
from chorus_recon.categories.book.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="book",
        longest_side_m=(0.15, 0.42),
        templates=TEMPLATES,
        interactions=book,
        loosely=("textbook", "notebook", "paperback"),
        related=("magazine", "newspaper", "booklet", "paper", "menu", "tablet", "e-reader"),
        thicken_px=1,
        settings=("room", "park"),
        predicates=(
            Predicate(
                "reads {it}",
                (
                    "read",
                    "read_seated",
                    "read_in_lap",
                    "read_at_table",
                    "read_right",
                    "read_left",
                    "read_lying",
                ),
            ),
            Predicate(
                "holds {it}",
                (
                    "read",
                    "read_seated",
                    "read_in_lap",
                    "read_at_table",
                    "read_right",
                    "read_left",
                    "read_lying",
                    "hold_to_chest_right",
                    "hold_to_chest_left",
                    "show",
                ),
            ),
            Predicate("opens {it}", shows=()),
            Predicate("carries {it} under one arm", ("carry_right", "carry_left")),
            Predicate("lies down and reads {it}", ("read_lying",)),
            Predicate("reads {it} at a table", ("read_at_table",)),
            Predicate("holds {it} and turns a page", ("turn_page_right", "turn_page_left")),
            Predicate("stands and reads {it}", ("read", "read_right", "read_left")),
            Predicate("carries {it} at the chest", ("hold_to_chest_right", "hold_to_chest_left")),
            Predicate("writes in {it}", shows=()),
        ),
    ),
)
