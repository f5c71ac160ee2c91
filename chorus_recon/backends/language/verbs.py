"""A category in, sentences out of tables of what people do with it: no model, no network."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from chorus_recon.backends.language.grammar import during, verb_of, with_article
from chorus_recon.backends.language.verb_tables import ANY
from chorus_recon.categories.index import categories
from chorus_recon.io import category_names
from chorus_recon.types import Prompt

T = TypeVar("T")

# Adults only: the body is the ruler, and it has an adult's size.
SUBJECTS = ("A person", "A man", "A woman", "A young man", "A young woman", "An older man", "An older woman")
TEMPLATES = ("{subject} {predicate}", "{subject} is {during}", "A photo of {subject} {during}")


class VerbTable:
    """Fills verb tables into sentences. The first prompts are all of different predicates."""

    name = "verbs"
    licences: dict[str, str] = {}  # noqa: RUF012 - what a Protocol asks for, and empty

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """Different prompts, the same for the same seed on any machine; fewer where the tables end.

        Any `count` gives the beginning of the same list.
        """
        key = category_names.key(category)
        noun = category_names.words(key)
        known = categories().get(key)
        thing = with_article(known.spoken if known else noun)
        table = tuple(row.text for row in known.predicates) if known else ANY
        main = (len(table) + 1) // 2  # what is done most comes first, so that a few prompts hold it
        rows = [
            predicate
            for half in (table[:main], table[main:])
            for predicate in _shuffled(half, f"{key}|{seed}")
        ]
        forms = _shuffled([(s, t) for s in SUBJECTS for t in TEMPLATES], f"{key}|{seed}|forms")
        made: dict[str, Prompt] = {}
        for turn in range(len(forms)):
            for number, predicate in enumerate(rows):
                subject, template = forms[(turn + number) % len(forms)]
                text = sentence(subject, predicate.format(it=thing), template)
                made.setdefault(text, Prompt(noun, text, verb_of(text, key) or "", self.name))
                if len(made) >= count:
                    return list(made.values())[:count]
        return list(made.values())


def sentence(subject: str, predicate: str, template: str) -> str:
    """A predicate in third person ("jumps and catches a frisbee") said of someone."""
    who = subject if template.startswith("{subject}") else subject[0].lower() + subject[1:]
    return template.format(subject=who, predicate=predicate, during=during(predicate))


def _shuffled(items: Iterable[T], salt: str) -> list[T]:
    """In an order that follows from the salt alone, whatever the version of Python."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{salt}|{item}".encode()).digest())
