"""Priors that are built when they are first needed, and kept in the user's cache by all that decides them.

One that was not used for a month is removed when another is built.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chorus_recon.categories import nouns, unknown
from chorus_recon.categories.own import Own
from chorus_recon.errors import OutputError, PriorError, make_room
from chorus_recon.io import category_names
from chorus_recon.io.cache.unused import clear_unused, lock_of, mark_used
from chorus_recon.io.fetch import cache_dir
from chorus_recon.io.prior_files import SUFFIX, VERSION, bundled, facts, locate, save_prior
from chorus_recon.priors.scenes import rendered
from chorus_recon.priors.scenes.rendered import BuildConfig, Progress
from chorus_recon.priors.scenes.subject import Subject, fingerprint, subject_of
from chorus_recon.version import __version__

_OURS = re.compile(rf".+-[0-9a-f]{{16}}{re.escape(SUFFIX)}")

Begun = Callable[["Kept", str], Progress]  # (what is built, the noun it is described like or "")


@dataclass(frozen=True, slots=True)
class Kept:
    """The place of a noun's prior in the cache, and what it is of; the file need not exist."""

    path: Path
    subject: Subject

    @property
    def ready(self) -> bool:
        """Whether the prior was built before, and this release reads it."""
        try:
            return self.path.is_file() and bool(facts(self.path))
        except PriorError:
            return False


def folder() -> Path:
    """The folder of the cached priors."""
    return cache_dir() / "priors"


def place(noun: str, said: Own | None = None, config: BuildConfig | None = None) -> Kept:
    """Where the prior of a noun is kept. Its name has a fingerprint of subject, settings and release.

    Raises:
        PriorError: nothing is known of the noun.
    """
    subject = subject_of(noun, said)
    settings = asdict(config or BuildConfig()) | {"chorus_recon": __version__, "format": VERSION}
    # `_OURS` tells these names from others
    name = f"{subject.category.name}-{fingerprint(subject, settings)}{SUFFIX}"
    return Kept(folder() / name, subject)


def file_of(noun: str, begun: Begun, said: Own | None = None) -> Path | None:
    """The file of a noun's prior, built on first use; None if the noun is bundled or is itself a file.

    Args:
        noun: as the user gives it.
        begun: called before a build, which may take minutes; what it returns is told of each interaction.
        said: what the user says of the thing, which goes before a bundled prior and the table.

    Raises:
        PriorError: nothing is known of the noun.
        InputError: the user's mesh cannot be used.
        OutputError: the cache cannot be written.
    """
    if said is not None and not said.empty:
        kept = place(noun, said)
        mark_used(kept.path)
        if not kept.ready:
            build(kept, progress=begun(kept, said.like or ""))
        return kept.path
    if "/" in noun or noun.endswith(SUFFIX) or category_names.resolve(noun) in bundled():
        return None
    known = nouns.known(noun)
    if known is None:
        raise PriorError(f"There is no prior for {noun!r}, and nothing is known of it.", unknown.advice(noun))
    if known.name in bundled():  # by a synonym
        return locate(known.name)
    kept = place(noun)
    mark_used(kept.path)
    if not kept.ready:
        like = "" if nouns.word(noun) == known.name else category_names.words(known.name)
        build(kept, progress=begun(kept, like))
    return kept.path


def build(kept: Kept, config: BuildConfig | None = None, progress: Progress | None = None) -> Path:
    """Build a prior that is not in the cache yet, and keep it. Safe across processes.

    Raises:
        OutputError: the cache cannot be written; found out before the work begins.
        PriorError: no scene could be made.
    """
    _check_writable(kept.path.parent)
    with lock_of(kept.path):
        if not kept.ready:  # another process may have built it meanwhile
            save_prior(kept.path, rendered.build(kept.subject, config, progress=progress))
    clear_unused(path for path in folder().glob(f"*{SUFFIX}") if _OURS.fullmatch(path.name))
    return kept.path


def cached() -> Iterator[dict[str, Any]]:
    """The headers of the priors in the cache that this release reads, by name, each with its file."""
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        try:
            yield facts(path) | {"file": str(path)}
        except PriorError:  # of another release, or damaged: it is built again when it is needed
            continue


def _check_writable(where: Path) -> None:
    probe = where / f".{os.getpid()}.probe"
    try:
        where.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{where}: the prior cannot be kept there ({error.strerror}).",
            f"{make_room(error)}, or set CHORUS_CACHE to another folder, or run "
            "`chorus-recon prior build NOUN` and pass its file with --prior.",
        ) from error
