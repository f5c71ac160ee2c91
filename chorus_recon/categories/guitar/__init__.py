"""The category guitar."""

from chorus_recon.categories.guitar.interactions import guitar
from chorus_recon.categories.guitar.shape import TEMPLATES
from chorus_recon.categories.schema import SHAFT, WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="guitar",
        longest_side_m=(0.85, 1.1),
        templates=TEMPLATES,
        interactions=guitar,
        loosely=("acoustic guitar", "electric guitar", "bass guitar"),
        related=("ukulele", "banjo", "violin", "cello", "lute", "mandolin", "bass", "instrument"),
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        settings=("room", "park", "plaza"),
        lookalikes=("tennis racket", "baseball bat"),
        predicates=(
            Predicate(
                "plays {it}",
                ("play_standing", "play_seated", "play_standing_left_handed", "play_seated_left_handed"),
            ),
            Predicate(
                "holds {it}",
                ("hold_by_neck_right", "stand_beside_right", "hold_by_neck_left", "stand_beside_left"),
            ),
            Predicate(
                "strums {it}",
                ("play_standing", "play_seated", "play_standing_left_handed", "play_seated_left_handed"),
            ),
            Predicate("tunes {it}", shows=()),
            Predicate("sits and plays {it}", ("play_seated", "play_seated_left_handed")),
            Predicate("stands and plays {it}", ("play_standing", "play_standing_left_handed")),
            Predicate("carries {it} on the back", shows=()),
            Predicate(
                "plays {it} on a stage",
                ("play_standing", "play_seated", "play_standing_left_handed", "play_seated_left_handed"),
            ),
            Predicate("holds {it} by its neck", ("hold_by_neck_right", "hold_by_neck_left")),
        ),
    ),
)
