"""The category dumbbell."""

from chorus_recon.categories.dumbbell.interactions import dumbbell
from chorus_recon.categories.dumbbell.shape import TEMPLATES
from chorus_recon.categories.schema import BAR, Category, Predicate

CATEGORIES = (
    Category(
        name="dumbbell",
        longest_side_m=(0.15, 0.45),
        templates=TEMPLATES,
        interactions=dumbbell,
        loosely=("hand weight",),
        related=("barbell", "kettlebell", "weight", "weights"),
        frame=BAR,
        settings=("room",),
        occasions=("sport",),
        lookalikes=("cell phone", "remote"),
        predicates=(
            Predicate(
                "lifts {it}",
                (
                    "curl_right",
                    "press_right",
                    "raise_right",
                    "row_right",
                    "curl_left",
                    "press_left",
                    "raise_left",
                    "row_left",
                ),
            ),
            Predicate("holds {it}", ("hold_right", "hold_left")),
            Predicate("lifts {it} with one hand", ("curl_right", "curl_left")),
            Predicate("raises {it} to the side", ("raise_right", "raise_left")),
            Predicate("presses {it} overhead", ("press_right", "press_left")),
            Predicate("rows {it}", ("row_right", "row_left")),
        ),
    ),
)
