"""Write a reconstruction as a folder of meshes, scene, picture, JSON and report, all or nothing.

Meshes leave the cam frame here: they are written in world, y up and the floor at y = 0.
"""

import json
import logging
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from chorus_recon.backends.protocols import Renderer
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import OutputError, make_room
from chorus_recon.geometry.threads import calm
from chorus_recon.io import writing
from chorus_recon.io.meshes import usd
from chorus_recon.io.meshes.mesh_files import write_obj, write_ply
from chorus_recon.io.photo_folders import save_drawn
from chorus_recon.pipeline.config import Look, chosen_look
from chorus_recon.pipeline.look.paint import paint
from chorus_recon.pipeline.output import overlay, report
from chorus_recon.pipeline.output.parameters import body_arrays
from chorus_recon.pipeline.output.record import record
from chorus_recon.pipeline.output.scene import (
    MESH_FRAME,
    numbered,
    world_meshes,
    write_alternatives,
    write_scene,
    write_usdz,
)
from chorus_recon.types import Reconstruction

RECORD_NAME = "reconstruction.json"
WRITTEN = frozenset("scene.glb scene.usdz overlay.png people.png report.html".split()) | {RECORD_NAME}
MASKS = "masks"  # a folder
NUMBERED = re.compile(r"(human|object)(_\d+)?\.(ply|obj)|body(_\d+)?\.npz|(object_\d+_)?alternative_\d+\.glb")

_PARTIAL, _OLD = "partial", "old"  # endings of the hidden names that results have while they are written

_LOG = logging.getLogger(__name__)


@calm()
def save(
    reconstruction: Reconstruction,
    directory: Path,
    *,
    overwrite: bool = False,
    renderer: Renderer | None = None,
    credit: str = "",
    look: str | None = None,
) -> Path:
    """Write everything into a hidden sibling of `directory`, then rename: no half-written results.

    Args:
        reconstruction: what to write; without placements only the human is written.
        directory: where; its parents are made.
        overwrite: whether earlier results there may be replaced; other files beside them stay.
        renderer: what draws the picture; ray casting when None.
        credit: a line about the photo's author for picture and report.
        look: "photo" for meshes with the colours of the photo, "plain" for one colour each; None for what was
            chosen for the photo.

    Returns:
        The directory.

    Raises:
        OutputError: the place is taken, or cannot be written.
        InputError: there is no such look.
    """
    chosen = chosen_look(reconstruction, look)
    directory = prepare(directory, overwrite=overwrite)
    workshop = writing.temporary(directory, _PARTIAL)
    try:
        workshop.mkdir(parents=True)
        _write(reconstruction, workshop, renderer or EmbreeRenderer(), credit, chosen)
        _swap(workshop, directory)
    except OSError as error:
        raise OutputError(
            f"{directory}: the results cannot be written ({error.strerror or error}).",
            f"{make_room(error)}, or pass another place with -o DIR.",
        ) from error
    finally:
        writing.release(workshop)
    return directory


def prepare(directory: Path, *, overwrite: bool = False) -> Path:
    """Check, before the work, that `save` will be able to write; clear what a killed run left there.

    Returns:
        The directory as an absolute path.

    Raises:
        OutputError: the place is taken, or cannot be written.
    """
    directory = Path(os.path.abspath(directory))  # noqa: PTH100  (resolve() would follow a link to elsewhere)
    _clear(directory)
    _check_free(directory, overwrite)
    writing.check_writable(directory.parent)
    writing.check_writable(directory)
    return directory


def clear_leftovers(directories: Iterable[Path]) -> None:
    """Clear what killed runs left beside the folders of results, which are listed once a parent.

    Raises:
        OutputError: it cannot be cleared.
    """
    beside: dict[Path, list[Path]] = {}
    for directory in directories:
        beside.setdefault(directory.parent, []).append(directory)
    for parent, inside in beside.items():
        if writing.has_leftovers(parent):
            for directory in inside:
                _clear(directory)


def _clear(directory: Path) -> None:
    try:
        for path in writing.leftovers(directory, _PARTIAL):
            shutil.rmtree(path, ignore_errors=True)
        for aside in writing.leftovers(directory, _OLD):
            _restore(aside, directory)
    except OSError as error:
        raise OutputError(
            f"{directory}: what an earlier run left cannot be cleared ({error.strerror or error}).",
            "Check your permission there, or pass another place with -o DIR.",
        ) from error


def _is_written(name: str) -> bool:
    """Whether a file of this name is part of a result."""
    return name in WRITTEN or name == MASKS or NUMBERED.fullmatch(name) is not None


def _check_free(directory: Path, overwrite: bool) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise OutputError(
            f"{directory}: is a file; a directory was expected.", "Pass another place with -o DIR."
        )
    inside = {p.name for p in directory.iterdir()}
    foreign = [name for name in inside if not _is_written(name)]
    if foreign and RECORD_NAME not in inside:
        raise OutputError(
            f"{directory}: holds files that are not a reconstruction (such as {min(foreign)}).",
            "Pass an empty or new directory with -o DIR.",
        )
    if RECORD_NAME in inside and not overwrite:
        raise OutputError(f"{directory}: holds results already.", "Pass --overwrite to replace them.")


def _swap(workshop: Path, directory: Path) -> None:
    """Put the finished directory in place; earlier results come back if that fails.

    What somebody else put beside the earlier results stays.
    """
    if not directory.exists():
        workshop.rename(directory)
        return
    aside = writing.temporary(directory, _OLD)
    directory.rename(aside)
    try:
        workshop.rename(directory)
    except OSError:
        aside.rename(directory)
        raise
    _restore(aside, directory)
    if aside.exists():
        _LOG.warning("earlier results could not be removed: %s", aside)


def _restore(aside: Path, directory: Path) -> None:
    """Bring back what was put aside: all of it where nothing replaced it, else what somebody else added."""
    if not directory.exists():
        aside.rename(directory)
        return
    for path in aside.iterdir():
        if not _is_written(path.name) and not (directory / path.name).exists():
            path.rename(directory / path.name)
    writing.release(aside)


def _write(
    reconstruction: Reconstruction, directory: Path, renderer: Renderer, credit: str, look: Look
) -> None:
    facts = record(reconstruction)
    painted = paint(reconstruction, renderer) if look is Look.PHOTO else None
    items = world_meshes(reconstruction, painted)
    write_scene(directory / "scene.glb", items, reconstruction)
    if usd.available():
        write_usdz(directory / "scene.usdz", items)
    write_alternatives(directory, reconstruction, painted)
    _write_bodies(directory, reconstruction)
    _write_masks(directory / MASKS, reconstruction)
    for item in items:
        comments = [f"chorus-recon: {item.node}", MESH_FRAME, "Colours and normals are in scene.glb."]
        write_ply(directory / f"{item.name}.ply", item.vertices, item.faces, item.face_rgb, comments[:2])
        write_obj(directory / f"{item.name}.obj", item.node, item.vertices, item.faces, comments)
    image = overlay.overlay(reconstruction, renderer, painted, credit=credit)
    save_drawn(image, directory / "overlay.png")
    text = json.dumps(facts, allow_nan=False, indent=1, ensure_ascii=False)
    # names of files may be no text: such a byte is a JSON escape that reads as the same name
    (directory / RECORD_NAME).write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    page = report.page(reconstruction, facts, image, painted, credit=credit)
    (directory / "report.html").write_text(page, encoding="utf-8", errors="replace")


def _write_bodies(directory: Path, reconstruction: Reconstruction) -> None:
    for number, part in enumerate(reconstruction.people, 1):
        arrays = body_arrays(reconstruction, part)
        with (directory / f"{numbered('body', number)}.npz").open("wb") as stream:
            np.savez_compressed(stream, **arrays)  # pyright: ignore[reportArgumentType]


def _write_masks(directory: Path, reconstruction: Reconstruction) -> None:
    """The visible pixels of each person and object, under the numbers of their meshes."""
    directory.mkdir()
    things = [part.evidence.object for part in reconstruction.placed if part.evidence is not None]
    for kind, masks in (("person", [part.human_mask for part in reconstruction.people]), ("object", things)):
        for number, mask in enumerate(masks, 1):
            image = Image.fromarray((mask.alpha.clamp(0, 1) * 255).round().to(torch.uint8).numpy())
            save_drawn(image, directory / f"{numbered(kind, number)}.png")
