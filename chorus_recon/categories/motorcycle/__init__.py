"""The category motorcycle."""

from chorus_recon.categories.motorcycle.interactions import motorcycle
from chorus_recon.categories.motorcycle.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="motorcycle",
        longest_side_m=(1.6, 2.5),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=motorcycle,
        synonyms=("motorbike",),
        loosely=("scooter", "moped", "motor scooter"),
        related=("quad", "vespa", "atv", "motocross", "snowmobile", "jet ski"),
        lookalikes=("bicycle",),
        settings=("street", "road"),
        occasions=("rider", "rider", "street"),
        predicates=(
            Predicate("rides {it}", ("ride", "ride_tucked")),
            Predicate("sits on {it}", ("sit_left_foot_down", "sit_right_foot_down")),
            Predicate("pushes {it}", shows=()),
            Predicate("leans on {it}", shows=()),
            Predicate("gets on {it}", shows=()),
            Predicate("stands astride {it}", shows=()),
            Predicate("rides {it} standing up on its pegs", shows=()),
            Predicate("poses on {it}", ("sit_left_foot_down", "sit_right_foot_down")),
            Predicate("races on {it}", ("ride_tucked",)),
            Predicate("holds {it} by its handlebar", ("stand_left_of", "stand_right_of")),
            Predicate("kneels and repairs {it}", shows=()),
            Predicate("walks {it} along a road", shows=()),
        ),
    ),
)
