"""A folder of the user's own pictures as an image source: `photos:DIR`.

The n-th shot is the n-th picture of an order; which prompt it was asked with says nothing about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chorus_recon.errors import InputError
from chorus_recon.io.images import find_photos, load_photo
from chorus_recon.types import Prompt, Reason, Rejected, Shot, SynthImage


class PhotoFolder:
    """Pictures of a folder and the folders in it, each given once.

    Args:
        argument: the folder.
        order: names of pictures below it, where they are not to be sorted by path; some may be gone.

    Raises:
        InputError: it is no folder, or holds no picture.
    """

    name = "photos"

    def __init__(self, argument: str = "", order: Sequence[str] = ()) -> None:
        self.folder = Path(argument).expanduser()
        if not argument or not self.folder.is_dir():
            raise InputError(
                f"The image source 'photos' needs a folder of pictures, not {argument!r}.", "Pass photos:DIR."
            )
        self.names = tuple(order) or tuple(
            path.relative_to(self.folder).as_posix() for path in find_photos([self.folder])
        )
        if not self.names:
            raise InputError(
                f"{self.folder}: no picture is in this folder.", "Put JPEG or PNG files into it."
            )
        self.licences = {f"photos of {self.folder.name}": "your own pictures"}

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """The picture at each shot's index, its name in place of the prompt: nobody posed for that."""
        for shot in shots:
            item = f"{shot.index:08d}"
            if shot.index >= len(self.names):
                yield Rejected(item, Reason.UNREADABLE, f"there are only {len(self.names)} pictures")
                continue
            name = self.names[shot.index]
            path = self.folder / name
            if not path.is_file():
                yield Rejected(item, Reason.UNREADABLE, f"{name} is no longer there")
                continue
            try:
                photo = load_photo(path)
            except InputError as error:
                yield Rejected(item, Reason.UNREADABLE, error.message.replace(str(path), name))
                continue
            own = replace(shot, prompt=Prompt(shot.prompt.category, name, "", self.name), view="", avoid="")
            yield SynthImage(own, photo, self.name)
