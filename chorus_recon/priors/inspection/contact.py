"""Draw a contact sheet of a build's pictures: those kept, or those set aside with the reason."""

import io
from collections.abc import Iterator, Sequence

import torch
from PIL import Image, ImageDraw, ImageFont

from chorus_recon.errors import PriorError
from chorus_recon.priors.jobs import collect, masks, storage
from chorus_recon.priors.jobs.collect import SHARDS
from chorus_recon.priors.jobs.records import Record, Seen
from chorus_recon.priors.jobs.storage import Storage

CELL_PX = 200
LINE_PX = 16
COLUMNS = 6
_PAPER, _PERSON, _THING = (
    torch.tensor(rgb) for rgb in ((255.0, 255.0, 255.0), (150.0, 160.0, 175.0), (198.0, 40.0, 46.0))
)
_CUT = "\u2026"


def sheet(folder: Storage, names: Sequence[str], kept: bool, most: int) -> Image.Image:
    """Draw up to `most` pictures, in order, each with its prompt and the reason why it was set aside.

    A picture that could not be made or read has an empty cell.

    Raises:
        PriorError: there is no such picture, or a file is damaged.
    """
    cells = list(_first(folder, names, kept, most))
    if not cells:
        what = "kept" if kept else "set aside"
        raise PriorError(f"{folder.url}: no picture was {what}, or the pictures are not in this folder.")
    columns = min(COLUMNS, len(cells))
    rows = -(-len(cells) // columns)
    height = CELL_PX + 2 * LINE_PX
    out = Image.new("RGB", (columns * CELL_PX, rows * height), "white")
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(11)
    for number, (record, picture) in enumerate(cells):
        left, top = number % columns * CELL_PX, number // columns * height
        if picture is None:
            pen.rectangle((left + 2, top + 2, left + CELL_PX - 3, top + CELL_PX - 3), outline="lightgray")
        else:
            picture.thumbnail((CELL_PX - 4, CELL_PX - 4))
            out.paste(picture, (left + (CELL_PX - picture.width) // 2, top + (CELL_PX - picture.height) // 2))
        first = f"{record.shot.index} {record.reason.value.replace('_', ' ') if record.reason else 'kept'}"
        detail = f": {record.detail}" if record.detail else ""
        pen.text((left + 4, top + CELL_PX), _fit(first + detail, font), fill="black", font=font)
        pen.text((left + 4, top + CELL_PX + LINE_PX), _fit(record.shot.text, font), fill="gray", font=font)
    return out


def _first(
    folder: Storage, names: Sequence[str], kept: bool, most: int
) -> Iterator[tuple[Record, Image.Image | None]]:
    """The first records with their pictures; None for a picture that was not made.

    Rendered scenes are drawn, some of each chunk.
    """
    left = most
    for name in names:
        if left == 0:
            return
        table = collect.read(folder, name)
        wanted = [record for record in table.records if (record.reason is None) == kept][:left]
        if table.scenes:
            several = wanted[:: max(1, len(wanted) // max(1, most // len(names)))][: -(-most // len(names))]
            for record in several[:left]:
                left -= 1
                yield record, None if record.seen is None else _drawn(record.seen)
            continue
        file = f"{SHARDS}/{name}.tar"
        if not wanted or not folder.has(file):
            continue
        stored = dict(storage.pictures(folder.read(file), folder.path(file)))
        for record in wanted:
            left -= 1
            data = stored.get(record.image_id)
            yield record, None if data is None else _decoded(data, folder.path(file))


def _drawn(seen: Seen) -> Image.Image:
    """The masks of a picture that was not stored: the person grey, the object red."""
    thing = masks.unpack(seen.object)[..., None]
    small = masks.unpack(seen.human)
    height, width = thing.shape[:2]
    person = small.repeat_interleave(2, 0).repeat_interleave(2, 1)[:height, :width, None]
    rgb = _PAPER + person * (_PERSON - _PAPER)
    rgb = rgb + thing * (_THING - rgb)
    return Image.fromarray(rgb.round().to(torch.uint8).numpy())


def _decoded(data: bytes, where: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data)).convert("RGB")
    except OSError as error:
        hint = "Remove it and its parquet, and run the build again."
        raise PriorError(f"{where}: a picture in it cannot be read.", hint) from error


def _fit(text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= CELL_PX - 8:
        return text
    while text and font.getlength(text + _CUT) > CELL_PX - 8:
        text = text[:-1]
    return text + _CUT
