"""The category couch."""

from chorus_recon.categories.schema import WIDE, Category, Predicate
from chorus_recon.categories.seats.couch.interactions import couch
from chorus_recon.categories.seats.couch.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="couch",
        longest_side_m=(1.2, 2.6),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=couch,
        synonyms=("sofa", "settee"),
        loosely=("loveseat",),
        related=("divan", "futon", "chaise longue", "sofa bed", "daybed"),
        grid=WIDE,
        far_from_body=True,
        lookalikes=("bench", "chair"),
        settings=("room",),
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
            Predicate("sits cross-legged on {it}", shows=()),
            Predicate("sits on {it} and reads a magazine", shows=()),
            Predicate(
                "lounges on {it}",
                (
                    "sit_leaning_back",
                    "sit_leaning_back_at_left",
                    "sit_leaning_back_at_right",
                    "left_arm_along_back",
                    "right_arm_along_back",
                    "lie_head_left",
                    "lie_head_right",
                ),
            ),
            Predicate("curls up on {it}", shows=()),
            Predicate("sits on the arm of {it}", shows=()),
            Predicate("stretches out on {it}", ("lie_head_left", "lie_head_right")),
        ),
    ),
)
