"""The category baseball bat."""

from chorus_recon.categories.baseball_bat.interactions import baseball_bat
from chorus_recon.categories.baseball_bat.shape import TEMPLATES
from chorus_recon.categories.schema import SHAFT, WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="baseball_bat",
        longest_side_m=(0.7, 0.95),
        templates=TEMPLATES,
        interactions=baseball_bat,
        loosely=("bat",),
        related=("cricket bat", "club", "stick", "baton", "hockey stick"),
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        settings=("park",),
        occasions=("sport",),
        predicates=(
            Predicate("swings {it}", ("swing", "swing_left_handed")),
            Predicate(
                "holds {it}", ("stance", "hold_at_side", "stance_left_handed", "hold_at_side_left_handed")
            ),
            Predicate("grips {it} with both hands", ("stance", "stance_left_handed")),
            Predicate("rests {it} on one shoulder", ("on_shoulder", "on_shoulder_left_handed")),
            Predicate("hits with {it}", ("swing", "swing_left_handed")),
            Predicate(
                "carries {it}",
                ("hold_at_side", "on_shoulder", "hold_at_side_left_handed", "on_shoulder_left_handed"),
            ),
            Predicate("raises {it} overhead", shows=()),
            Predicate("leans on {it}", shows=()),
            Predicate("waits with {it} raised", ("stance", "stance_left_handed")),
            Predicate("points with {it}", shows=()),
        ),
    ),
)
