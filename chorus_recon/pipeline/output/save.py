"""Write a reconstruction as a folder of meshes, scene, picture, JSON and report, all or nothing.

Meshes leave the cam frame here: they are written in world, y up and the floor at y = 0.
"""

import json
import logging
import math
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import OutputError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.meshes.creases import split
from chorus_recon.geometry.threads import calm
from chorus_recon.io import writing
from chorus_recon.io.gltf import GltfCamera, GltfMesh, GltfTexture, write_glb
from chorus_recon.io.mesh_files import write_obj, write_ply
from chorus_recon.io.photo_folders import save_drawn
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.output import overlay, report
from chorus_recon.pipeline.output.record import record
from chorus_recon.types import Reconstruction

RECORD_NAME = "reconstruction.json"
WRITTEN = frozenset("scene.glb overlay.png people.png report.html".split()) | {RECORD_NAME}
MESHES = re.compile(r"(human|object)(_\d+)?\.(ply|obj)")
CAM_FROM_GLTF = torch.diag(torch.tensor([1.0, -1.0, -1.0, 1.0]))  # a glTF camera looks along -z, y up
MESH_FRAME = (
    "world: y up along the vertical, floor at y = 0, origin below the pelvis, metres; "
    "world_from_cam in reconstruction.json carries the camera's frame to it."
)

_PARTIAL, _OLD = "partial", "old"  # endings of the hidden names that results have while they are written

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texture:
    """The colours of a mesh as a picture.

    Attributes:
        image: the bytes of a PNG or JPEG file, sRGB.
        corner_uv: the place of each face's corners, [0, 1] from the top-left corner, v down.
    """

    image: bytes
    corner_uv: Float[Tensor, "f 3 2"]


@dataclass(frozen=True, slots=True)
class Item:
    """A mesh to write, in world.

    Attributes:
        name: of its files.
        node: its name in the scene.
        vertices: metres, world.
        faces: triangles.
        face_rgb: the faces' colours.
        faint: the faces that are drawn translucent.
        texture: colours of `scene.glb`, instead of `face_rgb`.
    """

    name: str
    node: str
    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    face_rgb: UInt8[Tensor, "f 3"]
    faint: Bool[Tensor, " f"] | None = None
    texture: Texture | None = None


@calm()
def save(
    reconstruction: Reconstruction,
    directory: Path,
    *,
    overwrite: bool = False,
    renderer: Renderer | None = None,
    credit: str = "",
) -> Path:
    """Write everything into a hidden sibling of `directory`, then rename: no half-written results.

    Args:
        reconstruction: what to write; without placements only the human is written.
        directory: where; its parents are made.
        overwrite: whether earlier results there may be replaced; other files beside them stay.
        renderer: what draws the picture; ray casting when None.
        credit: a line about the photo's author for picture and report.

    Returns:
        The directory.

    Raises:
        OutputError: the place is taken, or cannot be written.
    """
    directory = prepare(directory, overwrite=overwrite)
    workshop = writing.temporary(directory, _PARTIAL)
    try:
        workshop.mkdir(parents=True)
        _write(reconstruction, workshop, renderer or EmbreeRenderer(), credit)
        _swap(workshop, directory)
    except OSError as error:
        raise OutputError(
            f"{directory}: the results cannot be written ({error.strerror or error}).",
            "Check the free space and your permission there, or pass another place with -o DIR.",
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
    _check_free(directory, overwrite)
    writing.check_writable(directory.parent)
    writing.check_writable(directory)
    return directory


def _is_written(name: str) -> bool:
    """Whether a file of this name is part of a result."""
    return name in WRITTEN or MESHES.fullmatch(name) is not None


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


def _write(reconstruction: Reconstruction, directory: Path, renderer: Renderer, credit: str) -> None:
    facts = record(reconstruction)
    items = world_meshes(reconstruction)
    _write_scene(items, reconstruction, directory / "scene.glb")
    for item in items:
        comments = [f"chorus-recon: {item.node}", MESH_FRAME, "Colours and normals are in scene.glb."]
        write_ply(directory / f"{item.name}.ply", item.vertices, item.faces, item.face_rgb, comments[:2])
        write_obj(directory / f"{item.name}.obj", item.node, item.vertices, item.faces, comments)
    image = overlay.overlay(reconstruction, renderer, credit=credit)
    save_drawn(image, directory / "overlay.png")
    text = json.dumps(facts, allow_nan=False, indent=1, ensure_ascii=False)
    (directory / RECORD_NAME).write_text(text + "\n", encoding="utf-8")
    page = report.page(reconstruction, facts, image, credit=credit)
    (directory / "report.html").write_text(page, encoding="utf-8")


def world_meshes(reconstruction: Reconstruction) -> list[Item]:
    """The meshes of a reconstruction and its others in world, people first."""
    world_from_cam = gravity.world_from_cam(reconstruction)
    blue = (torch.tensor(overlay.HUMAN_RGB) * 255).round().to(torch.uint8)
    out = []
    for number, part in enumerate(reconstruction.people, 1):
        body, guessed = part.body, part.guessed_skin
        name = _numbered("human", number)
        person = transforms.apply(world_from_cam, body.vertices)
        faint = None if guessed is None else guessed[body.faces].mean(1) > 0.5
        out.append(Item(name, name, person, body.faces, blue.expand(len(body.faces), 3), faint))
    placed = [part for part in reconstruction.parts if part.placements]
    for number, part in enumerate(placed, 1):
        placement = part.placements[0]
        shape, name = placement.shape, _numbered("object", number)
        node = f"{name}_{part.category or shape.name}".replace(" ", "_")
        thing = transforms.apply(world_from_cam, placement.vertices)
        out.append(Item(name, node, thing, shape.faces, shape.face_rgb))
    return out


def _numbered(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind}_{number}"


def _write_scene(items: list[Item], reconstruction: Reconstruction, path: Path) -> None:
    camera, world = reconstruction.camera, gravity.world_of(reconstruction)
    width, height = camera.size_px
    fx, fy = camera.focal_px.tolist()
    cx, cy = camera.center_px.tolist()
    view = GltfCamera(
        "photo_camera",
        yfov_rad=2 * math.atan(height / (2 * fy)),
        aspect=(width / fx) / (height / fy),
        scene_from_camera=world.world_from_cam @ CAM_FROM_GLTF,
        extras={"center_offset_px": [cx - width / 2, cy - height / 2], "size_px": [width, height]},
    )
    sure = {"up_sigma_deg": round(world.up_sigma_deg, 2), "assumed": world.assumed or None}
    write_glb(path, [_gltf(item) for item in items], view, extras={"frame": MESH_FRAME, **sure})


def _gltf(item: Item) -> GltfMesh:
    uv = None if item.texture is None else item.texture.corner_uv
    apart = split(item.vertices, item.faces, item.face_rgb, uv)
    return GltfMesh(
        item.node,
        apart.vertices,
        apart.normals,
        apart.rgb,
        apart.faces,
        faint=item.faint,
        texture=None
        if item.texture is None or apart.uv is None
        else GltfTexture(item.texture.image, apart.uv),
    )
