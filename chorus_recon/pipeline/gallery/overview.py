"""Collect the results below a folder, and write index.html, results.csv and results.parquet there."""

import json
import logging
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chorus_recon.errors import MissingBackend
from chorus_recon.io.urls import is_url
from chorus_recon.io.writing import replace_file
from chorus_recon.pipeline import batch, failures
from chorus_recon.pipeline.gallery import page, rows, tables, thumbnails
from chorus_recon.pipeline.gallery.page import Entry

EVERY_S = 15.0  # the least time between two updates during a run
_SHARE = 0.05  # of a run that updates may take
_PEEK = 8192  # bytes at the start or end of a file that tell whose it is

log = logging.getLogger(__name__)


class Overview:
    """The overview of one folder. It remembers what it has read, so that an update reads what is new.

    What an earlier run has read is taken from its page. Files of the same names that are not by this
    package are left as they are.

    Attributes:
        root: the folder.
        incomplete: why results.parquet is not written; None if it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incomplete: MissingBackend | None = None
        self._known = {entry.stamp: entry for entry in _of_earlier_run(root / page.NAME)}
        self._due = 0.0
        self._foreign: set[Path] = set()

    @property
    def page(self) -> Path:
        """Where the page is."""
        return self.root / page.NAME

    def update(self, remaining: int) -> None:
        """Write everything again, unless that was done a short while ago.

        Args:
            remaining: photos of the run that are still to be done.

        Raises:
            OSError: a file cannot be written.
        """
        begun = time.monotonic()
        if begun < self._due:
            return
        self.write(remaining, running=True)
        self._due = begun + max(EVERY_S, (time.monotonic() - begun) / _SHARE)

    def write(self, remaining: int = 0, *, running: bool = False) -> int:
        """Read what has changed, and write the page and the tables, each all at once.

        Args:
            remaining: photos of the run that are not done.
            running: whether they are being done now.

        Returns:
            How many photos there are.

        Raises:
            OSError: a file cannot be written.
        """
        entries = sorted(self._found(), key=lambda entry: _natural(entry.row.path))
        self._known = {entry.stamp: entry for entry in entries}
        said = [entry.row for entry in entries]
        text = page.html_of(self.root, entries, remaining, running)
        self._replace(page.NAME, text.encode("utf-8", "replace"))  # names of files may be no text
        self._replace(tables.CSV, tables.csv_bytes(said))
        if self.incomplete is None:
            try:
                self._replace(tables.PARQUET, tables.parquet_bytes(said))
            except MissingBackend as error:
                self.incomplete = error
        return len(entries)

    def _found(self) -> Iterator[Entry]:
        """An entry a photo: its failure if the last attempt failed, else its newest result."""
        newest: dict[str, tuple[int, Entry]] = {}
        for folder in _result_folders(self.root):
            found = self._result(folder)
            if found is None:
                continue
            row = found[1].row
            placed = is_url(row.path) or Path(row.path).is_absolute()
            photo = row.path if placed else row.folder  # photos in memory have no path
            if photo not in newest or newest[photo][0] < found[0]:
                newest[photo] = found
        for failure in failures.read(self.root):
            _, earlier = newest.pop(_absolute(failure["path"]), (0, None))
            yield self._failure(failure, earlier.row.folder if earlier else "")
        yield from (entry for _, entry in newest.values())

    def _result(self, folder: Path) -> tuple[int, Entry] | None:
        """When a result was made (ns), and its entry; None if it cannot be read."""
        file = folder / batch.FINISHED
        name = folder.relative_to(self.root).as_posix()
        try:
            status = file.stat()
            stamp = f"result {name} {status.st_mtime_ns} {status.st_size}"
            if stamp in self._known:
                return status.st_mtime_ns, self._known[stamp]
            record = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        row = rows.of_result(record, name)
        if row is None:
            return None
        return status.st_mtime_ns, Entry(row, thumbnails.of_result(folder, record), stamp)

    def _failure(self, failure: dict[str, Any], folder: str) -> Entry:
        name = _absolute(failure["path"])
        row, photo = rows.of_failure({**failure, "path": name}, folder), Path(name)
        try:
            status = photo.stat()
        except (OSError, ValueError):
            return Entry(row, "", f"missing {name}")
        stamp = f"photo {photo} {status.st_mtime_ns} {status.st_size}"
        known = self._known.get(stamp)
        return Entry(row, known.thumbnail if known else thumbnails.of_photo(photo), stamp)

    def _replace(self, name: str, content: bytes) -> None:
        """Write a file, unless one is there that is not ours."""
        path = self.root / name
        if path in self._foreign:
            return
        if path.exists() and not _is_own(path):
            self._foreign.add(path)
            log.warning("%s is not by chorus-recon and is left as it is", path)
            return
        replace_file(path, content)


def has_results(root: Path) -> bool:
    """Whether there are results or failures below a folder."""
    return (root / failures.NAME).is_file() or next(_result_folders(root), None) is not None


def _result_folders(root: Path) -> Iterator[Path]:
    """The folders below a folder that hold a whole result. Links to folders are not followed."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if batch.FINISHED in files and Path(folder) != root:
            yield Path(folder)


def _of_earlier_run(path: Path) -> list[Entry]:
    try:
        return page.entries_of(path.read_text(encoding="utf-8")) if _is_own(path) else []
    except (OSError, ValueError):
        return []


def _is_own(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_PEEK)
        file.seek(max(0, path.stat().st_size - _PEEK))
        tail = file.read(_PEEK)
    if path.name == page.NAME:
        return page.MARK.encode() in head
    return tables.is_own_csv(head) if path.name == tables.CSV else tables.is_own_parquet(tail)


def _absolute(photo: str) -> str:
    return photo if is_url(photo) else str(Path(photo).absolute())


def _natural(path: str) -> list[tuple[int, str]]:
    """Sorts photo 9 before photo 10."""
    parts = re.split(r"(\d+)", path.casefold())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
