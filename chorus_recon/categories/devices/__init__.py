"""Categories of this family: laptop, cell phone, remote."""

from chorus_recon.categories.devices import laptop as devices_laptop
from chorus_recon.categories.devices import phone as devices_phone
from chorus_recon.categories.devices import shape as devices_shape
from chorus_recon.categories.handheld import gripped as handheld_gripped
from chorus_recon.categories.schema import HANDS, SHAFT, Category, Predicate

CATEGORIES = (
    Category(
        name="laptop",
        templates=devices_shape.TEMPLATES["laptop"],
        interactions=devices_laptop.laptop,
        synonyms=("notebook computer",),
        lookalikes=("keyboard", "tv"),
        settings=("room",),
        predicates=(
            Predicate(
                "types on {it}",
                (
                    "type_at_table",
                    "type_on_lap",
                    "type_right_at_table",
                    "type_left_at_table",
                    "type_standing",
                ),
            ),
            Predicate(
                "works on {it}",
                (
                    "type_at_table",
                    "type_on_lap",
                    "type_right_at_table",
                    "type_left_at_table",
                    "type_standing",
                ),
            ),
            Predicate("holds {it}", ("hold_left", "hold_right", "hold_to_chest")),
            Predicate(
                "uses {it} at a table",
                ("type_at_table", "watch_at_table", "type_right_at_table", "type_left_at_table"),
            ),
            Predicate("carries {it} under one arm", ("carry_left", "carry_right")),
            Predicate("sits with {it} on the lap", ("type_on_lap",)),
            Predicate("opens {it}", shows=()),
            Predicate("lies down and types on {it}", shows=()),
            Predicate("stands and holds {it} on one forearm", ("hold_left", "hold_right")),
            Predicate("closes {it}", shows=()),
        ),
    ),
    Category(
        name="cell_phone",
        templates=devices_shape.TEMPLATES["cell_phone"],
        interactions=devices_phone.cell_phone,
        grid=HANDS,
        thicken_px=1,
        noun="phone",
        synonyms=("phone", "mobile phone", "smartphone", "cellphone"),
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
    Category(
        name="remote",
        templates=devices_shape.TEMPLATES["remote"],
        interactions=handheld_gripped.remote,
        frame=SHAFT,
        grid=HANDS,
        thicken_px=1,
        synonyms=("remote control",),
        lookalikes=("cell phone",),
        settings=("room",),
        predicates=(
            Predicate(
                "points {it}", ("point_right", "point_right_seated", "point_left", "point_left_seated")
            ),
            Predicate(
                "holds {it}",
                (
                    "point_right",
                    "point_right_seated",
                    "press_right",
                    "point_left",
                    "point_left_seated",
                    "press_left",
                ),
            ),
            Predicate("presses a button on {it}", ("press_right", "press_left")),
            Predicate("sits and points {it}", ("point_right_seated", "point_left_seated")),
        ),
    ),
)
