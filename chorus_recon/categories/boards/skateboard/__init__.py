"""The category skateboard."""

from chorus_recon.categories.boards.skateboard.interactions import skateboard
from chorus_recon.categories.boards.skateboard.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="skateboard",
        longest_side_m=(0.6, 1.0),
        used_with=("feet", "hands"),
        templates=TEMPLATES,
        interactions=skateboard,
        loosely=("longboard",),
        related=("kick scooter", "roller skates", "hoverboard", "balance board", "scooter"),
        lookalikes=("snowboard", "surfboard"),
        settings=("plaza", "street"),
        held_by_edge=True,
        predicates=(
            Predicate("rides {it}", ("ride_regular", "ride_goofy")),
            Predicate("stands on {it}", ("ride_regular", "ride_goofy")),
            Predicate("jumps on {it}", ("jump_regular", "jump_goofy")),
            Predicate("pushes off on {it}", ("push_left_on", "push_right_on")),
            Predicate("carries {it} under one arm", ("carry_left", "carry_right")),
            Predicate("holds {it}", ("carry_left", "carry_right", "by_nose_left", "by_nose_right")),
            Predicate("balances on {it}", ("ride_regular", "ride_goofy")),
            Predicate("sits on {it}", shows=()),
            Predicate("crouches on {it}", shows=()),
            Predicate("steps on the tail of {it}", shows=()),
            Predicate("slides along a rail on {it}", shows=()),
            Predicate("grabs {it} in the air", shows=()),
        ),
    ),
)
