"""The category remote."""

from chorus_recon.categories.remote.interactions import remote
from chorus_recon.categories.remote.shape import TEMPLATES
from chorus_recon.categories.schema import HANDS, SHAFT, Category, Predicate

CATEGORIES = (
    Category(
        name="remote",
        longest_side_m=(0.1, 0.25),
        templates=TEMPLATES,
        interactions=remote,
        synonyms=("remote control",),
        loosely=("tv remote",),
        related=("controller", "gamepad", "game controller", "joystick", "wii remote"),
        frame=SHAFT,
        grid=HANDS,
        thicken_px=1,
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
