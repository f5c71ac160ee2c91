"""Categories of this family: tie."""

from chorus_recon.categories.schema import Category, Predicate
from chorus_recon.categories.tie import interactions as tie_interactions
from chorus_recon.categories.tie import shape as tie_shape

CATEGORIES = (
    Category(
        name="tie",
        templates=tie_shape.TEMPLATES["tie"],
        interactions=tie_interactions.tie,
        thicken_px=1,
        synonyms=("necktie",),
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
