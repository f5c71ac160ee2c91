"""The category tie."""

from chorus_recon.categories.schema import Category, Predicate
from chorus_recon.categories.tie.interactions import tie
from chorus_recon.categories.tie.shape import TEMPLATES

CATEGORIES = (
    Category(
        name="tie",
        longest_side_m=(0.4, 0.65),
        used_with=("chest",),
        templates=TEMPLATES,
        interactions=tie,
        synonyms=("necktie",),
        related=("bow tie", "scarf", "cravat", "lanyard"),
        thicken_px=1,
        settings=("room", "plaza", "street"),
        predicates=(
            Predicate("wears {it}", ("wear", "wear_seated")),
            Predicate("adjusts {it}", ("adjust_right", "adjust_left")),
            Predicate("ties {it}", shows=()),
            Predicate("straightens {it}", ("adjust_right", "adjust_left")),
            Predicate("loosens {it}", shows=()),
            Predicate("holds {it}", shows=()),
            Predicate("tightens {it}", ("adjust_right", "adjust_left")),
            Predicate("wears {it} and walks", shows=()),
            Predicate("wears {it} and folds both arms", shows=()),
            Predicate("touches {it}", ("adjust_right", "adjust_left")),
        ),
    ),
)
