"""Warnings that a result carries, in words for the user."""

from collections.abc import Callable, Sequence

from chorus_recon.categories.index import categories
from chorus_recon.io.category_names import words
from chorus_recon.types import UNSURE_BELOW, Considered, HumanEstimate, Placement, World

PROBABLY = 0.5  # probability of "nothing" from which it is not called unsure
SHOWN = 3  # categories named in a warning
LEAST_NAMED = 0.005  # probability from which a category is named: less is 0 % in print
LEFT_OPEN_M = 0.06  # of `Placement.spread_m`: on 52 scenes objects are twice as far off beyond it as below
MISSED = 0.04  # share of the person's height by which landmarks may be missed


def human_warnings(human: HumanEstimate) -> list[str]:
    """Warn of hidden joints and of a body that misses its landmarks."""
    warnings: list[str] = []
    if float(human.guessed.float().mean()) > 0.5:
        warnings.append("more than half of the person's joints are hidden; their pose there is a guess")
    size = float(human.box_px[3] - human.box_px[1])
    if human.residual_px > MISSED * size:
        warnings.append(
            f"the 3D body fits the person in the photo poorly (joints are {human.residual_px:.0f} px off)"
        )
    return warnings


def undecided(considered: tuple[Considered, ...], nothing: float) -> str:
    """Say why no object was placed, what it could be, and how to decide it; `considered` best first."""
    if not considered:
        return "no object that the person may use was seen; --category NOUN --object-box x0,y0,x1,y1 tells it"
    named = [c for c in considered[:SHOWN] if c.probability >= LEAST_NAMED] or considered[:1]
    seen = ", ".join(f"{words(c.category)} {c.probability:.0%}" for c in named)
    if nothing >= PROBABLY:
        return (
            f"probably nothing is used ({nothing:.0%}; {seen}); if something is, --category NOUN says what, "
            "and --object-box x0,y0,x1,y1 where"
        )
    return (
        f"unsure which object is used, so none was placed: {seen}, nothing {nothing:.0%}; "
        "--category NOUN decides it, with --object-box x0,y0,x1,y1 for the place"
    )


def unused_warnings(categories: Sequence[str]) -> list[str]:
    """Warn of things that were seen, but are out of the reach of those who would use them."""
    return [
        f"the {words(category)} in the photo is out of reach of the person; --category {category} places it"
        for category in categories
    ]


def lookalike_warnings(category: str, knows: Callable[[str], bool]) -> list[str]:
    """Warn that the detector takes nouns that it does not know for `category`.

    Args:
        category: what was found.
        knows: whether the detector knows a noun.
    """
    taken = [c for c in categories().values() if words(category) in c.lookalikes and not knows(c.name)]
    names = [c.spoken for c in taken]
    if not names:
        return []
    return [
        f"the detector does not know every noun: {', '.join(names)} may pass for {words(category)}; "
        f"--category {taken[0].name} says so"
    ]


def placement_warnings(placements: tuple[Placement, ...]) -> list[str]:
    """Warn of an improbable best placement and of others that fit as well; `placements` best first."""
    best = placements[0]
    warnings: list[str] = []
    if best.probability < UNSURE_BELOW:
        warnings.append(f"the object's placement is unsure ({best.probability:.0%})")
    if best.spread_m > LEFT_OPEN_M:
        warnings.append(
            "the photo leaves open where the object is: placements that fit about as well are "
            f"{100 * best.spread_m:.0f} cm away on average; see the alternatives"
        )
    return warnings


def world_warnings(world: World) -> list[str]:
    """Warn that a level camera was assumed."""
    if not world.assumed:
        return []
    return [
        f"the photo hardly shows which way is up; a {world.assumed} is assumed "
        f"(typical error {world.up_sigma_deg:.0f} degrees)"
    ]
