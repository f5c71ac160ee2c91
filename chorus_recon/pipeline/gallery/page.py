"""The overview as one self-contained page; the page also keeps what the next run need not read again."""

import html
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote_from_bytes

from chorus_recon.io import html_page
from chorus_recon.pipeline.gallery import tables, thumbnails
from chorus_recon.pipeline.gallery.rows import COLUMNS, Row
from chorus_recon.version import __version__

NAME = "index.html"
MARK = '<meta name="generator" content="chorus-recon overview">'
# Of a page with another format, rows and thumbnails are computed again.
_FORMAT = " ".join([__version__, *COLUMNS])
_BEGIN, _END = '<script type="application/json" id="items">', "</script>"


@dataclass(frozen=True, slots=True)
class Entry:
    """A photo in the overview.

    Attributes:
        row: what is said of it.
        thumbnail: a data URL, or empty.
        stamp: changes with the files that row and thumbnail were made of.
    """

    row: Row
    thumbnail: str
    stamp: str


def html_of(root: Path, entries: Sequence[Entry], remaining: int, running: bool) -> str:
    """The page's text.

    Args:
        root: the folder of the overview.
        entries: what to show, in order.
        remaining: photos of the run that are not done.
        running: whether they are being done now.
    """
    items = [
        {
            **{key: value for key, value in asdict(entry.row).items() if value not in ("", None)},
            "name": Path(entry.row.path).name,
            "href": _address(entry.row.folder),
            "thumbnail": entry.thumbnail,
            "stamp": entry.stamp,
        }
        for entry in entries
    ]
    title = f"Results in {root.absolute().name or root.absolute()}"
    filled = {
        "mark": MARK,
        "title": html.escape(title),
        "subtitle": html.escape(f"{len(entries)} photo{'s' * (len(entries) != 1)}"),
        "state": html.escape(_state(remaining, running)),
        "tables": _tables(root),
        "items": html_page.embedded({"format": _FORMAT, "items": items}),
    }
    return html_page.fill("gallery.html", filled)


def entries_of(text: str) -> list[Entry]:
    """The entries of a page by this version; none of another's.

    Raises:
        ValueError: it is damaged.
    """
    held = json.loads(text.partition(_BEGIN)[2].partition(_END)[0])
    if not isinstance(held, dict) or held.get("format") != _FORMAT:
        return []
    entries = []
    for item in held["items"]:
        if not thumbnails.is_thumbnail(item["thumbnail"]):
            raise ValueError("not a thumbnail")
        row = Row(**{key: item[key] for key in COLUMNS if key in item})
        entries.append(Entry(row, item["thumbnail"], str(item["stamp"])))
    return entries


def _address(folder: str) -> str:
    """Where a result's report is, relative to the page; empty without a folder."""
    if not folder:
        return ""
    return f"./{quote_from_bytes(folder.encode('utf-8', 'surrogateescape'))}/report.html"


def _state(remaining: int, running: bool) -> str:
    written = f"Written on {datetime.now():%d %B %Y at %H:%M:%S}."
    if not remaining:
        return written
    photos = f"{remaining} photo{'s' * (remaining != 1)}"
    if running:
        return f"{written} {photos} to go: reload the page to see more."
    return f"{written} {photos} not done: run the same command again to go on."


def _tables(root: Path) -> str:
    """Links to the tables; the parquet file's only where there can be one."""
    names = [tables.CSV, *([tables.PARQUET] if tables.has_arrow() else [])]
    return " · ".join(f'<a href="./{name}" download>{name}</a>' for name in names)
