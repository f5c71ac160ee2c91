"""What to say of a noun that nothing knows: how to describe it, and which nouns are near in meaning."""

import difflib

from chorus_recon.categories import spelling
from chorus_recon.categories.index import categories
from chorus_recon.categories.nouns import names, near


def advice(noun: str) -> str:
    """The options that describe a noun, after the nearest nouns by meaning or else by spelling."""
    words = [spelling.words(name) for name in near(noun)]
    if words:
        nearest = f"Nearest in meaning: {', '.join(words)}. "
    else:
        key = spelling.key(noun)
        close = difflib.get_close_matches(key, sorted({*categories(), *names()}), 1, 0.8)
        nearest = f"Did you mean {spelling.words(close[0])!r}? " if close else ""
    like = (words or ["NOUN"])[0]
    return (
        f"{nearest}Describe it with --like {like.replace(' ', '_')}, with --size LxWxH (metres) and --use "
        "ARCHETYPE:SHARE; `chorus-recon prior init` writes a file for all of these, and for your own mesh."
    )
