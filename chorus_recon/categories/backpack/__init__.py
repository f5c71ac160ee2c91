"""The category backpack."""

from chorus_recon.categories.backpack.interactions import backpack
from chorus_recon.categories.backpack.shape import TEMPLATES
from chorus_recon.categories.schema import Category, Predicate

CATEGORIES = (
    Category(
        name="backpack",
        longest_side_m=(0.35, 0.7),
        used_with=("chest", "hands"),
        templates=TEMPLATES,
        interactions=backpack,
        synonyms=("rucksack", "knapsack"),
        loosely=("school bag", "daypack"),
        related=("satchel", "messenger bag", "bag", "baby carrier"),
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
)
