"""The overview as tables: results.csv for spreadsheets, results.parquet for programs."""

import csv
import importlib
import importlib.util
import io
import re
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from chorus_recon.errors import MissingBackend
from chorus_recon.pipeline.gallery.rows import COLUMNS, Row

CSV, PARQUET = "results.csv", "results.parquet"
_FORMAT = b"chorus-recon-results"
_VERSION = b"1"  # of the columns; files before it say none
_DIGITS = 7  # of a float32
_HEAD = b"path,status,category,"  # as every version begins
_FORMULA = re.compile(r"[=+\-@\t\r]")  # what spreadsheets take for the start of a formula


def has_arrow() -> bool:
    """Whether the library that writes parquet files is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """UTF-8 with a header. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in astuple(row)] for row in rows)
    return held.getvalue().encode("utf-8", "backslashreplace")  # names of files may be no text


def is_own_csv(head: bytes) -> bool:
    """Whether a file that begins so was written by `csv_bytes`."""
    return head.startswith(_HEAD)


def parquet_bytes(rows: Sequence[Row]) -> bytes:
    """The same columns as strings and doubles, null where a value does not apply.

    Raises:
        MissingBackend: pyarrow is not installed.
    """
    try:
        arrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingBackend(
            "results.parquet needs pyarrow.", "Run: pip install 'chorus-recon[priors]'"
        ) from error
    kinds = {"text": arrow.string(), "number": arrow.float64()}
    facts = {"format": _FORMAT, "version": _VERSION}
    schema = arrow.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()], facts)
    columns = [
        arrow.array([_plain(getattr(row, name)) for row in rows], kinds[kind])
        for name, kind in COLUMNS.items()
    ]
    held = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(columns, schema=schema), held, compression="zstd")
    return held.getvalue()


def is_own_parquet(tail: bytes) -> bool:
    """Whether a file that ends so was written by `parquet_bytes`."""
    return _FORMAT in tail


def _cell(value: str | float | None) -> str | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return float(f"{value:.{_DIGITS}g}")


def _plain(value: str | float | None) -> str | float | None:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
