"""The category handbag."""

from chorus_recon.categories.handbag.interactions import handbag
from chorus_recon.categories.handbag.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="handbag",
        longest_side_m=(0.15, 0.8),
        used_with=("hands", "hips", "chest"),
        templates=TEMPLATES,
        interactions=handbag,
        synonyms=("purse",),
        loosely=("bag", "tote", "tote bag", "shoulder bag"),
        related=("clutch", "briefcase", "shopping bag", "basket", "bucket"),
        thicken_px=1,
        lookalikes=("backpack", "suitcase"),
        settings=("street", "plaza"),
        predicates=(
            Predicate(
                "carries {it}",
                (
                    "in_right_hand",
                    "in_right_crook",
                    "on_right_shoulder",
                    "in_left_hand",
                    "in_left_crook",
                    "on_left_shoulder",
                ),
            ),
            Predicate("carries {it} on one shoulder", ("on_right_shoulder", "on_left_shoulder")),
            Predicate("holds {it} in one hand", ("in_right_hand", "in_left_hand")),
            Predicate("carries {it} on the forearm", ("in_right_crook", "in_left_crook")),
            Predicate("opens {it}", shows=()),
            Predicate("holds {it} with both hands", ("before_both_hands",)),
            Predicate("clutches {it} under one arm", shows=()),
            Predicate("walks and holds {it}", shows=()),
            Predicate("wears {it} across the body", ("across_to_right_hip", "across_to_left_hip")),
        ),
    ),
)
