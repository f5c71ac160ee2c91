"""The category bed."""

from chorus_recon.categories.bed.interactions import bed
from chorus_recon.categories.bed.shape import TEMPLATES
from chorus_recon.categories.schema import WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="bed",
        longest_side_m=(1.8, 2.4),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=bed,
        loosely=("double bed", "single bed"),
        related=("mattress", "cot", "crib", "hammock", "bunk", "futon", "stretcher"),
        grid=WIDE,
        far_from_body=True,
        settings=("room",),
        predicates=(
            Predicate(
                "lies on {it}",
                (
                    "lie_on_back",
                    "lie_on_back_at_left",
                    "lie_on_back_at_right",
                    "lie_hands_under_head",
                    "lie_on_right_side",
                    "lie_on_left_side",
                    "lie_prone",
                ),
            ),
            Predicate(
                "sleeps in {it}",
                (
                    "lie_on_back",
                    "lie_on_back_at_left",
                    "lie_on_back_at_right",
                    "lie_hands_under_head",
                    "lie_on_right_side",
                    "lie_on_left_side",
                    "lie_prone",
                ),
            ),
            Predicate(
                "sits on {it}",
                ("sit_on_left_edge", "sit_on_right_edge", "sit_on_foot_edge", "sit_against_headboard"),
            ),
            Predicate(
                "sits on the edge of {it}", ("sit_on_left_edge", "sit_on_right_edge", "sit_on_foot_edge")
            ),
            Predicate("makes {it}", shows=()),
            Predicate("jumps on {it}", shows=()),
            Predicate("lies face down on {it}", ("lie_prone",)),
            Predicate("sits in {it} and reads a magazine", shows=()),
            Predicate("sits up in {it}", ("sit_against_headboard",)),
            Predicate("kneels on {it}", shows=()),
        ),
    ),
)
