"""A reconstruction in words: a line of what was found, and lines of what else is there or could be meant."""

from chorus_recon.io.category_names import with_noun, words
from chorus_recon.pipeline.output.differences import difference
from chorus_recon.types import Reconstruction

OTHERS = 2  # placements, and categories, that are named
PROBABLY = 0.5  # probability from which it is said that nothing is used
LEAST = 0.01  # probability from which something is named
LEAST_USE = 0.2  # probability below which the use is not stated


def summary(result: Reconstruction) -> str:
    """What is used, how sure that is, and how it is used, as one line."""
    if not result.placements:
        return "person only" + (f", {doubt(result)}" if result.status == "unsure" else "")
    best = result.placements[0]
    share = f"{best.probability:.0%}"
    text = f"{words(result.category)}, " + (
        f"unsure ({share})" if result.status == "unsure" else f"{share} sure"
    )
    if best.use is None:
        return text
    if best.use.share < LEAST_USE:
        return f"{text}; unsure how it is used"
    return f"{text}; {with_noun(best.use.text, result.category)} ({best.use.share:.0%})"


def doubt(result: Reconstruction) -> str:
    """Why no object was placed, where it is unsure."""
    if result.nothing >= PROBABLY:
        return f"probably nothing is used ({result.nothing:.0%})"
    return "unsure which object is used"


def also(result: Reconstruction) -> list[str]:
    """The other people and things of the photo, where all were asked for: a line each, like `summary`."""
    return [f"person {other.person}: {summary(other)}{_perhaps(other)}" for other in result.others]


def _perhaps(result: Reconstruction) -> str:
    """What else somebody may use, but not probably enough to be placed."""
    named = ", ".join(f"{words(c.category)} {c.probability:.0%}" for c in result.considered)
    return f"; perhaps {named}" if named else ""


def otherwise(result: Reconstruction) -> list[str]:
    """What else it could be: other placements of the object with what differs, and other objects.

    Without an object, there is nothing else: a warning says what was considered.
    """
    if not result.placements:
        return []
    placed = result.placements[1 : 1 + OTHERS]
    said = [
        f"{other.probability:.0%}: {difference(result.placements[0], other, result.category)}"
        for other in placed
        if other.probability >= LEAST
    ]
    seen = {words(c.category): c.probability for c in result.considered if c.category != result.category}
    if result.considered:
        seen["nothing"] = result.nothing
    ranked = sorted(seen.items(), key=lambda item: -item[1])[: 1 + OTHERS]
    return said + [f"{share:.0%}: {_instead(noun)}" for noun, share in ranked if share >= LEAST]


def _instead(noun: str) -> str:
    return "nothing is used" if noun == "nothing" else f"{noun} instead"
