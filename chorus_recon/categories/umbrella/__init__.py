"""The category umbrella."""

from chorus_recon.categories.schema import Category, Predicate
from chorus_recon.categories.umbrella.interactions import umbrella
from chorus_recon.categories.umbrella.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="umbrella",
        longest_side_m=(0.65, 1.4),
        templates=TEMPLATES,
        interactions=umbrella,
        loosely=("parasol",),
        related=("sunshade", "beach umbrella", "walking stick", "cane"),
        lookalikes=("kite",),
        settings=("street", "plaza", "park"),
        predicates=(
            Predicate(
                "holds {it}", ("hold_right", "hold_left", "hold_both", "hold_high_right", "hold_high_left")
            ),
            Predicate("walks under {it}", shows=()),
            Predicate("opens {it}", shows=()),
            Predicate("carries {it} over one shoulder", ("on_shoulder_right", "on_shoulder_left")),
            Predicate("holds {it} overhead with both hands", shows=()),
            Predicate(
                "stands under {it}",
                ("hold_right", "hold_left", "hold_both", "hold_high_right", "hold_high_left"),
            ),
            Predicate("leans on {it}", shows=()),
            Predicate("closes {it}", shows=()),
            Predicate(
                "carries {it} in the rain",
                (
                    "hold_right",
                    "hold_left",
                    "hold_both",
                    "on_shoulder_right",
                    "on_shoulder_left",
                    "hold_high_right",
                    "hold_high_left",
                ),
            ),
            Predicate("sits and holds {it}", shows=()),
        ),
    ),
)
