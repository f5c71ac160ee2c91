"""A folder of the user's own pictures as an image source: `photos:DIR`.

The n-th shot is the n-th picture in a fixed order; its prompt does not describe the picture.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chorus_recon.backends.capabilities import Capability
from chorus_recon.errors import InputError
from chorus_recon.io.images import load_photo, shown
from chorus_recon.io.photo_folders import find_photos
from chorus_recon.types import Prompt, Reason, Rejected, Shot, SynthImage


class PhotoFolder:
    """The pictures of a folder and its subfolders, each used once.

    Args:
        argument: the folder.
        order: paths of pictures relative to the folder, to use instead of all sorted by path. Pictures
            that no longer exist are rejected when they are read.

    Raises:
        InputError: the folder does not exist, or contains no picture.
    """

    name = "photos"
    capabilities = Capability.FIXED_PICTURES

    def __init__(self, argument: str = "", order: Sequence[str] = ()) -> None:
        self.folder = Path(argument).expanduser()
        if not argument or not self.folder.is_dir():
            raise InputError(
                f"The image source 'photos' needs a folder of pictures, not {argument!r}.", "Pass photos:DIR."
            )
        self.names = tuple(order) or tuple(self._found)
        if not self.names:
            raise InputError(f"{self.folder}: the folder has no pictures.", "Put JPEG or PNG files into it.")
        self.licences = {f"photos of {shown(self.folder.name)}": "your own pictures"}

    @functools.cached_property
    def _found(self) -> dict[str, Path]:
        """The existing pictures by name, sorted by path; names that are not UTF-8 are escaped."""
        return {shown(path.relative_to(self.folder).as_posix()): path for path in find_photos([self.folder])}

    def path(self, name: str) -> Path:
        """The path of a picture of `names`."""
        place = self.folder / name
        return self._found.get(name, place) if "\\" in name and not place.exists() else place

    def own(self, shot: Shot) -> Shot:
        """The shot with its picture's name in place of the prompt, which does not describe the picture."""
        if shot.index >= len(self.names):
            return shot
        words = Prompt(shot.prompt.category, self.names[shot.index], "", self.name)
        return replace(shot, prompt=words, view="", avoid="")

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """The picture at each shot's index."""
        for shot in shots:
            item = f"{shot.index:08d}"
            if shot.index >= len(self.names):
                yield Rejected(item, Reason.UNREADABLE, f"there are only {len(self.names)} pictures")
                continue
            name = self.names[shot.index]
            path = self.path(name)
            if not path.is_file():
                yield Rejected(item, Reason.UNREADABLE, f"{name} no longer exists")
                continue
            try:
                photo = load_photo(path)
            except InputError as error:
                yield Rejected(item, Reason.UNREADABLE, error.message.replace(str(path), name))
                continue
            yield SynthImage(self.own(shot), photo, self.name)
