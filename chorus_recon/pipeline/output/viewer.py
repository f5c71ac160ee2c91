"""What the 3D view of the page shows: people, objects, alternatives, textures, and the photo's camera."""

from typing import Any

import torch
from jaxtyping import Float, Int, UInt8
from PIL import Image
from torch import Tensor

from chorus_recon.geometry.meshes.packed import Packed, pack
from chorus_recon.geometry.upright import tilt
from chorus_recon.io import html_page
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.look.paint import Paint, Painted
from chorus_recon.pipeline.output.overlay import HUMAN_RGB, object_rgb
from chorus_recon.pipeline.output.stage import UP, sideways
from chorus_recon.types import Contact, Photo, Placement, Reconstruction

PHOTO_PX = 1280  # the photo inside the page, long side
SHOWN = 6  # placements one can choose between


class _Packer:
    """Packs meshes turned level, and collects their textures."""

    def __init__(self, level_from_cam: Float[Tensor, "3 3"]) -> None:
        self._turn = level_from_cam
        self.textures: list[str] = []

    def person(self, part: Reconstruction, coat: Paint | None) -> Packed:
        """A person, in blue unless painted."""
        blue = (torch.tensor(HUMAN_RGB) * 255).round().to(torch.uint8)
        faces = part.body.faces
        return self._packed(part.body.vertices, faces, blue.expand(len(faces), 3), coat, None)

    def thing(self, placement: Placement, coat: Paint | None) -> Packed:
        """A placed object, in orange unless painted."""
        rgb = (object_rgb(placement.shape.face_rgb) * 255).round().to(torch.uint8)
        return self._packed(placement.vertices, placement.shape.faces, rgb, coat, placement.contact)

    def _packed(
        self,
        vertices: Float[Tensor, "v 3"],
        faces: Int[Tensor, "f 3"],
        rgb: UInt8[Tensor, "f 3"],
        coat: Paint | None,
        contact: Contact | None,
    ) -> Packed:
        uv, photo_rgb = (None, None) if coat is None else (coat.uv, coat.vertex_rgb)
        met = (None, None) if contact is None else (contact.object_vertices, contact.object_near)
        made = pack(vertices @ self._turn.mT, faces, rgb, *met, uv=uv, photo_rgb=photo_rgb)
        if coat is not None and coat.jpeg:
            url = html_page.file_url(coat.jpeg, "image/jpeg")
            if url not in self.textures:
                self.textures.append(url)
            made.arrays["texture"] = self.textures.index(url)
        return made


def scene(reconstruction: Reconstruction, painted: Painted | None = None) -> dict[str, Any]:
    """What the viewer needs, in cam turned level; it flips y and z itself and tilts the photo's camera.

    Alternatives of one shape share a texture.
    """
    turn = gravity.level_from_cam(reconstruction)
    packer = _Packer(turn)
    people = reconstruction.people
    coats = painted.people if painted else (None,) * len(people)
    bodies = [packer.person(part, coat) for part, coat in zip(people, coats, strict=True)]
    parts = reconstruction.placed
    coats = painted.things if painted else (None,) * len(parts)
    things = [(part.placements[0], coat) for part, coat in zip(parts, coats, strict=True)]
    objects = []
    for rank, placement in enumerate(reconstruction.placements[:SHOWN]):
        mesh = packer.thing(placement, painted.placements[0][rank] if painted else None).arrays
        met = placement.contact
        objects.append({**mesh, "human_contacts": bodies[0].flags(met.human_vertices, met.human_near)})
    others = [packer.thing(*thing) for thing in things[1 if reconstruction.placements else 0 :]]
    pitch_rad, roll_rad = tilt(turn.mT @ UP)
    camera = reconstruction.camera
    return {
        "human": bodies[0].arrays,
        "others": [other.arrays for other in (*bodies[1:], *others)],
        "objects": objects,
        "textures": packer.textures,
        "side": sideways(turn @ reconstruction.human.body.cam_from_body.rotation[:, 0]).tolist(),
        "tilt": {"pitch": pitch_rad, "roll": roll_rad},
        "floor": gravity.floor_of(reconstruction),
        "camera": {
            "focal_px": camera.focal_px.tolist(),
            "center_px": camera.center_px.tolist(),
            "size_px": list(camera.size_px),
        },
        "photo": _photo_url(reconstruction.photo),
    }


def _photo_url(photo: Photo) -> str:
    image = Image.fromarray(photo.rgb.numpy())
    image.thumbnail((PHOTO_PX, PHOTO_PX), Image.Resampling.LANCZOS)
    return html_page.data_url(image)
