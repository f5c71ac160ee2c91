"""The category kite."""

from chorus_recon.categories.kite.interactions import kite
from chorus_recon.categories.kite.shape import TEMPLATES
from chorus_recon.categories.schema import SHAFT, WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="kite",
        longest_side_m=(0.6, 2.0),
        templates=TEMPLATES,
        interactions=kite,
        related=("balloon", "paraglider", "parachute", "kitesurf", "hang glider", "drone"),
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        far_from_body=True,
        lookalikes=("umbrella",),
        settings=("beach", "park"),
        occasions=("street", "sport"),
        predicates=(
            Predicate("flies {it}", ("fly", "fly_right", "fly_left")),
            Predicate("holds {it}", ("hold_in_front", "carry_right", "carry_left")),
            Predicate("launches {it}", ("launch",)),
            Predicate("runs and pulls {it}", shows=()),
            Predicate("carries {it}", ("carry_right", "carry_left")),
            Predicate("holds {it} overhead with both hands", shows=()),
            Predicate("repairs {it}", shows=()),
        ),
    ),
)
