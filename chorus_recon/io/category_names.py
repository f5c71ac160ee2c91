"""The names of categories: one spelling for files, and which category a noun of the user means."""

import difflib
from collections.abc import Iterable
from functools import cache

from chorus_recon.categories.spelling import SINGULARS, key, words

__all__ = [
    "did_you_mean",
    "forms",
    "key",
    "resolve",
    "squeezed",
    "suggestions",
    "with_noun",
    "words",
]

_ARTICLES = ("a", "an", "the")
_CLOSE = 0.75  # similarity of two spellings from which one may be a slip of the other


def with_noun(use: str, category: str) -> str:
    """A use with its noun: "holds {it}, right hand" becomes "holds the tennis racket, right hand"."""
    return use.replace("{it}", f"the {words(category)}")


def resolve(noun: str, *, loosely: bool = True) -> str:
    """The key of the category that a noun means; the noun's own key where it means none that is known.

    Case, articles, plurals, and words joined, spaced or hyphenated make no difference ("Cellphones",
    "cell-phone"). Synonyms have the same category ("sofa").

    Args:
        noun: as the user gives it.
        loosely: whether wider and narrower nouns count too ("mug" for cup, "bag" for handbag). A photo's
            object may be called so; a prior of mugs is another prior than one of cups.
    """
    exact, loose = _known()
    for form in forms(noun):
        if form in exact:
            return exact[form]
        if loosely and form in loose:
            return loose[form]
    return key(noun)


def suggestions(noun: str, known: Iterable[str]) -> list[str]:
    """Which of the known categories may have been meant, best first, at most two.

    By meaning first (a moped is like a motorcycle; a mountain bike is a bike), then by spelling.
    """
    among = dict.fromkeys(known)
    found: dict[str, None] = {}
    related = _related()
    parts = key(noun).split("_")
    for phrase in (noun, parts[-1], *parts):
        for form in forms(phrase):
            found |= dict.fromkeys(related.get(form, ()))
        found[resolve(phrase)] = None
    exact, loose = _known()
    spelt = {**{squeezed(name): name for name in among}, **loose, **exact}
    near = difflib.get_close_matches(squeezed(noun), spelt, 2, _CLOSE)
    found |= dict.fromkeys(spelt[form] for form in near)
    return [name for name in found if name in among][:2]


def did_you_mean(noun: str, known: Iterable[str]) -> str:
    """A question that names the suggestions, with a space before it; empty where there are none."""
    names = " or ".join(repr(words(name)) for name in suggestions(noun, known))
    return f" Did you mean {names}?" if names else ""


def forms(noun: str) -> list[str]:
    """How a noun may be listed, `squeezed`: as it is, without an article, as singular and as plural."""
    parts = key(noun).split("_")
    if len(parts) > 1 and parts[0] in _ARTICLES:
        parts = parts[1:]
    word = squeezed(" ".join(parts))
    singulars = (word.removesuffix(old) + new for old, new in SINGULARS if word.endswith(old))
    made = [word, *singulars, f"{word}s"]
    return list(dict.fromkeys(form for form in made if form))


def squeezed(noun: str) -> str:
    """A noun without what people write differently: lower case, no spaces, hyphens and underscores."""
    return key(noun).replace("_", "")


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Squeezed noun -> category: names and synonyms, and wider and narrower nouns."""
    from chorus_recon.categories.index import categories

    rows = categories().values()
    exact = {squeezed(noun): row.name for row in rows for noun in row.synonyms}
    exact |= {squeezed(row.name): row.name for row in rows}
    loose = {squeezed(noun): row.name for row in rows for noun in row.loosely}
    return exact, {noun: name for noun, name in loose.items() if noun not in exact}


@cache
def _related() -> dict[str, tuple[str, ...]]:
    """Squeezed noun -> categories of similar things."""
    from chorus_recon.categories.index import categories

    found: dict[str, tuple[str, ...]] = {}
    for row in categories().values():
        for noun in row.related:
            found[squeezed(noun)] = (*found.get(squeezed(noun), ()), row.name)
    return found
