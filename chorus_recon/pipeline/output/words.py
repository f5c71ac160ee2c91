"""A reconstruction in words: a line of what was found, and lines of what else is there or could be meant."""

from chorus_recon.io.category_names import with_noun, words
from chorus_recon.pipeline.output.differences import difference
from chorus_recon.types import Reconstruction

OTHERS = 2  # placements, and categories, that are named
PROBABLY = 0.5  # probability from which it is said that nothing is used
LEAST = 0.01  # probability from which something is named
LEAST_USE = 0.2  # probability below which the use is not stated


def summary(result: Reconstruction) -> str:
    """Category, probability, IoU and use of a reconstruction, as one line."""
    if not result.placements:
        return "person only" + (f", {doubt(result)}" if result.status == "unsure" else "")
    best = result.placements[0]
    iou = f"{best.silhouette_iou:.2f}".removeprefix("0")
    sure = "unsure" if result.status == "unsure" else "sure"
    text = f"{words(result.category)}, {sure} ({best.probability:.0%}), object IoU {iou}"
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
    return [f"person {other.person}: {summary(other)}" for other in result.others]


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
    return said + [f"{share:.0%}: {noun}" for noun, share in ranked if share >= LEAST]
