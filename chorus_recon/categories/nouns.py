"""The table of nouns: what the package knows of things that have no category of their own.

One line of `data/nouns.csv` is one noun. Its synonyms are other words for it, and nouns for things that are
described alike (a mango like a pear). A field that is empty is that of the hypernym.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chorus_recon.categories import spelling
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.description import Description, category_of
from chorus_recon.categories.index import categories
from chorus_recon.categories.schema import Category

FIELDS = ("name", "synonyms", "hypernym", "size", "spread", "family", "uses", "settings")
_NEAR = 5  # nouns that an error message names


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the table; `kind` is the family with its proportions."""

    synonyms: tuple[str, ...]
    hypernym: str
    size: str
    spread: str
    kind: str
    uses: str
    settings: str


def known(name: str) -> Category | None:
    """The category of a noun: a bundled one, or one made of the table; None if neither has the noun."""
    key = spelling.key(name)
    if key in categories():
        return categories()[key]
    found = find(name)
    if found is None:
        return None
    return categories()[found] if found in categories() else _made(found)


def find(name: str) -> str | None:
    """The name in the table of a noun, a synonym or a plural; None if the table has none of them."""
    said = word(name)
    return None if said is None else _synonyms().get(said, said)


def word(name: str) -> str | None:
    """The word of the table that a noun or its plural is, which may be a synonym; None if there is none."""
    forms = _forms(spelling.key(name))
    return next((form for form in forms if form in _lines() or form in _synonyms()), None)


@cache
def _made(name: str) -> Category:
    return category_of(describe(name))


def describe(name: str) -> Description:
    """The description of a noun of the table, with what it inherits.

    Raises:
        KeyError: the table has no such name.
    """
    line = _lines()[name]
    family, proportions = parse_family(_inherited(name, "kind"))
    return Description(
        name=name,
        size=parse_size(_inherited(name, "size")),
        spread=float(_inherited(name, "spread")),
        family=family,
        uses=parse_shares(_inherited(name, "uses")),
        proportions=proportions,
        synonyms=tuple(spelling.words(word) for word in line.synonyms),
        hypernym=line.hypernym,
        settings=tuple(_inherited(name, "settings").split()),
    )


def names() -> tuple[str, ...]:
    """The names of all nouns in the table, in its order."""
    return tuple(_lines())


def near(name: str) -> tuple[str, ...]:
    """Nouns of the table whose meaning is near that of a noun that it lacks.

    The last word of an English compound says what kind of thing it is ("snow shovel" is a shovel), so nouns
    that end alike come first, then other kinds of the same thing, then nouns that share another word.
    """
    words = [form for form in spelling.key(name).split("_") if form]
    found: dict[str, None] = {}
    for length in range(len(words) - 1, 0, -1):
        head = find("_".join(words[-length:]))
        if head is not None:
            found.setdefault(head)
            found.update(dict.fromkeys(_relatives(head)))
            break
    for word in reversed(words):
        found.update(dict.fromkeys(n for n in _lines() if word in n.split("_")))
    return tuple(found)[:_NEAR]


def _relatives(name: str) -> Iterator[str]:
    """The nouns below it, then the others with its hypernym."""
    yield from (other for other, line in _lines().items() if line.hypernym == name)
    above = _lines()[name].hypernym
    yield from (
        other for other, line in _lines().items() if above and line.hypernym == above and other != name
    )


def _inherited(name: str, field: str) -> str:
    while name:
        line = _lines()[name]
        value = getattr(line, field)
        if value:
            return value
        name = line.hypernym
    return ""


@cache
def _lines() -> Mapping[str, _Line]:
    text = (files("chorus_recon") / "data" / "nouns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: _Line(
            tuple(row["synonyms"].split("|")) if row["synonyms"] else (),
            row["hypernym"],
            row["size"],
            row["spread"],
            row["family"],
            row["uses"],
            row["settings"],
        )
        for row in rows
    }


@cache
def _synonyms() -> Mapping[str, str]:
    """Every synonym as a key -> the name of its line."""
    return {spelling.key(word): name for name, line in _lines().items() for word in line.synonyms}


def _forms(key: str) -> Iterator[str]:
    """The word itself, without a remark in parentheses, then what may be its singular."""
    yield key
    key = re.sub(r"_?\(.*?\)", "", key)
    yield key
    for ending, singular in spelling.SINGULARS:
        if key.endswith(ending) and len(key) > len(ending) + 1:
            yield key.removesuffix(ending) + singular


def parse_size(text: str) -> Extent:
    """Length x width x height in metres, such as "1.4x0.3x0.05".

    Raises:
        ValueError: the text is not three positive numbers.
    """
    length, width, height = (float(part) for part in text.lower().split("x"))
    if not all(0 < value < float("inf") for value in (length, width, height)):
        raise ValueError(text)
    return Extent(length, width, height)


def parse_family(text: str) -> tuple[str, dict[str, float]]:
    """A family and its proportions, such as "shaft head=0.2"."""
    family, *rest = text.split()
    pairs = (part.partition("=") for part in rest)
    return family, {name: float(value) for name, _, value in pairs}


def parse_shares(text: str) -> dict[str, float]:
    """Archetypes and their shares, such as "shaft_two_hands:0.7 lean_on:0.3".

    The shares of one that is named twice are added.

    Raises:
        ValueError: a share is no number.
    """
    shares: dict[str, float] = {}
    for part in text.replace(",", " ").split():
        name, _, share = part.partition(":")
        shares[name] = shares.get(name, 0.0) + float(share)
    return shares


def numbers(table: Mapping[str, object]) -> dict[str, float]:
    """The numbers of a TOML table, where `true` and "1" are none.

    Raises:
        TypeError: a value is no number.
    """
    for value in table.values():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{value!r} is no number")
    return {name: float(value) for name, value in table.items() if isinstance(value, int | float)}
