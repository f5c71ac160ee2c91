"""The category frisbee."""

from chorus_recon.categories.frisbee.interactions import frisbee
from chorus_recon.categories.frisbee.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="frisbee",
        longest_side_m=(0.19, 0.33),
        templates=TEMPLATES,
        interactions=frisbee,
        synonyms=("flying disc",),
        loosely=("disc",),
        related=("discus", "plate", "boomerang", "lid"),
        lookalikes=("sports ball",),
        settings=("park", "beach"),
        occasions=("sport",),
        held_by_edge=True,
        predicates=(
            Predicate("throws {it}", ("backhand_right", "forehand_right", "backhand_left", "forehand_left")),
            Predicate("catches {it}", ("catch_high_right", "catch_both", "catch_high_left")),
            Predicate("holds {it}", ("hold_right", "hold_left")),
            Predicate("jumps and catches {it}", shows=()),
            Predicate("spins {it} on one finger", shows=()),
            Predicate("carries {it} under one arm", shows=()),
            Predicate("runs and catches {it}", shows=()),
            Predicate("reaches out and grabs {it}", ("catch_high_right", "catch_high_left")),
            Predicate("throws {it} with a forehand", ("forehand_right", "forehand_left")),
        ),
    ),
)
