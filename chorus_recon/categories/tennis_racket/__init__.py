"""The category tennis racket."""

from chorus_recon.categories.schema import SHAFT, WIDE, Category, Predicate
from chorus_recon.categories.tennis_racket.interactions import tennis_racket
from chorus_recon.categories.tennis_racket.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="tennis_racket",
        longest_side_m=(0.6, 0.75),
        templates=TEMPLATES,
        interactions=tennis_racket,
        synonyms=("tennis racquet",),
        loosely=("racket", "racquet", "badminton racket", "squash racket"),
        related=("ping pong paddle", "table tennis bat", "paddle", "lacrosse stick", "padel racket"),
        frame=SHAFT,
        grid=WIDE,
        settings=("court",),
        occasions=("tennis",),
        sheer_rgb=((206, 206, 184),),
        predicates=(
            Predicate(
                "swings {it}",
                (
                    "forehand",
                    "backhand",
                    "backhand_two_handed",
                    "forehand_left_handed",
                    "backhand_left_handed",
                    "backhand_two_handed_left_handed",
                ),
            ),
            Predicate("holds {it}", ("hold_at_side", "hold_at_side_left_handed")),
            Predicate(
                "serves with {it}", ("serve_cocked", "serve", "serve_cocked_left_handed", "serve_left_handed")
            ),
            Predicate("hits a forehand with {it}", ("forehand", "forehand_left_handed")),
            Predicate(
                "hits a backhand with {it}",
                (
                    "backhand",
                    "backhand_two_handed",
                    "backhand_left_handed",
                    "backhand_two_handed_left_handed",
                ),
            ),
            Predicate("carries {it} on one shoulder", shows=()),
            Predicate("waits with {it} in both hands", ("ready", "ready_left_handed")),
            Predicate("smashes a shot with {it}", shows=()),
            Predicate("grips {it} with both hands", ("ready", "ready_left_handed")),
            Predicate("spins {it} in one hand", shows=()),
            Predicate("raises {it} overhead", shows=()),
        ),
    ),
)
