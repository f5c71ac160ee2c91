"""Write named coloured meshes and a camera as one binary glTF 2.0 file (.glb).

Vertices are in the scene's frame: metres, y up. A camera looks along its own -z. No frame is converted here.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

FAINT_ALPHA = 0.4  # of faces whose place is a guess
_FLOAT, _UINT = 5126, 5125
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class GltfMesh:
    """One node. `rgb` is sRGB; the file stores linear colours.

    The faces in `faint` make a second primitive with a translucent material.
    """

    name: str
    vertices: Float[Tensor, "n 3"]
    normals: Float[Tensor, "n 3"]
    rgb: UInt8[Tensor, "n 3"]
    faces: Int[Tensor, "f 3"]
    extras: dict[str, Any] = field(default_factory=dict)
    faint: Bool[Tensor, " f"] | None = None


@dataclass(frozen=True, slots=True)
class GltfCamera:
    """A perspective camera that looks along the -z of its own frame; `scene_from_camera` is its pose."""

    name: str
    yfov_rad: float
    aspect: float
    scene_from_camera: Float[Tensor, "4 4"]
    extras: dict[str, Any] = field(default_factory=dict)


def write_glb(path: Path, meshes: Sequence[GltfMesh], camera: GltfCamera, extras: dict[str, Any]) -> None:
    """Write one scene with one node per mesh and one for the camera; materials are physically based."""
    binary = bytearray()
    tree: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "chorus-recon", "extras": extras},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(meshes) + 1))}],
        "nodes": [{"name": m.name, "mesh": i, "extras": m.extras} for i, m in enumerate(meshes)],
        "meshes": [],
        "materials": [_material(m.name) for m in meshes],
        "cameras": [
            {
                "name": camera.name,
                "type": "perspective",
                "perspective": {"yfov": camera.yfov_rad, "aspectRatio": camera.aspect, "znear": 0.05},
            }
        ],
        "accessors": [],
        "bufferViews": [],
    }
    by_columns = camera.scene_from_camera.mT.reshape(-1).tolist()
    tree["nodes"].append({"name": camera.name, "camera": 0, "matrix": by_columns, "extras": camera.extras})
    for number, mesh in enumerate(meshes):
        positions = mesh.vertices.numpy().astype("<f4")
        bounds = {"min": positions.min(0).tolist(), "max": positions.max(0).tolist()}
        attributes = {
            "POSITION": _add(tree, binary, positions, "VEC3", _FLOAT, bounds),
            "NORMAL": _add(tree, binary, mesh.normals.numpy().astype("<f4"), "VEC3", _FLOAT),
            "COLOR_0": _add(tree, binary, _linear(mesh.rgb), "VEC4", _FLOAT),
        }
        faint = torch.zeros(len(mesh.faces), dtype=torch.bool) if mesh.faint is None else mesh.faint
        primitives = []
        for faces, material in ((mesh.faces[~faint], number), (mesh.faces[faint], len(tree["materials"]))):
            if not len(faces):
                continue
            if material == len(tree["materials"]):
                tree["materials"].append(_material(f"{mesh.name}_guessed", FAINT_ALPHA))
            ids = faces.reshape(-1).numpy().astype("<u4")
            indices = _add(tree, binary, ids, "SCALAR", _UINT)
            primitives.append({"attributes": attributes, "indices": indices, "material": material, "mode": 4})
        tree["meshes"].append({"name": mesh.name, "primitives": primitives})
    tree["buffers"] = [{"byteLength": len(binary)}]
    text = json.dumps(tree, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    path.write_bytes(
        struct.pack("<4sII", b"glTF", 2, total)
        + struct.pack("<II", len(text), _JSON_CHUNK)
        + text
        + struct.pack("<II", len(binary), _BINARY_CHUNK)
        + bytes(binary)
    )


def _material(name: str, alpha: float = 1.0) -> dict[str, Any]:
    material: dict[str, Any] = {
        "name": name,
        "doubleSided": True,
        "pbrMetallicRoughness": {
            "baseColorFactor": [1.0, 1.0, 1.0, alpha],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.75,
        },
    }
    return material if alpha == 1.0 else material | {"alphaMode": "BLEND"}


def _linear(rgb: UInt8[Tensor, "n 3"]) -> np.ndarray:
    """Convert sRGB to linear RGBA, as COLOR_0 requires."""
    value = rgb.numpy().astype(np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.concatenate([linear, np.ones((len(linear), 1))], 1).astype("<f4")


def _add(
    tree: dict[str, Any],
    binary: bytearray,
    array: np.ndarray,
    kind: str,
    component: int,
    bounds: dict[str, list[float]] | None = None,
) -> int:
    """Append an array to the buffer and return its accessor's index. All items are 4-byte, so aligned."""
    target = _INDEX_BUFFER if kind == "SCALAR" else _VERTEX_BUFFER
    data = array.tobytes()
    tree["bufferViews"].append(
        {"buffer": 0, "byteOffset": len(binary), "byteLength": len(data), "target": target}
    )
    binary += data
    accessor = {"bufferView": len(tree["bufferViews"]) - 1, "componentType": component}
    accessor |= {"count": len(array), "type": kind, **(bounds or {})}
    tree["accessors"].append(accessor)
    return len(tree["accessors"]) - 1
