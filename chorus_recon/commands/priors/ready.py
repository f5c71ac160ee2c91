"""Find the prior of a noun for a command, and show it where it is built now."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chorus_recon.commands.console import say, verbosity

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

    with ExitStack() as shown:

        def begun(kept: "Kept", like: str) -> "Progress":
            described = f", described like a {like}" if like else ""
            where = kept.path.parent
            say(f"Building the prior of {noun!r}{described} (once, one or two minutes); kept in {where}")
            return shown.enter_context(interactions())

        return first_use.file_of(noun, begun, said)


@contextmanager
def interactions() -> "Iterator[Progress]":
    """Yield a function that shows each interaction that is done: a bar on a terminal, elsewhere a line."""
    if not sys.stderr.isatty() or verbosity() < 0:
        yield _say_interaction
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("posing people", total=None)

        def show(name: str, done: int, total: int) -> None:
            bars.update(task, completed=done, total=total, description=f"{name.replace('_', ' ')} done")

        yield show


def _say_interaction(name: str, done: int, total: int) -> None:
    say(f"  {done} of {total}: {name}")
