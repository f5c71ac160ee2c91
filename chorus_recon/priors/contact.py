"""A build's folder in, a sheet of its pictures out: those kept, or those set aside with the reason."""

import io
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from chorus_recon.errors import PriorError
from chorus_recon.priors import collect, shards
from chorus_recon.priors.collect import SHARDS
from chorus_recon.priors.records import Record
from chorus_recon.priors.shards import Folder

CELL_PX = 200
LINE_PX = 16
COLUMNS = 6
_CUT = "\u2026"


def sheet(folder: Folder, names: Sequence[str], kept: bool, most: int) -> Image.Image:
    """Up to `most` pictures, in order; each says its prompt, and why it was set aside.

    Raises:
        PriorError: there is none.
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
        picture.thumbnail((CELL_PX - 4, CELL_PX - 4))
        out.paste(picture, (left + (CELL_PX - picture.width) // 2, top + (CELL_PX - picture.height) // 2))
        first = f"{record.shot.index} {record.reason.value.replace('_', ' ') if record.reason else 'kept'}"
        detail = f": {record.detail}" if record.detail else ""
        pen.text((left + 4, top + CELL_PX), _fit(first + detail, font), fill="black", font=font)
        pen.text((left + 4, top + CELL_PX + LINE_PX), _fit(record.shot.text, font), fill="gray", font=font)
    return out


def _first(
    folder: Folder, names: Sequence[str], kept: bool, most: int
) -> Iterator[tuple[Record, Image.Image]]:
    left = most
    for name in names:
        if left == 0:
            return
        wanted = {r.image_id: r for r in collect.read(folder, name).records if (r.reason is None) == kept}
        if not wanted or not folder.has(f"{SHARDS}/{name}.tar"):
            continue
        for image_id, data in shards.pictures(folder.read(f"{SHARDS}/{name}.tar")):
            if image_id in wanted and left:
                left -= 1
                yield wanted[image_id], Image.open(io.BytesIO(data)).convert("RGB")


def _fit(text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= CELL_PX - 8:
        return text
    while text and font.getlength(text + _CUT) > CELL_PX - 8:
        text = text[:-1]
    return text + _CUT
