"""The category sports ball."""

from chorus_recon.categories.schema import WIDE, Category, Predicate
from chorus_recon.categories.sports_ball.interactions import sports_ball
from chorus_recon.categories.sports_ball.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="sports_ball",
        longest_side_m=(0.06, 0.26),
        used_with=("hands", "feet"),
        templates=TEMPLATES,
        interactions=sports_ball,
        loosely=(
            "ball",
            "football",
            "basketball",
            "soccer ball",
            "volleyball",
            "tennis ball",
            "handball",
            "baseball",
        ),
        related=(
            "beach ball",
            "balloon",
            "bowling ball",
            "medicine ball",
            "golf ball",
            "shuttlecock",
            "puck",
        ),
        grid=WIDE,
        thicken_px=1,
        noun="ball",
        lookalikes=("frisbee",),
        settings=("park", "court", "beach"),
        occasions=("sport",),
        predicates=(
            Predicate(
                "kicks {it}",
                (
                    "kick_right",
                    "kick_left",
                    "about_to_kick_right",
                    "about_to_kick_left",
                    "kick_through_right",
                    "kick_through_left",
                ),
            ),
            Predicate("throws {it}", ("throw_in", "pitch_right", "pitch_left")),
            Predicate(
                "holds {it}", ("hold_both", "hold_right", "hold_left", "hold_small_right", "hold_small_left")
            ),
            Predicate("catches {it}", ("pick_up",)),
            Predicate(
                "dribbles {it}",
                ("dribble_foot_right", "dribble_foot_left", "dribble_hand_right", "dribble_hand_left"),
            ),
            Predicate("heads {it}", ("head",)),
            Predicate("hits {it}", ("spike_right", "spike_left", "hit_right", "hit_left")),
            Predicate("carries {it} under one arm", ("carry_right", "carry_left")),
            Predicate(
                "bounces {it}", ("dribble_hand_right", "dribble_hand_left", "bounce_right", "bounce_left")
            ),
            Predicate("sits on {it}", shows=()),
            Predicate("balances {it} on one knee", shows=()),
            Predicate("holds {it} overhead with both hands", shows=()),
        ),
    ),
)
