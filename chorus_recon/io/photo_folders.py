"""Find the photos in folders, and mark the pictures that the package draws, which are no photos."""

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image, PngImagePlugin

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif", ".heic", ".heif"}
)
MASK_ENDINGS = (".person_mask.png", ".object_mask.png")
_RESULT = "reconstruction.json"  # a folder with it holds results
_PNG = b"\x89PNG\r\n\x1a\n"
_MARK = b"Software\0chorus-recon"  # a PNG text chunk: keyword, zero, text
_MARK_WITHIN = 4096  # bytes from the start of the file

_LOG = logging.getLogger(__name__)


def find_photos(paths: Iterable[str | Path], *, recursive: bool = True) -> list[Path]:
    """List the photos named by files and folders, in order, once each.

    Folders are searched in sorted order, and with `recursive` the folders in them. Links to folders are
    followed, but not to a folder that is searched anyway. Hidden entries, mask files, folders of earlier
    results (those with a reconstruction.json) and pictures that this package drew are skipped. Files named
    directly are kept.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            found |= dict.fromkeys(sorted(_inside(path, recursive)))
        else:
            found[path] = None
    return list(found)


def save_drawn(image: Image.Image, path: Path) -> None:
    """Save a picture that the package drew; as PNG it is marked, so that `find_photos` skips it."""
    if path.suffix.lower() == ".png":
        keyword, text = _MARK.decode().split("\0")
        info = PngImagePlugin.PngInfo()
        info.add_text(keyword, text)
        image.save(path, pnginfo=info, compress_level=4)  # as small as 6, in two thirds of the time
    else:
        image.save(path)


def _inside(root: Path, recursive: bool) -> Iterator[Path]:
    """The photos below a folder. Folders themselves come before links to folders."""
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        links: list[Path] = []
        for folder, names, files in os.walk(waiting.pop(0), onerror=_say_unreadable):
            here = Path(folder)
            real = os.path.realpath(folder)
            if real in seen:
                names.clear()
                continue
            seen.add(real)
            names[:] = [name for name in names if recursive and not name.startswith(".")]
            links += [here / name for name in names if (here / name).is_symlink()]
            if _RESULT not in files:
                yield from (here / name for name in files if _is_photo(here / name))
        around = [os.path.realpath(folder) for folder in (root, *root.absolute().parents)]
        waiting += [link for link in sorted(links) if os.path.realpath(link) not in (*seen, *around)]


def _is_photo(path: Path) -> bool:
    name = path.name.lower()
    return (
        not name.startswith(".")
        and path.suffix.lower() in PHOTO_SUFFIXES
        and not name.endswith(MASK_ENDINGS)
        and path.is_file()
        and not _is_drawn(path)
    )


def _is_drawn(path: Path) -> bool:
    if path.suffix.lower() != ".png":
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(_MARK_WITHIN)
    except OSError:  # reading the photo will say why
        return False
    return head.startswith(_PNG) and _MARK in head


def _say_unreadable(error: OSError) -> None:
    _LOG.warning("%s: this folder cannot be read (%s); it is left out", error.filename, error.strerror)
