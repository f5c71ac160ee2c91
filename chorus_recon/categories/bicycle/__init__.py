"""The category bicycle."""

from chorus_recon.categories.bicycle.interactions import bicycle
from chorus_recon.categories.bicycle.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="bicycle",
        longest_side_m=(1.45, 2.0),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=bicycle,
        synonyms=("bike", "cycle", "push bike"),
        loosely=("mountain bike", "road bike", "city bike", "e-bike"),
        related=("tricycle", "unicycle", "moped", "scooter", "kick scooter", "cargo bike"),
        lookalikes=("motorcycle",),
        settings=("street", "road", "park"),
        occasions=("street", "sport"),
        predicates=(
            Predicate("rides {it}", ("ride",)),
            Predicate("pushes {it}", ("walk_left_of", "walk_right_of")),
            Predicate("sits on {it}", ("ride",)),
            Predicate("gets on {it}", shows=()),
            Predicate("stands astride {it}", ("straddle",)),
            Predicate("leans on {it}", shows=()),
            Predicate("carries {it} on one shoulder", shows=()),
            Predicate("rides {it} standing on its pedals", shows=()),
            Predicate("walks {it} along a street", ("walk_left_of", "walk_right_of")),
            Predicate("lifts {it}", shows=()),
            Predicate("races on {it}", ("ride",)),
            Predicate(
                "holds {it} by its handlebar",
                ("walk_left_of", "walk_right_of", "stand_left_of", "stand_right_of"),
            ),
        ),
    ),
)
