"""Results at a URL: they are made in a folder of this machine, copied there one by one, and then let go."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from chorus_recon.io import urls
from chorus_recon.io.claims import claim
from chorus_recon.pipeline.output.save import RECORD_NAME

PICTURE = "overlay.png"  # what the overview needs of a result besides its record


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder of results at a URL, and the folder of this machine that stands for it.

    Attributes:
        url: where the results go; it may hold secrets.
        folder: here. Of results that were copied it keeps the record, which says what is finished.
        beside: names of the files beside the results.
    """

    url: str = field(repr=False)
    folder: Path
    beside: tuple[str, ...]

    def pull(self) -> None:
        """Bring records and the files beside them here, and copy what an earlier run could not.

        Raises:
            OutputError: the place cannot be read or written.
        """
        with claim(self.folder / ".remote", wait=True):
            there = urls.names_at(self.url)
            for record in sorted(self.folder.rglob(RECORD_NAME)):
                name = record.relative_to(self.folder).as_posix()
                if name not in there:
                    whole = (record.parent / PICTURE).is_file()
                    _ = self.push(record.parent) if whole else shutil.rmtree(record.parent)
            for name in there:
                if name in self.beside or name.endswith(f"/{RECORD_NAME}"):
                    self._get(name)

    def check_writable(self) -> None:
        """Check, before the work, that files can be written there.

        Raises:
            OutputError: they cannot.
        """
        probe = self.folder / ".writable"
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        urls.put(probe, urls.joined(self.url, probe.name))
        urls.remove(urls.joined(self.url, probe.name))
        probe.unlink(missing_ok=True)

    def push(self, directory: Path) -> None:
        """Copy a result there. Its record goes last: what has one is whole.

        Raises:
            OutputError: it cannot be written.
        """
        paths = [path for path in sorted(directory.rglob("*")) if path.is_file()]
        for path in sorted(paths, key=lambda path: path == directory / RECORD_NAME):
            self._put(path)

    def push_beside(self) -> None:
        """Copy the files beside the results there; remove those that are gone here.

        Raises:
            OutputError: they cannot be written.
        """
        for name in self.beside:
            if (self.folder / name).is_file():
                self._put(self.folder / name)
        there = urls.names_at(self.url)
        for name in self.beside:
            if name in there and not (self.folder / name).is_file():
                urls.remove(urls.joined(self.url, name))

    def bring(self, directory: Path) -> None:
        """Bring what the overview needs of a result that was made on another machine.

        Raises:
            OutputError: it cannot be read.
        """
        if not (directory / RECORD_NAME).is_file():
            for name in (PICTURE, RECORD_NAME):
                self._get((directory / name).relative_to(self.folder).as_posix())

    def let_go(self, directory: Path) -> None:
        """Remove a result from this machine, but for its record."""
        for path in directory.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != RECORD_NAME:
                path.unlink(missing_ok=True)

    def shown(self, path: Path) -> str:
        """The URL of a file or folder, without secrets."""
        below = path.relative_to(self.folder).as_posix()
        return urls.joined(urls.shown(self.url), below).removesuffix("/.")

    def _put(self, path: Path) -> None:
        urls.put(path, urls.joined(self.url, path.relative_to(self.folder).as_posix()))

    def _get(self, name: str) -> None:
        urls.get(urls.joined(self.url, name), self.folder / name)
