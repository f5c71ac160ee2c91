"""Folders of results for the tests of the overview."""

import copy
import json
from functools import cache

from PIL import Image

from chorus_recon.pipeline.output.overlay import WIDTH_PX
from chorus_recon.pipeline.output.record import record
from tests import scenes


@cache
def _record():
    return record(scenes.fake_reconstruction((80, 60)))


def make_result(folder, photo, *, probability=0.9, category="umbrella", picture=True):
    """A result as far as the overview reads it: its JSON, and its picture."""
    facts = copy.deepcopy(_record())
    facts["photo"]["path"] = str(photo)
    facts["status"] = "ok" if probability >= 0.5 else "unsure"
    facts["object"] |= {"probability": probability, "category": category}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reconstruction.json").write_text(json.dumps(facts))
    if picture:
        Image.new("RGB", (WIDTH_PX, 300), "teal").save(folder / "overlay.png")
    return facts


def make_failures(out, *photos, message="nobody is in the photo."):
    """What `batch` writes of photos that failed."""
    rows = [
        {"path": str(photo), "error": "NoPerson", "message": message, "hint": "Try another."}
        for photo in photos
    ]
    (out / "failures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
