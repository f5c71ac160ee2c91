"""The category golf club."""

from chorus_recon.categories.golf_club.interactions import golf_club
from chorus_recon.categories.golf_club.shape import TEMPLATES
from chorus_recon.categories.schema import SHAFT, WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="golf_club",
        longest_side_m=(0.75, 1.25),
        templates=TEMPLATES,
        interactions=golf_club,
        loosely=("putter", "golf iron", "golf driver"),
        related=("hockey stick", "polo mallet", "croquet mallet", "cane", "walking stick"),
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        settings=("park",),
        occasions=("sport",),
        lookalikes=("baseball bat",),
        predicates=(
            Predicate("swings {it}", ("backswing", "top_of_swing")),
            Predicate("holds {it}", ("address", "hold_at_side")),
            Predicate("aims with {it}", ("address",)),
            Predicate("hits a ball with {it}", ("through_the_ball",)),
            Predicate("leans on {it}", ("lean_on",)),
            Predicate("carries {it} on one shoulder", ("on_right_shoulder",)),
        ),
    ),
)
