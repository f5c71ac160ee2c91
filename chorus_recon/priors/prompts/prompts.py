"""Write and check the prompts of a category.

CHORUS appends 22 view phrases to every prompt, so that the pictures show the interaction from many sides.
"""

import logging
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from chorus_recon.backends.language import grammar
from chorus_recon.backends.language.lines import clean
from chorus_recon.backends.protocols import PromptWriter
from chorus_recon.errors import InputError, PriorError
from chorus_recon.io import category_names
from chorus_recon.types import Prompt

ATTEMPTS = 4  # most calls of a writer, each with another seed

_log = logging.getLogger(__name__)


class Fault(StrEnum):
    """Why a sentence is not a good prompt."""

    NO_PERSON = "it names no person"
    MANY_PEOPLE = "it names more than one person"
    NO_OBJECT = "it does not name the object"
    MANY_OBJECTS = "it names several of the object"
    NO_CONTACT = "no verb in it has the person touch the object"


@dataclass(frozen=True, slots=True)
class Written:
    """The result of a writer: the prompts, the refused sentences, and the licences of the text."""

    prompts: tuple[Prompt, ...]
    refused: tuple[tuple[Prompt, tuple[Fault, ...]], ...]
    licences: dict[str, str] = field(default_factory=dict)


def vet(text: str, category: str) -> tuple[Fault, ...]:
    """The faults of a prompt; empty if it has one person touch one object of the category."""
    words = grammar.words_of(text)
    faults: list[Fault] = []
    people = grammar.people_in(words)
    joined = any(words[n + 1 : n + 2] == ["and"] for n in people)  # "a man and his dog"
    if any(word in grammar.CROWD for word in words) or len(people) > 1 or joined:
        faults.append(Fault.MANY_PEOPLE)
    elif not people:
        faults.append(Fault.NO_PERSON)
    thing = grammar.thing_at(words, category)
    if thing is None:
        return (*faults, Fault.NO_OBJECT)
    if grammar.is_several(words[slice(*thing)], category):
        faults.append(Fault.MANY_OBJECTS)
    if grammar.verb_of(text, category) is None:
        faults.append(Fault.NO_CONTACT)
    return tuple(faults)


def write(writer: PromptWriter, category: str, count: int, seed: int, attempts: int = ATTEMPTS) -> Written:
    """Call a writer until `count` different prompts pass `vet`, at most `attempts` times.

    Raises:
        PriorError: no prompt passes.
    """
    kept: dict[str, Prompt] = {}
    refused: dict[str, tuple[Prompt, tuple[Fault, ...]]] = {}
    for attempt in range(attempts):
        known = len(kept) + len(refused)
        for prompt in writer.prompts(category, count, seed + attempt):
            faults = vet(prompt.text, category)
            if faults:
                refused.setdefault(prompt.text.casefold(), (prompt, faults))
            else:
                kept.setdefault(prompt.text.casefold(), prompt)
        if len(kept) >= count or len(kept) + len(refused) == known:
            break
    for prompt, faults in refused.values():
        _log.info("prompt refused: %r: %s", prompt.text, "; ".join(faults))
    if not kept:
        examples = "; ".join(
            f"{prompt.text!r} ({faults[0]})" for prompt, faults in list(refused.values())[:3]
        )
        raise PriorError(
            f"The prompt writer '{writer.name}' gave no usable prompt for {category!r}. {examples}".rstrip(),
            "Write prompts into a file, one per line, or choose another writer.",
        )
    return Written(tuple(kept.values())[:count], tuple(refused.values()), dict(writer.licences))


def read(path: str | Path, category: str) -> list[Prompt]:
    """Read the prompts of a text file, one per line, in order; lines that begin with "#" are comments.

    The prompts are not checked; `vet` lists the faults of each.

    Raises:
        InputError: the file cannot be read, or holds no prompt.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}).", "Pass a UTF-8 text file.") from error
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    noun = category_names.words(category_names.key(category))
    made = [
        Prompt(noun, sentence, grammar.verb_of(sentence, category) or "", "file")
        for sentence in clean("\n".join(lines))
    ]
    if not made:
        raise InputError(f"{path}: holds no prompt.", "Write one sentence per line.")
    return made
