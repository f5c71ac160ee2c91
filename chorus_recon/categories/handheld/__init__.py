"""Categories of this family: tennis racket, umbrella, frisbee, baseball bat, golf club, dumbbell."""

from chorus_recon.categories.handheld import bat as handheld_bat
from chorus_recon.categories.handheld import gripped as handheld_gripped
from chorus_recon.categories.handheld import interactions as handheld_interactions
from chorus_recon.categories.handheld import shape as handheld_shape
from chorus_recon.categories.schema import BAR, SHAFT, WIDE, Category, Predicate
from chorus_recon.categories.vessels import shape as vessels_shape

CATEGORIES = (
    Category(
        name="tennis_racket",
        templates=handheld_shape.TEMPLATES["tennis_racket"],
        interactions=handheld_interactions.tennis_racket,
        frame=SHAFT,
        grid=WIDE,
        synonyms=("racket", "racquet", "tennis racquet", "badminton racket"),
        settings=("court",),
        occasions=("tennis",),
        sheer_rgb=((206, 206, 184),),
        predicates=(
            Predicate(
                "swings {it}",
                (
                    "forehand",
                    "backhand",
                    "backhand_two_handed",
                    "forehand_left_handed",
                    "backhand_left_handed",
                    "backhand_two_handed_left_handed",
                ),
            ),
            Predicate("holds {it}", ("hold_at_side", "hold_at_side_left_handed")),
            Predicate(
                "serves with {it}", ("serve_cocked", "serve", "serve_cocked_left_handed", "serve_left_handed")
            ),
            Predicate("hits a forehand with {it}", ("forehand", "forehand_left_handed")),
            Predicate(
                "hits a backhand with {it}",
                (
                    "backhand",
                    "backhand_two_handed",
                    "backhand_left_handed",
                    "backhand_two_handed_left_handed",
                ),
            ),
            Predicate("carries {it} on one shoulder", shows=()),
            Predicate("waits with {it} in both hands", ("ready", "ready_left_handed")),
            Predicate("smashes a shot with {it}", shows=()),
            Predicate("grips {it} with both hands", ("ready", "ready_left_handed")),
            Predicate("spins {it} in one hand", shows=()),
            Predicate("raises {it} overhead", shows=()),
        ),
    ),
    Category(
        name="umbrella",
        templates=handheld_shape.TEMPLATES["umbrella"],
        interactions=handheld_interactions.umbrella,
        synonyms=("parasol",),
        lookalikes=("kite",),
        settings=("street", "plaza", "park"),
        predicates=(
            Predicate(
                "holds {it}", ("hold_right", "hold_left", "hold_both", "hold_high_right", "hold_high_left")
            ),
            Predicate("walks under {it}", shows=()),
            Predicate("opens {it}", shows=()),
            Predicate("carries {it} over one shoulder", ("on_shoulder_right", "on_shoulder_left")),
            Predicate("holds {it} overhead with both hands", shows=()),
            Predicate(
                "stands under {it}",
                ("hold_right", "hold_left", "hold_both", "hold_high_right", "hold_high_left"),
            ),
            Predicate("leans on {it}", shows=()),
            Predicate("closes {it}", shows=()),
            Predicate(
                "carries {it} in the rain",
                (
                    "hold_right",
                    "hold_left",
                    "hold_both",
                    "on_shoulder_right",
                    "on_shoulder_left",
                    "hold_high_right",
                    "hold_high_left",
                ),
            ),
            Predicate("sits and holds {it}", shows=()),
        ),
    ),
    Category(
        name="frisbee",
        templates=handheld_shape.TEMPLATES["frisbee"],
        interactions=handheld_interactions.frisbee,
        synonyms=("flying disc", "disc"),
        lookalikes=("sports ball",),
        settings=("park", "beach"),
        occasions=("sport",),
        held_by_edge=True,
        predicates=(
            Predicate("throws {it}", ("backhand_right", "forehand_right", "backhand_left", "forehand_left")),
            Predicate("catches {it}", ("catch_high_right", "catch_both", "catch_high_left")),
            Predicate("holds {it}", ("hold_right", "hold_left")),
            Predicate("jumps and catches {it}", shows=()),
            Predicate("spins {it} on one finger", shows=()),
            Predicate("carries {it} under one arm", shows=()),
            Predicate("runs and catches {it}", shows=()),
            Predicate("reaches out and grabs {it}", ("catch_high_right", "catch_high_left")),
            Predicate("throws {it} with a forehand", ("forehand_right", "forehand_left")),
        ),
    ),
    Category(
        name="baseball_bat",
        templates=handheld_shape.TEMPLATES["baseball_bat"],
        interactions=handheld_bat.baseball_bat,
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        synonyms=("bat",),
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
    Category(
        name="golf_club",
        templates=handheld_shape.TEMPLATES["golf_club"],
        interactions=handheld_gripped.golf_club,
        frame=SHAFT,
        grid=WIDE,
        thicken_px=1,
        settings=("park",),
        occasions=("sport",),
        predicates=(
            Predicate("swings {it}", ("backswing", "top_of_swing")),
            Predicate("holds {it}", ("address", "hold_at_side")),
            Predicate("aims with {it}", ("address",)),
            Predicate("hits a ball with {it}", ("through_the_ball",)),
            Predicate("leans on {it}", ("lean_on",)),
            Predicate("carries {it} on one shoulder", ("on_right_shoulder",)),
        ),
    ),
    Category(
        name="dumbbell",
        templates=vessels_shape.TEMPLATES["dumbbell"],
        interactions=handheld_gripped.dumbbell,
        frame=BAR,
        settings=("room",),
        occasions=("sport",),
        predicates=(
            Predicate(
                "lifts {it}",
                (
                    "curl_right",
                    "press_right",
                    "raise_right",
                    "row_right",
                    "curl_left",
                    "press_left",
                    "raise_left",
                    "row_left",
                ),
            ),
            Predicate("holds {it}", ("hold_right", "hold_left")),
            Predicate("lifts {it} with one hand", ("curl_right", "curl_left")),
            Predicate("raises {it} to the side", ("raise_right", "raise_left")),
            Predicate("presses {it} overhead", ("press_right", "press_left")),
            Predicate("rows {it}", ("row_right", "row_left")),
        ),
    ),
)
