"""Reconstruct many photos in Python with models that are loaded once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from chorus_recon.backends.registry import Backends, load
from chorus_recon.io.decoding import PictureSource
from chorus_recon.io.photo_folders import find_photos
from chorus_recon.pipeline.attempts import Failure, attempt
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.types import Photo, Reconstruction


class Attempt(NamedTuple):
    """What became of one photo: a result, or the reason why there is none."""

    photo: PictureSource | Photo
    result: Reconstruction | None
    failure: Failure | None


class Reconstructor:
    """Keeps the models for many photos.

    Args:
        config: choices for every photo.
        device: where networks run ("cpu", "cuda"); replaces that of `config`.
        backends: slot -> "name" or "name:argument" as with --backend, or models made by `registry.load`.

    Raises:
        MissingBackend: a slot or name is unknown, or its library is not installed.
    """

    def __init__(
        self,
        config: ReconstructConfig | None = None,
        *,
        device: str | None = None,
        backends: Mapping[str, str] | Backends | None = None,
    ) -> None:
        config = config or ReconstructConfig()
        self.config = config if device is None else replace(config, device=device)
        self.backends = backends if isinstance(backends, Backends) else load(backends, self.config.device)

    def __repr__(self) -> str:
        """One line: the models by slot."""
        made = self.backends
        names = f"segmenter={made.segmenter.name}, human={made.human.name}, body={made.body.id}"
        return f"Reconstructor({names}, device={self.config.device!r})"

    def __call__(self, photo: PictureSource | Photo, *, category: str | None = None) -> Reconstruction:
        """Reconstruct one photo; arguments and errors are those of `reconstruct`."""
        return reconstruct(photo, self.config, self.backends, category=category)

    def run(
        self, photos: str | Path | Iterable[PictureSource | Photo], *, category: str | None = None
    ) -> Iterator[Attempt]:
        """Reconstruct photos one by one; one that fails does not stop the others.

        Args:
            photos: a folder (searched recursively), a file, or photos as `reconstruct` takes them, with
                folders among them.
            category: what the object is in all of them; found in each photo when None.

        Yields:
            An `Attempt` per photo, in order: (photo, result, failure), of which one is None.

        Raises:
            OutputError: the disk is full.
        """
        for photo in _each(photos):
            found = attempt(lambda photo=photo: self(photo, category=category))
            failed = isinstance(found, Failure)
            yield Attempt(photo, None if failed else found, found if failed else None)


def _each(photos: str | Path | Iterable[PictureSource | Photo]) -> Iterator[PictureSource | Photo]:
    for photo in [photos] if isinstance(photos, str | Path) else photos:
        if isinstance(photo, str | Path):
            yield from find_photos([photo])
        else:
            yield photo
