"""Find the prior of a noun for a command: bundled, from the cache, or built now and kept there."""

from pathlib import Path

from chorus_recon.commands.console import say
from chorus_recon.errors import PriorError


def prior_file(noun: str) -> Path | None:
    """The file of a noun's prior, built on first use; None if the noun is bundled or is itself a file.

    Raises:
        PriorError: nothing is known of the noun.
        OutputError: the cache cannot be written.
    """
    from chorus_recon.categories import nouns, unknown
    from chorus_recon.io import category_names
    from chorus_recon.io.prior_files import bundled

    if "/" in noun or noun.endswith(".safetensors") or category_names.resolve(noun) in bundled():
        return None
    known = nouns.known(noun)
    if known is None:
        raise PriorError(f"There is no prior for {noun!r}, and nothing is known of it.", unknown.advice(noun))
    from chorus_recon.io.prior_files import locate
    from chorus_recon.priors import first_use

    if known.name in bundled():  # by a synonym
        return locate(known.name)
    kept = first_use.place(noun)
    if not kept.ready:
        like = (
            "" if nouns.word(noun) == known.name else f", described like a {category_names.words(known.name)}"
        )
        say(f"Building the prior of {noun!r}{like} (once, one or two minutes); kept in {kept.path.parent}")
        first_use.build(kept, progress=say_interaction)
    return kept.path


def say_interaction(name: str, done: int, total: int) -> None:
    """Print a line for an interaction that is done."""
    say(f"  {done} of {total}: {name}")
