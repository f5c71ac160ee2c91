"""Build the request for a language model and clean the sentences in its reply."""

import hashlib
import json
import re

from chorus_recon.backends.language.grammar import verb_of
from chorus_recon.categories.index import categories
from chorus_recon.io import category_names
from chorus_recon.types import Prompt

_SUBJECTS = (
    'Every sentence starts with "A person".',
    "Every subject is a word for one adult, such as a man, a woman, a worker or a student.",
)
_ASK = """\
Write at most {count} short English sentences, one a line, that each describe a photo of exactly one person \
physically using one {noun}.
- Each is a plain subject-verb-object sentence. {subject} Never use a pronoun as the subject.
- The object is the {noun}, named with that word, and there is only one.
- The verb shows bodily contact between the person and the {noun}. Prefer simple, everyday verbs, as \
different from each other as common sense allows.
- Nobody else is in the picture: no groups, no friends, no crowds.
- No numbering, no quotation marks, no remarks; nothing but the sentences."""

_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL | re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:(?:\(?\d{1,3}\s*[.):\]]|[-*+\u2022\u2013\u2014])\s*)+")
_MARKUP = re.compile(r"[*_`#]{1,3}")
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb"


def instruction(category: str, count: int, seed: int) -> str:
    """The request; the seed selects the constraint on the subject, which CHORUS chooses per category."""
    key = category_names.key(category)
    pick = hashlib.sha256(f"{key}|{seed}".encode()).digest()[0] % len(_SUBJECTS)
    known = categories().get(key)
    noun = known.spoken if known else category_names.words(key)
    return _ASK.format(count=count, noun=noun, subject=_SUBJECTS[pick])


def clean(reply: str) -> list[str]:
    """The sentences of a reply, without numbering, markup, quotes, final periods, remarks and repeats."""
    reply = _THOUGHT.sub("", reply)
    found: dict[str, str] = {}
    for line in _listed(reply) or reply.splitlines():
        line = " ".join(_MARKUP.sub("", _BULLET.sub("", line)).split())
        line = line.strip(_QUOTES + " ,;").rstrip(".").strip(_QUOTES + " ")
        if line and not line.endswith(":"):  # "Here are some sentences:"
            found.setdefault(line.casefold(), line[0].upper() + line[1:])
    return list(found.values())


def prompts_of(reply: str, category: str, count: int, source: str) -> list[Prompt]:
    """A reply's first `count` sentences as prompts, each with its verb if there is a verb of contact."""
    noun = category_names.words(category_names.key(category))
    return [Prompt(noun, text, verb_of(text, category) or "", source) for text in clean(reply)[:count]]


def _listed(reply: str) -> list[str]:
    """The strings of a reply that is a JSON list, which some models write despite the request."""
    inner = reply.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    if not inner.startswith("["):
        return []
    try:
        found = json.loads(inner)
    except ValueError:
        return []
    return [sentence for sentence in found if isinstance(sentence, str)] if isinstance(found, list) else []
