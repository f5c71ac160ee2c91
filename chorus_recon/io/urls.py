"""Read and write files at URLs of any kind that fsspec knows; what is read is brought to this machine first.

URLs may hold passwords and keys: `shown` is what may be told of them.
"""

import importlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from chorus_recon.errors import ChorusError, InputError, MissingBackend, OutputError
from chorus_recon.io.decoding import MAX_BYTES
from chorus_recon.io.photo_folders import MASK_ENDINGS, PHOTO_SUFFIXES

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # one letter before the colon is a drive of Windows
_SECRET = re.compile(r"(?<=://)[^/@\s'\"]*@|\?[^\s'\"]*")
_FOLDER_MARK = "reconstruction.json"  # a folder with it holds results


def is_url(place: str) -> bool:
    """Whether a word names a place by its URL."""
    return _URL.match(place) is not None


def local_or_url(place: str) -> Path | str:
    """A path, also for file:// URLs; other URLs as they are."""
    if place.lower().startswith("file://"):
        return Path(url2pathname(urlsplit(place).path))
    return place if is_url(place) else Path(place)


def shown(url: str) -> str:
    """The URL without user, password and query, for messages and records."""
    return _SECRET.sub("", url)


def path_of(url: str) -> Path:
    """A relative path that stands for a URL where results are named: its host and path."""
    parts = urlsplit(shown(url))
    names = [unquote(name) for name in (parts.netloc, *PurePosixPath(parts.path).parts) if name != "/"]
    return Path(*[name for name in names if name not in ("", ".", "..")] or ["photo"])


def joined(url: str, name: str) -> str:
    """The URL of a file below the folder of a URL."""
    return f"{url.rstrip('/')}/{name}"


@contextmanager
def at_hand(url: str) -> Iterator[Path]:
    """A copy of a file on this machine, which is removed afterwards.

    Raises:
        InputError: it cannot be read.
        MissingBackend: a library for URLs of this kind is not installed.
    """
    files, path = _open(url)
    with tempfile.TemporaryDirectory(prefix="chorus-recon-") as folder:
        copy = Path(folder) / (path_of(url).name or "photo")
        with _explained(url, InputError, "read"), files.open(path, "rb") as source, copy.open("wb") as target:
            left = MAX_BYTES
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise InputError(f"{shown(url)}: is much too large for a photo.", "Check the URL.")
                target.write(block)
        yield copy


def photos_at(url: str, *, recursive: bool = True) -> list[str] | None:
    """The photos in a folder, in order; None if the URL names a file.

    Hidden files, masks and folders of results are left out as `find_photos` does.

    Raises:
        InputError: it cannot be read.
        MissingBackend: a library for URLs of this kind is not installed.
    """
    if PurePosixPath(urlsplit(url).path).suffix.lower() in PHOTO_SUFFIXES:
        return None
    files, root = _open(url)
    with _explained(url, InputError, "read"):
        if not files.isdir(root):
            return None
        found = [str(path) for path in files.find(root, maxdepth=None if recursive else 1)]
    below = str(root).rstrip("/") + "/"
    names = sorted(path.removeprefix(below) for path in found if path.startswith(below))
    names = [name for name in names if ".." not in PurePosixPath(name).parts]
    results = {str(PurePosixPath(name).parent) for name in names if name.rpartition("/")[2] == _FOLDER_MARK}
    return [joined(url, name) for name in names if _is_photo(PurePosixPath(name), results)]


def names_at(url: str) -> set[str]:
    """The files below a folder; none if it does not exist. Names that lead out of it are left out.

    Raises:
        OutputError: it cannot be listed.
        MissingBackend: a library for URLs of this kind is not installed.
    """
    files, root = _open(url)
    below = str(root).rstrip("/") + "/"
    with _explained(url, OutputError, "listed"):
        files.invalidate_cache()
        found = [str(path) for path in files.find(root)] if files.exists(root) else []
    names = {path.removeprefix(below) for path in found if path.startswith(below)}
    return {name for name in names if ".." not in PurePosixPath(name).parts}


def get(url: str, path: Path) -> None:
    """Copy a file from a URL to this machine.

    Raises:
        OutputError: it cannot be copied.
    """
    files, source = _open(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _explained(url, OutputError, "read"):
        files.get_file(source, str(path))


def put(path: Path, url: str) -> None:
    """Copy a file of this machine to a URL.

    Raises:
        OutputError: it cannot be written.
    """
    files, target = _open(url)
    with _explained(url, OutputError, "written"):
        files.makedirs(target.rpartition("/")[0], exist_ok=True)
        files.put_file(str(path), target)


def remove(url: str) -> None:
    """Remove a file at a URL.

    Raises:
        OutputError: it cannot be removed.
    """
    files, path = _open(url)
    with _explained(url, OutputError, "removed"):
        files.rm_file(path)


def _is_photo(name: PurePosixPath, results: set[str]) -> bool:
    return (
        name.suffix.lower() in PHOTO_SUFFIXES
        and not name.name.lower().endswith(MASK_ENDINGS)
        and not any(part.startswith(".") for part in name.parts)
        and not any(str(parent) in results for parent in name.parents)
    )


@contextmanager
def _explained(url: str, kind: type[ChorusError], done: str) -> Iterator[None]:
    try:
        yield
    except ChorusError:
        raise
    except Exception as error:  # noqa: BLE001  (each kind of URL raises errors of its own)
        said = " ".join(_SECRET.sub("", str(error)).split()) or type(error).__name__
        hint = "Check the URL, the network and your permission there."
        raise kind(f"{shown(url)}: cannot be {done} ({said}).", hint) from None  # it may tell the secrets


def _open(url: str) -> tuple[Any, str]:
    try:
        core: Any = importlib.import_module("fsspec.core")
        files, path = core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        said = " ".join(_SECRET.sub("", str(error)).split())
        raise MissingBackend(
            f"{shown(url)}: {said}.",
            "For http and https: pip install 'chorus-recon[urls]'. For others, install the library it names.",
        ) from None
    return files, str(path)
