"""The category horse."""

from chorus_recon.categories.horse.interactions import horse
from chorus_recon.categories.horse.shape import TEMPLATES
from chorus_recon.categories.schema import WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="horse",
        longest_side_m=(2.1, 3.0),
        used_with=("hips",),
        templates=TEMPLATES,
        interactions=horse,
        loosely=("pony", "mare", "stallion"),
        related=("donkey", "mule", "camel", "cow", "zebra", "elephant"),
        grid=WIDE,
        far_from_body=True,
        settings=("park", "road"),
        predicates=(
            Predicate("rides {it}", ("ride", "ride_forward", "ride_rearing")),
            Predicate("sits on {it}", ("ride", "ride_forward", "ride_rearing")),
            Predicate("leads {it} by its halter", ("lead_from_left", "lead_from_right")),
            Predicate("pats {it}", ("pat_left", "pat_right")),
            Predicate("brushes {it}", shows=()),
            Predicate("gets on {it}", shows=()),
            Predicate("jumps over a fence on {it}", shows=()),
            Predicate("strokes {it}", ("pat_left", "pat_right")),
            Predicate("hugs {it}", shows=()),
            Predicate("races on {it}", ("ride_forward",)),
        ),
    ),
)
