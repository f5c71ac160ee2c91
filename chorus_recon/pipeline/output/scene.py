"""The scene of a reconstruction: its meshes in world, and scene.glb."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry import rig, transforms
from chorus_recon.geometry.meshes.creases import split
from chorus_recon.geometry.meshes.packed import FACE_LIMIT
from chorus_recon.geometry.meshes.thin import thin
from chorus_recon.io.meshes import usd
from chorus_recon.io.meshes.gltf import GltfCamera, GltfMesh, GltfSkin, GltfTexture, write_glb
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.look.paint import Paint, Painted, thinned
from chorus_recon.pipeline.output.overlay import HUMAN_RGB
from chorus_recon.types import Placement, Reconstruction, Rigid

CAM_FROM_GLTF = torch.diag(torch.tensor([1.0, -1.0, -1.0, 1.0]))  # a glTF camera looks along -z, y up
TOUCHES, NEAR = 2.0, 1.0  # marks of vertices within 2 cm and within 5 cm of the other surface
MESH_FRAME = (
    "world: y up along the vertical, floor at y = 0, origin below the pelvis, metres; "
    "world_from_cam in reconstruction.json carries the camera's frame to it."
)


@dataclass(frozen=True, slots=True)
class Item:
    """A mesh to write, in world.

    Attributes:
        name: of its files.
        node: its name in the scene.
        vertices: metres, world.
        faces: triangles.
        face_rgb: the faces' plain colours.
        faint: the faces that are drawn translucent.
        paint: the colours of the photo, which then replace `face_rgb`.
        skin: the skeleton that moves it, in world.
        contact: what each vertex touches, for `scene.glb`: `TOUCHES`, `NEAR` or 0.
    """

    name: str
    node: str
    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    face_rgb: UInt8[Tensor, "f 3"]
    faint: Bool[Tensor, " f"] | None = None
    paint: Paint | None = None
    skin: GltfSkin | None = None
    contact: Float[Tensor, " v"] | None = None


def world_meshes(reconstruction: Reconstruction, painted: Painted | None = None) -> list[Item]:
    """The meshes of a reconstruction and its others in world, people first.

    Args:
        reconstruction: whose.
        painted: the colours of the photo; None for plain colours.
    """
    world_from_cam = gravity.world_from_cam(reconstruction)
    people = []
    for number, part in enumerate(reconstruction.people, 1):
        used = [p.placements[0].contact for p in reconstruction.placed if p.person == part.person]
        touch = _marked(len(part.body.vertices), [(use.human_vertices, use.human_near) for use in used])
        people.append(replace(_person(part, number, world_from_cam), contact=touch))
    things = []
    for number, part in enumerate(reconstruction.placed, 1):
        things.append(_thing(part.placements[0], part.category, number, world_from_cam))
    items = people + things
    if painted is None:
        return items
    coats = (*painted.people, *painted.things)
    return [replace(item, paint=coat) for item, coat in zip(items, coats, strict=True)]


def _thing(placement: Placement, category: str, number: int, world_from_cam: Rigid) -> Item:
    shape, name = placement.shape, numbered("object", number)
    vertices = transforms.apply(world_from_cam, placement.vertices)
    found = placement.contact
    return Item(
        name,
        f"{name}_{category or shape.name}".replace(" ", "_"),
        vertices,
        shape.faces,
        shape.face_rgb,
        contact=_marked(len(vertices), [(found.object_vertices, found.object_near)]),
    )


def _person(part: Reconstruction, number: int, world_from_cam: Rigid) -> Item:
    body, guessed, name = part.body, part.guessed_skin, numbered("human", number)
    blue = (torch.tensor(HUMAN_RGB) * 255).round().to(torch.uint8)
    skin = None
    if part.rig is not None:
        joints = tuple(numbered(joint, number) for joint in part.rig.joint_names)
        pose = transforms.matrix(world_from_cam) @ rig.joint_frames(body, part.rig)
        skin = GltfSkin(joints, part.rig.parents, pose, part.rig.skin_weights)
    return Item(
        name,
        name,
        transforms.apply(world_from_cam, body.vertices),
        body.faces,
        blue.expand(len(body.faces), 3),
        faint=None if guessed is None else guessed[body.faces].mean(1) > 0.5,
        skin=skin,
    )


def _marked(count: int, contacts: list[tuple[Tensor, Tensor]]) -> Float[Tensor, " v"]:
    """A mark for each of `count` vertices: the indices that touch something, and those that are near it."""
    out = torch.zeros(count)
    for _, near in contacts:
        out[near] = NEAR
    for touching, _ in contacts:
        out[touching] = TOUCHES
    return out


def numbered(kind: str, number: int) -> str:
    """The name of the first, second ... of a kind: human, human_2, ..."""
    return kind if number == 1 else f"{kind}_{number}"


def write_scene(path: Path, items: list[Item], reconstruction: Reconstruction) -> None:
    """Write the meshes and the photo's camera as a GLB file."""
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


def write_usdz(path: Path, items: list[Item]) -> None:
    """Write the meshes as a USDZ file."""
    usd.write_usdz(path, [_gltf(item) for item in items], MESH_FRAME)


def write_alternatives(
    directory: Path, reconstruction: Reconstruction, painted: Painted | None = None
) -> None:
    """Write the other placements of each object as a GLB file each, in world; large meshes are simplified."""
    world_from_cam = gravity.world_from_cam(reconstruction)
    for number, part in enumerate(reconstruction.placed, 1):
        before = "" if number == 1 else f"{numbered('object', number)}_"
        for rank, placement in enumerate(part.placements[1:], 1):
            item = _thing(placement, part.category, number, world_from_cam)
            coat = None if painted is None else painted.placements[number - 1][rank]
            item = _simplified(replace(item, paint=coat))
            facts = {"frame": MESH_FRAME, "probability": placement.probability, "cluster": placement.cluster}
            write_glb(directory / f"{before}alternative_{rank}.glb", [_gltf(item)], extras=facts)


def _simplified(item: Item) -> Item:
    vertices, faces, kept, merged = thin(item.vertices, item.faces, FACE_LIMIT)
    contact = torch.zeros(len(vertices))
    if item.contact is not None:
        contact.scatter_reduce_(0, merged, item.contact, "amax")
    paint = None if item.paint is None else thinned(item.paint, len(vertices), kept, merged)
    rgb = item.face_rgb[kept]
    return replace(item, vertices=vertices, faces=faces, face_rgb=rgb, contact=contact, paint=paint)


def _gltf(item: Item) -> GltfMesh:
    paint, skin = item.paint, item.skin
    rgb = item.face_rgb if paint is None else torch.zeros_like(item.face_rgb)  # no seams between colours
    apart = split(item.vertices, item.faces, rgb, None if paint is None else paint.uv)
    mesh = GltfMesh(item.node, apart.vertices, apart.normals, apart.rgb, apart.faces, faint=item.faint)
    if skin is not None:
        mesh = replace(mesh, skin=replace(skin, weights=skin.weights[apart.source]))
    if item.contact is not None:
        mesh = replace(mesh, values={"contact": item.contact[apart.source]})
    if paint is not None and apart.uv is not None:
        mesh = replace(mesh, texture=GltfTexture(paint.jpeg, apart.uv))
    elif paint is not None:
        mesh = replace(mesh, rgb=paint.vertex_rgb[apart.source])
    return mesh
