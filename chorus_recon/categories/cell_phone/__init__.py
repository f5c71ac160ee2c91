"""The category cell phone."""

from chorus_recon.categories.cell_phone.interactions import cell_phone
from chorus_recon.categories.cell_phone.shape import TEMPLATES
from chorus_recon.categories.schema import HANDS, Category, Predicate

CATEGORIES = (
    Category(
        name="cell_phone",
        longest_side_m=(0.12, 0.18),
        templates=TEMPLATES,
        interactions=cell_phone,
        synonyms=("phone", "mobile phone", "mobile", "smartphone", "cellular phone"),
        loosely=("iphone",),
        related=("telephone", "handset", "camera", "walkie talkie", "radio"),
        grid=HANDS,
        thicken_px=1,
        noun="phone",
        lookalikes=("remote",),
        predicates=(
            Predicate("talks on {it}", ("talk_right", "talk_left")),
            Predicate(
                "holds {it}",
                (
                    "read_right",
                    "read_seated_right",
                    "talk_right",
                    "selfie_right",
                    "read_both",
                    "photograph_both",
                    "read_left",
                    "read_seated_left",
                    "talk_left",
                    "selfie_left",
                ),
            ),
            Predicate("types on {it}", ("read_both",)),
            Predicate(
                "reads on {it}",
                ("read_right", "read_seated_right", "read_both", "read_left", "read_seated_left"),
            ),
            Predicate("holds {it} and takes a selfie", ("selfie_right", "selfie_left")),
            Predicate("holds {it} with both hands", ("read_both", "photograph_both")),
            Predicate("texts on {it}", ("read_both",)),
            Predicate("holds {it} at one ear", ("talk_right", "talk_left")),
            Predicate(
                "uses {it}", ("read_right", "read_seated_right", "read_both", "read_left", "read_seated_left")
            ),
            Predicate("walks and types on {it}", shows=()),
            Predicate("holds {it} and takes a picture", ("photograph_both",)),
            Predicate("lies down and holds {it}", shows=()),
            Predicate("listens and holds {it}", ("talk_right", "talk_left")),
            Predicate("sits and taps {it}", ("read_seated_right", "read_seated_left")),
        ),
    ),
)
