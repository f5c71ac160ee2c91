"""Categories of this family: suitcase, backpack, handbag."""

from chorus_recon.categories.luggage import backpack as luggage_backpack
from chorus_recon.categories.luggage import handbag as luggage_handbag
from chorus_recon.categories.luggage import shape as luggage_shape
from chorus_recon.categories.luggage import suitcase as luggage_suitcase
from chorus_recon.categories.schema import WIDE, Category, Predicate

CATEGORIES = (
    Category(
        name="suitcase",
        templates=luggage_shape.TEMPLATES["suitcase"],
        interactions=luggage_suitcase.suitcase,
        grid=WIDE,
        synonyms=("luggage", "trolley case"),
        lookalikes=("backpack", "handbag"),
        settings=("street", "plaza"),
        predicates=(
            Predicate("pulls {it}", ("pull_right", "pull_left")),
            Predicate(
                "carries {it}", ("carry_right", "carry_by_top_right", "carry_left", "carry_by_top_left")
            ),
            Predicate("pushes {it}", ("push_ahead",)),
            Predicate("packs {it}", shows=()),
            Predicate("lifts {it}", ("lift",)),
            Predicate("sits on {it}", ("sit",)),
            Predicate(
                "holds {it} by its handle",
                (
                    "pull_right",
                    "beside_right",
                    "carry_right",
                    "carry_by_top_right",
                    "pull_left",
                    "beside_left",
                    "carry_left",
                    "carry_by_top_left",
                ),
            ),
            Predicate("opens {it}", shows=()),
            Predicate("leans on {it}", shows=()),
            Predicate("drags {it} up the stairs", shows=()),
        ),
    ),
    Category(
        name="backpack",
        templates=luggage_shape.TEMPLATES["backpack"],
        interactions=luggage_backpack.backpack,
        synonyms=("rucksack", "knapsack"),
        lookalikes=("handbag", "suitcase"),
        settings=("street", "park", "plaza"),
        occasions=("street", "sport"),
        predicates=(
            Predicate("wears {it}", ("wear", "wear_holding_straps", "wear_bent", "wear_seated")),
            Predicate("carries {it} on both shoulders", ("wear", "wear_holding_straps")),
            Predicate("carries {it} on one shoulder", ("on_right_shoulder", "on_left_shoulder")),
            Predicate("puts on {it}", shows=()),
            Predicate("holds {it} in one hand", ("carry_right", "carry_left")),
            Predicate("packs {it}", shows=()),
            Predicate("lifts {it}", shows=()),
            Predicate("hugs {it}", shows=()),
            Predicate("walks with {it} on both shoulders", ("wear", "wear_holding_straps")),
            Predicate("sits with {it} on the lap", ("hold_on_lap",)),
            Predicate("opens {it}", shows=()),
            Predicate("runs with {it} on both shoulders", shows=()),
            Predicate("hikes uphill and carries {it}", shows=()),
            Predicate("wears {it} on the chest", ("wear_in_front",)),
            Predicate("swings {it} over one shoulder", shows=()),
        ),
    ),
    Category(
        name="handbag",
        templates=luggage_shape.TEMPLATES["handbag"],
        interactions=luggage_handbag.handbag,
        thicken_px=1,
        synonyms=("purse", "bag"),
        lookalikes=("backpack", "suitcase"),
        settings=("street", "plaza"),
        predicates=(
            Predicate(
                "carries {it}",
                (
                    "in_right_hand",
                    "in_right_crook",
                    "on_right_shoulder",
                    "in_left_hand",
                    "in_left_crook",
                    "on_left_shoulder",
                ),
            ),
            Predicate("carries {it} on one shoulder", ("on_right_shoulder", "on_left_shoulder")),
            Predicate("holds {it} in one hand", ("in_right_hand", "in_left_hand")),
            Predicate("carries {it} on the forearm", ("in_right_crook", "in_left_crook")),
            Predicate("opens {it}", shows=()),
            Predicate("holds {it} with both hands", ("before_both_hands",)),
            Predicate("clutches {it} under one arm", shows=()),
            Predicate("walks and holds {it}", shows=()),
            Predicate("wears {it} across the body", ("across_to_right_hip", "across_to_left_hip")),
        ),
    ),
)
