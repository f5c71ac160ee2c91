"""Find the prior of a noun for a command, and say so where it is built now."""

from pathlib import Path
from typing import TYPE_CHECKING

from chorus_recon.commands.console import say

if TYPE_CHECKING:
    from chorus_recon.categories.own import Own
    from chorus_recon.priors.first_use import Kept
    from chorus_recon.priors.scenes.rendered import Progress


def prior_file(noun: str, said: "Own | None" = None) -> Path | None:
    """The file of a noun's prior, built on first use; None if the noun is bundled or is itself a file.

    What is `said` of the thing goes before a bundled prior and the table.

    Raises:
        PriorError: nothing is known of the noun.
        OutputError: the cache cannot be written.
    """
    from chorus_recon.priors import first_use

    def begun(kept: "Kept", like: str) -> "Progress":
        described = f", described like a {like}" if like else ""
        where = kept.path.parent
        say(f"Building the prior of {noun!r}{described} (once, one or two minutes); kept in {where}")
        return say_interaction

    return first_use.file_of(noun, begun, said)


def say_interaction(name: str, done: int, total: int) -> None:
    """Print a line for an interaction that is done."""
    say(f"  {done} of {total}: {name}")
