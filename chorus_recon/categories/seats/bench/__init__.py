"""The category bench."""

from chorus_recon.categories.schema import WIDE, Category, Predicate
from chorus_recon.categories.seats.bench.interactions import bench
from chorus_recon.categories.seats.bench.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="bench",
        longest_side_m=(0.9, 2.4),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=bench,
        loosely=("park bench", "pew"),
        related=("bleacher", "seat", "stool"),
        grid=WIDE,
        lookalikes=("chair", "couch"),
        settings=("park", "plaza", "street"),
        occasions=("street", "sport"),
        predicates=(
            Predicate(
                "sits on {it}",
                (
                    "sit",
                    "sit_at_left",
                    "sit_at_right",
                    "sit_leaning_back",
                    "sit_leaning_back_at_left",
                    "sit_leaning_back_at_right",
                    "sit_leaning_forward",
                    "sit_leaning_forward_at_left",
                    "sit_leaning_forward_at_right",
                    "sit_right_leg_over",
                    "sit_left_leg_over",
                    "left_arm_along_back",
                    "right_arm_along_back",
                ),
            ),
            Predicate("lies on {it}", ("lie_head_left", "lie_head_right")),
            Predicate(
                "leans back on {it}",
                ("sit_leaning_back", "sit_leaning_back_at_left", "sit_leaning_back_at_right"),
            ),
            Predicate("sleeps on {it}", ("lie_head_left", "lie_head_right")),
            Predicate("sits on {it} and reads a newspaper", shows=()),
            Predicate("sits astride {it}", shows=()),
            Predicate("sits on {it} and eats lunch", shows=()),
            Predicate("stands on {it}", shows=()),
            Predicate("rests one foot on {it}", shows=()),
            Predicate("sits cross-legged on {it}", shows=()),
            Predicate(
                "sits on {it} and waits",
                (
                    "sit",
                    "sit_at_left",
                    "sit_at_right",
                    "sit_leaning_back",
                    "sit_leaning_back_at_left",
                    "sit_leaning_back_at_right",
                    "sit_leaning_forward",
                    "sit_leaning_forward_at_left",
                    "sit_leaning_forward_at_right",
                    "sit_right_leg_over",
                    "sit_left_leg_over",
                ),
            ),
            Predicate("sits on {it} with arms spread", ("left_arm_along_back", "right_arm_along_back")),
        ),
    ),
)
