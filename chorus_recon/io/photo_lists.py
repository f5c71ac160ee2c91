"""Read lists of photos: text files, and columns of CSV and parquet tables."""

import csv
import importlib
from pathlib import Path
from typing import Any

from chorus_recon.errors import InputError, MissingBackend
from chorus_recon.io import urls

SUFFIXES = frozenset({".txt", ".csv", ".parquet"})
COLUMNS = ("path", "photo", "file", "image", "url")  # of a table, the first that it has; else its first


def is_list(word: str) -> bool:
    """Whether a word on the command line names a list of photos: @FILE, or a file of a known kind."""
    if word.startswith("@"):
        return True
    place = urls.local_or_url(word)
    if isinstance(place, str):
        return urls.path_of(place).suffix.lower() in SUFFIXES
    return place.suffix.lower() in SUFFIXES and not place.is_dir()


def read_list(word: str) -> list[Path | str]:
    """The paths and URLs in a list, in order. Those that are relative are relative to the list's folder.

    A text file has one path a line; empty lines and those that begin with # are left out.

    Raises:
        InputError: the file cannot be read, or names no photo.
        MissingBackend: pyarrow is needed and not installed, or a library for the URL.
    """
    place = urls.local_or_url(word.removeprefix("@"))
    if isinstance(place, str):
        with urls.at_hand(place) as copy:
            names = _checked_names(copy, urls.shown(place))
        folder = place.partition("?")[0].rpartition("/")[0]
        return [_of_list(name, urls.joined(folder, name)) for name in names]
    return [_of_list(name, place.parent / name) for name in _checked_names(place, str(place))]


def _of_list(name: str, relative: Path | str) -> Path | str:
    return urls.local_or_url(name) if urls.is_url(name) else relative


def _checked_names(file: Path, shown: str) -> list[str]:
    try:
        names = _names(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{shown}: this list cannot be read ({error}).", "Check the file.") from error
    if not names:
        raise InputError(
            f"{shown}: names no photo.", "Write one path a line, or a table with a column `path`."
        )
    return names


def _names(file: Path) -> list[str]:
    if file.suffix.lower() == ".parquet":
        return _parquet(file)
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() == ".csv":
        rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
        if not rows:
            return []
        header = [cell.strip().lower() for cell in rows[0]]
        named = [header.index(column) for column in COLUMNS if column in header]
        column, body = (named[0], rows[1:]) if named else (0, rows)
        return [row[column].strip() for row in body if len(row) > column and row[column].strip()]
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _parquet(file: Path) -> list[str]:
    try:
        arrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        hint = "Install it: pip install 'chorus-recon[priors]'"
        raise MissingBackend(f"{file}: reading parquet needs pyarrow.", hint) from error
    try:
        schema = parquet.read_schema(file)
        found = [name for column in COLUMNS for name in schema.names if name.lower() == column]
        column = found[0] if found else schema.names[0]
        values = parquet.read_table(file, columns=[column])[column].to_pylist()
    except (arrow.ArrowException, IndexError) as error:
        raise InputError(f"{file}: this table cannot be read ({error}).", "Check the file.") from error
    return [str(value) for value in values if value]
