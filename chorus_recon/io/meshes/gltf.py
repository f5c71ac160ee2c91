"""Write meshes, skeletons and a camera as one binary glTF 2.0 file (.glb).

Everything is in the scene's frame: metres, y up. A camera looks along its own -z. No frame is converted here.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry.rotations import convert

FAINT_ALPHA = 0.4  # of faces whose place is a guess
INFLUENCES = 4  # joints that may move a vertex
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963
_COMPONENT = {"uint8": 5121, "uint16": 5123, "uint32": 5125, "float32": 5126}
_MOST_SHORT = 65535  # vertices that 16 bits can index: the last number is reserved
_SMOOTH = {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}  # trilinear, clamped
_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class GltfTexture:
    """The base colour of a mesh.

    Attributes:
        image: the bytes of a PNG or JPEG file, sRGB.
        uv: one place per vertex, [0, 1], from the image's top-left corner, v down.
    """

    image: bytes
    uv: Float[Tensor, "n 2"]


@dataclass(frozen=True, slots=True)
class GltfSkin:
    """A skeleton that moves a mesh, which is bound in the pose in which its vertices are given.

    Attributes:
        joint_names: of the joint nodes.
        parents: the index of each joint's parent, which comes before it; -1 for the root.
        scene_from_joint: the pose of each joint, a rotation and a translation.
        weights: how far each joint moves each vertex. The `INFLUENCES` largest are written.
    """

    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    scene_from_joint: Float[Tensor, "j 4 4"]
    weights: Float[Tensor, "n j"]


@dataclass(frozen=True, slots=True)
class GltfMesh:
    """One node.

    Attributes:
        name: of the node and its mesh.
        vertices: metres.
        normals: of the vertices; one without a length is replaced by the y axis.
        rgb: sRGB of the vertices; not written if there is a texture. The file stores linear colours.
        faces: triangles.
        extras: of the node.
        faint: the faces that make a second primitive with a translucent material.
        texture: the base colour, instead of `rgb`.
        skin: the skeleton that moves the mesh.
        values: further numbers per vertex by name, which becomes `_NAME`.
    """

    name: str
    vertices: Float[Tensor, "n 3"]
    normals: Float[Tensor, "n 3"]
    rgb: UInt8[Tensor, "n 3"]
    faces: Int[Tensor, "f 3"]
    extras: Mapping[str, Any] = field(default_factory=dict)
    faint: Bool[Tensor, " f"] | None = None
    texture: GltfTexture | None = None
    skin: GltfSkin | None = None
    values: Mapping[str, Float[Tensor, " n"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GltfCamera:
    """A perspective camera that looks along the -z of its own frame; `scene_from_camera` is its pose."""

    name: str
    yfov_rad: float
    aspect: float
    scene_from_camera: Float[Tensor, "4 4"]
    extras: Mapping[str, Any] = field(default_factory=dict)


def write_glb(
    path: Path,
    meshes: Sequence[GltfMesh],
    camera: GltfCamera | None = None,
    *,
    root: str = "world",
    extras: Mapping[str, Any],
) -> None:
    """Write one scene; materials are physically based.

    The node `root` holds the skeletons, the meshes without one, and the camera. A mesh that a skeleton moves
    is a node beside it, because its own transform and its parents' would not count.

    Args:
        path: the file.
        meshes: one node each.
        camera: the photo's.
        root: the name of the root node.
        extras: of the root node and of the asset.
    """
    file = _File()
    inside: list[int] = []
    top: list[int] = []
    for mesh in meshes:
        node: dict[str, Any] = {"name": mesh.name, "mesh": file.mesh(mesh)}
        if mesh.extras:
            node["extras"] = dict(mesh.extras)
        if mesh.skin is not None:
            node["skin"], joint = file.skin(mesh.name, mesh.skin)
            inside.append(joint)
        (inside if mesh.skin is None else top).append(file.append("nodes", node))
    if camera is not None:
        inside.append(file.camera(camera))
    above = {"name": root, "children": inside, "extras": dict(extras)}
    file.tree["scenes"] = [{"nodes": [file.append("nodes", above), *top]}]
    file.tree["asset"]["extras"] = dict(extras)
    path.write_bytes(file.bytes())


class _File:
    """The JSON tree and the binary chunk of a file that is being put together."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {"asset": {"version": "2.0", "generator": "chorus-recon"}, "scene": 0}
        self._binary = bytearray()

    def append(self, kind: str, value: dict[str, Any]) -> int:
        """Add an entry to one of the tree's lists and return its index."""
        entries = self.tree.setdefault(kind, [])
        entries.append(value)
        return len(entries) - 1

    def mesh(self, mesh: GltfMesh) -> int:
        """Add geometry and materials."""
        attributes = {
            "POSITION": self._array(mesh.vertices.numpy().astype("<f4"), "VEC3", bounds=True),
            "NORMAL": self._array(_unit(mesh.normals), "VEC3"),
        }
        look = self._look(mesh, attributes)
        if mesh.skin is not None:
            joints, weights = influences(mesh.skin.weights)
            attributes["JOINTS_0"] = self._array(joints, "VEC4")
            attributes["WEIGHTS_0"] = self._array(weights, "VEC4", normalized=True)
        for name, value in mesh.values.items():
            attributes[f"_{name.upper()}"] = self._array(value.numpy().astype("<f4"), "SCALAR")
        faint = torch.zeros(len(mesh.faces), dtype=torch.bool) if mesh.faint is None else mesh.faint
        primitives = []
        for name, faces, alpha in (
            (mesh.name, mesh.faces[~faint], 1.0),
            (f"{mesh.name}_guessed", mesh.faces[faint], FAINT_ALPHA),
        ):
            if not len(faces):
                continue
            kind = "<u2" if len(mesh.vertices) <= _MOST_SHORT else "<u4"
            indices = self._array(faces.reshape(-1).numpy().astype(kind), "SCALAR", target=_INDEX_BUFFER)
            material = self.append("materials", _material(name, look, alpha))
            primitives.append({"attributes": attributes, "indices": indices, "material": material})
        return self.append("meshes", {"name": mesh.name, "primitives": primitives})

    def _look(self, mesh: GltfMesh, attributes: dict[str, int]) -> dict[str, Any]:
        """The base colour's entries of a material; a texture's places and colours go to the attributes."""
        if mesh.texture is not None:
            # as floats: trimesh does not scale the normalised integers that glTF allows here
            attributes["TEXCOORD_0"] = self._array(mesh.texture.uv.numpy().astype("<f4"), "VEC2")
            return {"baseColorTexture": {"index": self._texture(mesh.name, mesh.texture.image)}}
        colours = linear_rgb(mesh.rgb)
        used = colours[mesh.faces.reshape(-1).numpy()]
        if (used == used[:1]).all():
            return {"baseColorFactor": [*used[0].round(6).tolist(), 1.0]}
        rgba = np.full((len(colours), 4), 255, np.uint8)
        rgba[:, :3] = np.round(colours * 255)
        attributes["COLOR_0"] = self._array(rgba, "VEC4", normalized=True)
        return {}

    def _texture(self, name: str, image: bytes) -> int:
        """Embed a picture."""
        kind = next(kind for start, kind in _KINDS.items() if image.startswith(start))
        view = self._view(image)
        source = self.append("images", {"name": name, "bufferView": view, "mimeType": kind})
        if "samplers" not in self.tree:
            self.append("samplers", _SMOOTH)
        return self.append("textures", {"source": source, "sampler": 0})

    def skin(self, name: str, skin: GltfSkin) -> tuple[int, int]:
        """Add the nodes of the joints; returns the indices of the skin and of its root joint's node."""
        pose = skin.scene_from_joint.double()
        inverse = torch.linalg.inv(pose)
        inverse[:, 3] = torch.tensor([0.0, 0.0, 0.0, 1.0])
        nodes = []
        for joint, parent in enumerate(skin.parents):
            place = pose[joint] if parent < 0 else inverse[parent] @ pose[joint]
            turn = torch.nn.functional.normalize(convert.to_quaternion(place[:3, :3]), dim=0)
            node = {
                "name": skin.joint_names[joint],
                "rotation": turn.tolist(),
                "translation": place[:3, 3].tolist(),
            }
            nodes.append(self.append("nodes", node))
            if parent >= 0:
                self.tree["nodes"][nodes[parent]].setdefault("children", []).append(nodes[joint])
        matrices = self._array(inverse.mT.reshape(-1, 16).numpy().astype("<f4"), "MAT4", target=None)
        entry = {"name": name, "joints": nodes, "skeleton": nodes[0], "inverseBindMatrices": matrices}
        return self.append("skins", entry), nodes[0]

    def camera(self, camera: GltfCamera) -> int:
        """Add a camera and its node; returns the node's index."""
        lens = {"yfov": camera.yfov_rad, "aspectRatio": camera.aspect, "znear": 0.05}
        index = self.append("cameras", {"name": camera.name, "type": "perspective", "perspective": lens})
        matrix = camera.scene_from_camera.mT.reshape(-1).tolist()
        return self.append(
            "nodes", {"name": camera.name, "camera": index, "matrix": matrix, "extras": dict(camera.extras)}
        )

    def _array(
        self,
        array: np.ndarray,
        kind: str,
        *,
        target: int | None = _VERTEX_BUFFER,
        normalized: bool = False,
        bounds: bool = False,
    ) -> int:
        """Append an array to the binary chunk and return its accessor's index."""
        accessor: dict[str, Any] = {
            "bufferView": self._view(array.tobytes(), target),
            "componentType": _COMPONENT[array.dtype.name],
            "count": len(array),
            "type": kind,
        }
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        return self.append("accessors", accessor)

    def _view(self, data: bytes, target: int | None = None) -> int:
        """Append bytes, aligned to 4, and return the index of their buffer view."""
        view = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        self._binary += data + bytes(-len(data) % 4)
        return self.append("bufferViews", view if target is None else view | {"target": target})

    def bytes(self) -> bytes:
        """The file."""
        self.tree["buffers"] = [{"byteLength": len(self._binary)}]
        text = json.dumps(self.tree, allow_nan=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON_CHUNK) + text
        chunks += struct.pack("<II", len(self._binary), _BINARY_CHUNK) + self._binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _material(name: str, look: Mapping[str, Any], alpha: float) -> dict[str, Any]:
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.75, **look}
    material = {"name": name, "doubleSided": True, "pbrMetallicRoughness": surface}
    if alpha == 1.0:
        return material
    surface["baseColorFactor"] = [*look.get("baseColorFactor", (1.0, 1.0, 1.0))[:3], alpha]
    return material | {"alphaMode": "BLEND"}


def _unit(normals: Float[Tensor, "n 3"]) -> np.ndarray:
    """Normals of length 1. Those of degenerate faces have none: the y axis stands for them."""
    values = normals.double()
    length = values.norm(dim=-1, keepdim=True)
    up = torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64)
    usable = (length > 1e-9) & torch.isfinite(length)
    return torch.where(usable, values / length.clamp_min(1e-9), up).numpy().astype("<f4")


def influences(weights: Float[Tensor, "n j"]) -> tuple[np.ndarray, np.ndarray]:
    """The `INFLUENCES` joints that move each vertex most, and their weights in steps of 1/255 (sum 255)."""
    largest, joints = weights.double().topk(min(INFLUENCES, weights.shape[1]), dim=1)
    exact = largest / largest.sum(1, keepdim=True) * 255
    steps = exact.floor()
    missing = (255 - steps.sum(1)).long()
    order = (exact - steps).argsort(dim=1, descending=True).argsort(dim=1)
    steps = (steps + (order < missing[:, None])).to(torch.uint8)
    joints = torch.where(steps > 0, joints, 0).to(torch.uint8)
    padding = (0, INFLUENCES - steps.shape[1])
    return (
        torch.nn.functional.pad(joints, padding).numpy(),
        torch.nn.functional.pad(steps, padding).numpy(),
    )


def linear_rgb(rgb: UInt8[Tensor, "n 3"]) -> np.ndarray:
    """Convert sRGB to linear light, 0 to 1."""
    value = rgb.numpy().astype(np.float64) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
