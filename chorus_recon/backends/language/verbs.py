"""Write prompts from tables of what people do with an object. Needs no model and no network."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from chorus_recon.backends.language.grammar import during, verb_of, with_article
from chorus_recon.backends.language.verb_tables import ANY
from chorus_recon.categories.index import categories
from chorus_recon.io import category_names
from chorus_recon.types import Prompt

T = TypeVar("T")

# Adults only, because the metric scale comes from an adult body.
SUBJECTS = ("A person", "A man", "A woman", "A young man", "A young woman", "An older man", "An older woman")
TEMPLATES = ("{subject} {predicate}", "{subject} is {during}", "A photo of {subject} {during}")


class VerbTable:
    """Makes sentences of predicates, subjects and templates. Predicates repeat only after all were used."""

    name = "verbs"
    licences: dict[str, str] = {}  # noqa: RUF012 - the Protocol requires it; it stays empty

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """At most `count` different prompts, the same for the same seed on any machine.

        A smaller `count` gives the beginning of the same list; a large one may exhaust the tables.
        """
        key = category_names.key(category)
        noun = category_names.words(key)
        known = categories().get(key)
        thing = with_article(known.spoken if known else noun)
        table = tuple(row.text for row in known.predicates) if known else ANY
        main = (len(table) + 1) // 2  # the first half, the commonest predicates, is used first
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
    """A sentence from a subject, a predicate in third person and one of TEMPLATES."""
    who = subject if template.startswith("{subject}") else subject[0].lower() + subject[1:]
    return template.format(subject=who, predicate=predicate, during=during(predicate))


def _shuffled(items: Iterable[T], salt: str) -> list[T]:
    """Items in a pseudo-random order that depends on the salt only, not on the version of Python."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{salt}|{item}".encode()).digest())
