"""Shared by all commands: -q and -v, messages on stderr, download progress, and error messages."""

import logging
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.errors import NO_SPACE, ChorusError, ConfigError, InputError, MissingBackend, make_room

if TYPE_CHECKING:
    from chorus_recon.backends.protocols import BodyModel
    from chorus_recon.io.fetch import Progress
    from chorus_recon.types import PriorSet

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_VERBOSITY = "chorus_recon.verbosity"
_ENDING = ("SIGTERM", "SIGHUP")


person_option = click.option(
    "--person", type=click.IntRange(min=0), metavar="N", help="Which person: 0, 1 ... from the left."
)
backend_option = click.option(
    "--backend", "backends", multiple=True, metavar="SLOT=NAME", help="Another model for a slot."
)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -q and -v to a command. They set up logging, and `verbosity` returns their value."""
    quiet = click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_set_quiet, help="Print errors only."
    )
    verbose = click.option(
        "-v",
        "--verbose",
        count=True,
        expose_value=False,
        callback=_set_verbose,
        help="Print more; twice for tracebacks.",
    )
    return quiet(verbose(command))


def verbosity() -> int:
    """-1 with -q, else the number of -v options."""
    return click.get_current_context().find_root().meta.get(_VERBOSITY, 0)


def say(message: str) -> None:
    """Print a line to stderr; nothing with -q."""
    if verbosity() >= 0:
        click.echo(message, err=True)


def check_device(device: str, elsewhere: bool = False) -> None:
    """Check that a device name is valid, and unless it is used `elsewhere`, that the device works here.

    Raises:
        ConfigError: the name is invalid, or the device does not work.
    """
    import torch

    try:
        torch.empty(0, device="meta" if torch.device(device) and elsewhere else device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).splitlines()[0]
        raise ConfigError(f"--device {device} does not work here: {first}", "Use --device cpu.") from error


def print_error(error: BaseException, verbose: int) -> None:
    """Print an error's message and hint to stderr; with -vv also the traceback."""
    if verbose >= 2:
        click.echo("".join(traceback.format_exception(error)), err=True)
    if isinstance(error, ChorusError):
        message, hint = error.message, error.hint
    elif isinstance(error, OSError) and error.errno in NO_SPACE:
        message = f"{error.filename or 'output'}: {error.strerror}."
        hint = f"{make_room(error)}, or choose another folder with -o."
    else:
        message, hint = f"{error}.", "Check the path and its permissions."
    click.echo(f"{click.style('Error:', fg='red')} {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)


def prior_of(given: str) -> "PriorSet":
    """Load a prior given as a noun, a file, or the folder of a build; a noun's may be built now.

    Raises:
        PriorError: there is none, or it cannot be read.
        InputError: the folder has several.
    """
    from chorus_recon.commands.priors.ready import prior_file  # which imports this module
    from chorus_recon.io.prior_files import SUFFIX, load_prior

    folder = Path(given)
    found = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise InputError(f"{folder}: contains several priors ({names}).", "Pass the path of one of them.")
    return load_prior(found[0] if found else prior_file(given) or given)


def body_of(prior: "PriorSet") -> "BodyModel":
    """The body to show a prior with: its own, or the embedded body if its own is not available."""
    from chorus_recon.backends import registry

    try:
        return registry.body_of(prior.clusters[0].body_model)
    except MissingBackend as error:
        say(f"Shown with the embedded body. {error.message} {error.hint}")
        return registry.make("body", "default")


def fetch_weights(names: Sequence[str]) -> None:
    """Fetch network files that are not cached. Prints a line if any are fetched."""
    from chorus_recon.io import fetch
    from chorus_recon.io.weights import KNOWN

    missing = [s.file for s in fetch.status([KNOWN[name] for name in names]) if s.state != "ready"]
    if not missing:
        return
    size = sum(file.size_bytes for file in missing) / 1e6
    if not fetch.is_offline():
        say(f"Fetching {len(missing)} files ({size:.0f} MB) into {fetch.cache_dir()} ...")
    with download_progress() as progress:
        for file in missing:
            fetch.ensure(file.name, progress)


def fetch_optional_weights(*, again: bool = False) -> None:
    """Fetch the optional networks. Failures are printed, not raised.

    Args:
        again: retry networks for which an earlier attempt failed.
    """
    from chorus_recon.io import fetch
    from chorus_recon.io.weights import OPTIONAL_WEIGHTS

    for state in fetch.status(OPTIONAL_WEIGHTS):
        if state.state == "ready" or fetch.is_offline():
            continue
        tried = fetch.unavailable(state.file.name) is not None
        with download_progress() as progress:
            path = fetch.ensure_optional(state.file.name, progress, again=again)
        if path is None and (again or not tried):
            say(f"{state.file.name} could not be fetched; results are a little less accurate without it.")


class _Ended(KeyboardInterrupt):
    """The system asked the process to end (a signal of `_ENDING`)."""


@contextmanager
def resumable(how: str) -> Iterator[None]:
    """On Ctrl-C inside the block, print `how` to resume and exit with code 130.

    What else asks a process to end (a shutdown, a scheduler, a closed terminal) does the same, with code 143.
    """
    before = _listen()
    try:
        yield
    except KeyboardInterrupt as error:
        click.echo(f"\nStopped. {how}", err=True)
        raise click.exceptions.Exit(143 if isinstance(error, _Ended) else 130) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen() -> dict[int, Any]:
    """Let signals that end the process raise `_Ended`; returns what they did. Ignored ones stay ignored."""
    if threading.current_thread() is not threading.main_thread():
        return {}

    def end(number: int, frame: object) -> None:
        raise _Ended

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    return {n: signal.signal(n, end) for n in numbers if signal.getsignal(n) is signal.SIG_DFL}


@contextmanager
def download_progress() -> "Iterator[Progress | None]":
    """A progress bar per file if stderr is a terminal, else None."""
    if not sys.stderr.isatty() or verbosity() < 0:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done)

        yield show


def _set_quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        _set(context, -1)


def _set_verbose(context: click.Context, _: click.Parameter, value: int) -> None:
    if value:
        _set(context, value)
    elif _VERBOSITY not in context.find_root().meta:
        _set(context, 0)


def _set(context: click.Context, level: int) -> None:
    context.find_root().meta[_VERBOSITY] = level
    names = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr, force=True)
    logging.getLogger("chorus_recon").setLevel(names.get(level, logging.DEBUG))
