"""Read and write the files of a build's folder, local or in a bucket; pictures are webdataset tar shards.

All access to a build's folder goes through `Storage`, which takes any fsspec URL (a plain path, s3://, gs://,
memory:// ...).
"""

import contextlib
import io
import json
import os
import tarfile
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem
from PIL import Image

from chorus_recon.errors import MissingBackend, OutputError, PriorError, make_room
from chorus_recon.priors.jobs.records import Record
from chorus_recon.types import Photo

JPEG_QUALITY = 92
_PART = ".part"
_PROBE = ".writable"


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder by its URL. Files are written atomically, so a file that exists is complete."""

    url: str

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the same files."""
        return not self.url.startswith("memory:")

    def absolute(self) -> "Storage":
        """The same folder by an absolute path, valid in processes with another working directory."""
        files, root = self._open()
        return Storage(root) if isinstance(files, LocalFileSystem) else self

    def check_writable(self) -> None:
        """Check, before any work, that files can be written here. No folder is created.

        Raises:
            OutputError: a file is in the way, or there is no permission.
        """
        files, root = self._open()
        if not isinstance(files, LocalFileSystem):
            self.write(_PROBE, b"")
            self.remove(_PROBE)
            return
        existing = next(path for path in (Path(root), *Path(root).parents) if path.exists())
        if not existing.is_dir():
            raise OutputError(f"{existing}: is a file, not a folder.", "Choose another folder with -o.")
        try:
            with tempfile.TemporaryFile(dir=existing):
                pass
        except OSError as error:
            raise OutputError(
                f"{self.url}: cannot be written to ({error.strerror or type(error).__name__}).",
                f"{make_room(error)} or choose another folder with -o.",
            ) from error

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises:
            PriorError: the file does not exist or cannot be read.
        """
        files, root = self._open()
        try:
            return bytes(files.cat_file(f"{root}/{name}"))  # pyright: ignore[reportArgumentType]
        except OSError as error:
            raise PriorError(
                f"{self.path(name)}: cannot be read ({error.strerror or error}).", "Is this a build's folder?"
            ) from error

    def write(self, name: str, data: bytes) -> None:
        """Write a file atomically: it gets its name when all of it is written."""
        with self.writing(name) as file:
            file.write(data)

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Open a file to write atomically: after a crash, either the old or the new file is there.

        Raises:
            OutputError: the file cannot be written.
        """
        files, root = self._open()
        path = f"{root}/{name}"
        here = isinstance(files, LocalFileSystem)
        beside = Path(path).parent if here else Path(tempfile.gettempdir())
        part = beside / f".{uuid.uuid4().hex}{_PART}"
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if here:
                part.replace(path)
            else:  # object stores show a file only once its upload is complete
                files.put_file(str(part), path)
        except OSError as error:
            raise OutputError(
                f"{self.path(name)}: cannot be written ({error.strerror or type(error).__name__}).",
                f"{make_room(error)} or choose another folder with -o; the same command resumes from here.",
            ) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink()

    def names(self, under: str, suffix: str) -> set[str]:
        """Names (without the suffix) of the files of a subfolder, from a single listing."""
        files, root = self._open()
        try:
            found = files.ls(f"{root}/{under}", detail=False, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return set()
        last = (str(path).rstrip("/").rpartition("/")[2] for path in found)
        return {name.removesuffix(suffix) for name in last if name.endswith(suffix)}

    def has(self, name: str) -> bool:
        """Whether a file exists."""
        files, root = self._open()
        return files.exists(f"{root}/{name}")

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        files, root = self._open()
        with contextlib.suppress(FileNotFoundError):
            files.rm_file(f"{root}/{name}")

    def path(self, name: str) -> str:
        """The path or URL of a file, for messages."""
        return f"{self.url.rstrip('/')}/{name}"

    def _open(self) -> tuple[fsspec.AbstractFileSystem, str]:
        try:
            files, root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            hint = "Install the library it names, or use a path."
            raise MissingBackend(f"{self.url}: {error}.", hint) from error
        return files, str(root).rstrip("/")


def pack(pictures: Iterable[tuple[Record, Photo | None]]) -> bytes:
    """Pack pictures into a tar in webdataset's layout: NNNNNNNN.jpg and NNNNNNNN.json per picture.

    The same pictures give the same bytes.
    """
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for record, photo in pictures:
            if photo is not None:
                _add(tar, f"{record.image_id}.jpg", _jpeg(photo))
            text = json.dumps(_facts(record), sort_keys=True, separators=(",", ":"))
            _add(tar, f"{record.image_id}.json", text.encode())
    return held.getvalue()


def pictures(data: bytes, where: str = "A shard") -> Iterator[tuple[str, bytes]]:
    """Read (image id, JPEG bytes) of a shard, in order; `where` names it in errors.

    Raises:
        PriorError: the shard is damaged.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for member in tar:
                stem, _, suffix = member.name.partition(".")
                file = tar.extractfile(member) if suffix == "jpg" else None
                if file is not None:
                    yield stem, file.read()
    except tarfile.TarError as error:
        hint = "Remove it and its parquet, and run the build again."
        raise PriorError(f"{where}: cannot be read ({error}).", hint) from error


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)  # owner, group and time stay 0, so that the bytes are reproducible
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _jpeg(photo: Photo) -> bytes:
    held = io.BytesIO()
    Image.fromarray(photo.rgb.numpy()).save(held, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return held.getvalue()


def _facts(record: Record) -> dict[str, object]:
    shot = record.shot
    return {
        "prompt": shot.text,
        "avoid": shot.avoid,
        "seed": shot.seed,
        "generator": record.generator,
        "kept": record.seen is not None,
        "weight": record.weight,
        "reason": record.reason.value if record.reason else None,
        "detail": record.detail,
    }
