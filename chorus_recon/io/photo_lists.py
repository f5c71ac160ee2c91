"""Read lists of photos: text files, and columns of CSV and parquet tables."""

import csv
import importlib
from pathlib import Path
from typing import Any

from chorus_recon.errors import InputError, MissingBackend

SUFFIXES = frozenset({".txt", ".csv", ".parquet"})
COLUMNS = ("path", "photo", "file", "image", "url")  # of a table, the first that it has; else its first


def is_list(path: Path) -> bool:
    """Whether a word on the command line names a list of photos: @FILE, or a file of a known kind."""
    return str(path).startswith("@") or (path.suffix.lower() in SUFFIXES and not path.is_dir())


def read_list(file: Path) -> list[Path]:
    """The paths in a list, in order. Those that are relative are relative to the list's folder.

    A text file has one path a line; empty lines and those that begin with # are left out.

    Raises:
        InputError: the file cannot be read, or names no photo.
        MissingBackend: pyarrow is needed and not installed.
    """
    try:
        names = _names(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: this list cannot be read ({error}).", "Check the file.") from error
    if not names:
        raise InputError(
            f"{file}: names no photo.", "Write one path a line, or a table with a column `path`."
        )
    return [file.parent / name for name in names]


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
