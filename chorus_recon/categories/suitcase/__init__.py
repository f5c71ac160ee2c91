"""The category suitcase."""

from chorus_recon.categories.schema import WIDE, Category, Predicate
from chorus_recon.categories.suitcase.interactions import suitcase
from chorus_recon.categories.suitcase.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="suitcase",
        longest_side_m=(0.5, 1.4),
        templates=TEMPLATES,
        interactions=suitcase,
        synonyms=("trolley case",),
        loosely=("luggage", "travel bag"),
        related=("briefcase", "trunk", "case", "box", "cooler", "chest"),
        grid=WIDE,
        lookalikes=("backpack", "handbag"),
        settings=("street", "plaza"),
        predicates=(
            Predicate("pulls {it}", ("pull_right", "pull_left")),
            Predicate(
                "carries {it}", ("carry_right", "carry_by_top_right", "carry_left", "carry_by_top_left")
            ),
            Predicate("pushes {it}", ("push_ahead",)),
            Predicate("packs {it}", shows=()),
            Predicate("lifts {it}", ("lift",)),
            Predicate("sits on {it}", ("sit",)),
            Predicate(
                "holds {it} by its handle",
                (
                    "pull_right",
                    "beside_right",
                    "carry_right",
                    "carry_by_top_right",
                    "pull_left",
                    "beside_left",
                    "carry_left",
                    "carry_by_top_left",
                ),
            ),
            Predicate("opens {it}", shows=()),
            Predicate("leans on {it}", shows=()),
            Predicate("drags {it} up the stairs", shows=()),
        ),
    ),
)
