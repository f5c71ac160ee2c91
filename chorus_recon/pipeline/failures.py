"""The file that lists the photos that failed, until they succeed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chorus_recon.io.claims import claim
from chorus_recon.io.writing import replace_file
from chorus_recon.pipeline.attempts import Failure, no_space
from chorus_recon.pipeline.config import differing

NAME = "failures.jsonl"
FORMAT = 1  # of a line; lines before it say none
LOST = "WorkerDied"
_OF_THE_PHOTO = ("NoPerson", "NoObject", "InputError", LOST)  # what another attempt would find again


def read(out: Path) -> list[dict[str, Any]]:
    """The photos that failed and have not succeeded since."""
    path = out / NAME
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:  # cut short by a crash of the machine
            continue
        if isinstance(row, dict) and "path" in row:
            rows.append(row)
    return rows


def lasting(row: Mapping[str, Any], sha256: str, options: Mapping[str, Any], version: str) -> bool:
    """Whether another attempt would fail alike: the same photo, options and version, for what it shows."""
    return (
        row.get("format", FORMAT) == FORMAT
        and row.get("error") in _OF_THE_PHOTO
        and row.get("sha256") == sha256
        and row.get("version") == version
        and isinstance(row.get("options"), dict)
        and not differing(options, row["options"])
    )


def change(out: Path, failed: Mapping[str, dict[str, Any]], succeeded: set[str]) -> None:
    """Add failures by the photo's path, and remove those of photos that have succeeded.

    Other runs into the same folder keep theirs.

    Raises:
        OutputError: the file cannot be written.
    """
    with claim(out / NAME, wait=True):
        before = read(out)
        rows = [row for row in before if row["path"] not in failed and row["path"] not in succeeded]
        rows += failed.values()
        if rows == before:
            return
        path = out / NAME
        try:
            if not rows:
                path.unlink(missing_ok=True)
                return
            out.mkdir(parents=True, exist_ok=True)
            replace_file(path, "".join(json.dumps(row) + "\n" for row in rows).encode())
        except OSError as error:
            raise no_space(error) from error


def row_of(
    photo: str, failure: Failure, sha256: str, options: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """The line of a photo that failed."""
    return {
        "format": FORMAT,
        "path": photo,
        "error": failure.error,
        "message": failure.message,
        "hint": failure.hint,
        "sha256": sha256,
        "options": dict(options),
        "version": version,
    }
