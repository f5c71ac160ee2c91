"""The category snowboard."""

from chorus_recon.categories.boards.snowboard.interactions import snowboard
from chorus_recon.categories.boards.snowboard.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="snowboard",
        longest_side_m=(1.2, 1.85),
        used_with=("feet", "hands"),
        templates=TEMPLATES,
        interactions=snowboard,
        related=("sled", "sledge", "toboggan", "wakeboard", "snow skate"),
        lookalikes=("skateboard", "skis", "surfboard"),
        settings=("slope",),
        occasions=("snow",),
        held_by_edge=True,
        printed=True,
        predicates=(
            Predicate("rides {it}", ("ride_regular", "ride_goofy")),
            Predicate("jumps on {it}", ("jump_regular", "jump_goofy")),
            Predicate("carries {it} under one arm", ("carry_left", "carry_right")),
            Predicate("stands on {it}", ("ride_regular", "ride_goofy")),
            Predicate("slides on {it}", ("ride_regular", "ride_goofy")),
            Predicate("sits in the snow and straps on {it}", shows=()),
            Predicate("crouches on {it}", ("ride_regular", "ride_goofy")),
            Predicate("grabs {it} in the air", ("grab_regular", "grab_goofy")),
            Predicate("holds {it} upright", ("beside_left", "beside_right")),
            Predicate("turns sharply on {it}", ("ride_regular", "ride_goofy")),
        ),
    ),
)
