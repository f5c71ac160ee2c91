"""The category surfboard."""

from chorus_recon.categories.boards.surfboard.interactions import surfboard
from chorus_recon.categories.boards.surfboard.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="surfboard",
        longest_side_m=(1.3, 3.0),
        used_with=("feet", "hands", "hips"),
        templates=TEMPLATES,
        interactions=surfboard,
        loosely=("board", "bodyboard", "longboard surfboard"),
        related=("paddleboard", "paddle board", "sup", "wakeboard", "windsurf board", "kayak", "canoe"),
        lookalikes=("skateboard", "snowboard"),
        settings=("beach",),
        occasions=("surf",),
        afloat=("ride", "paddle", "sit"),
        held_by_edge=True,
        printed=True,
        predicates=(
            Predicate("rides a wave on {it}", ("ride_regular", "ride_goofy")),
            Predicate("carries {it} under one arm", ("carry_left", "carry_right")),
            Predicate("stands on {it}", ("ride_regular", "ride_goofy")),
            Predicate("paddles on {it}", ("paddle",)),
            Predicate("balances on {it}", ("ride_regular", "ride_goofy")),
            Predicate("lies on {it}", ("paddle",)),
            Predicate("sits on {it}", ("sit",)),
            Predicate("carries {it} on the head", ("carry_on_head",)),
            Predicate("holds {it} upright", ("beside_left", "beside_right")),
            Predicate("crouches on {it}", ("ride_regular", "ride_goofy")),
            Predicate("runs with {it} under one arm", shows=()),
            Predicate("waxes {it}", shows=()),
            Predicate("jumps on {it}", shows=()),
        ),
    ),
)
