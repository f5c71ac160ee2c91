"""Prepare glTF files for trimesh: undo normalised integers, and name compressions that cannot be read."""

import importlib.util
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from chorus_recon.errors import InputError

_JSON_CHUNK = 0x4E4F534A
_INTEGERS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2"}
_FLOAT = 5126
_DRACO = "KHR_draco_mesh_compression"
_CURES = {
    _DRACO: "Run: pip install DracoPy. Or take it off: npx @gltf-transform/cli cp {name} plain.glb",
    "EXT_meshopt_compression": "Take it off: npx gltfpack -i {name} -o plain.glb",
    "KHR_meshopt_compression": "Take it off: npx gltfpack -i {name} -o plain.glb",
}


def plain_glb(path: Path) -> bytes | None:
    """The bytes of a GLB file whose quantised positions trimesh would misread, with float positions.

    Source: glTF 2.0, section 3.6.2.2 (normalised integers), and KHR_mesh_quantization.

    Returns:
        None for a file that can be read as it is, and for one that is no glTF.

    Raises:
        InputError: the file is compressed in a way that cannot be read here.
    """
    raw = path.read_bytes()
    tree, binary = _parse(raw)
    if tree is None:
        return None
    for name in _names(tree.get("extensionsUsed")) | _names(tree.get("extensionsRequired")):
        if name in _CURES and not (name == _DRACO and importlib.util.find_spec("DracoPy")):
            raise InputError(
                f"Mesh {path} is compressed ({name}), which is not read.",
                _CURES[name].format(name=path.name),
            )
    chosen = _normalised_positions(tree)
    if not chosen:
        return None
    if binary is None:
        raise InputError(
            f"Mesh {path} has quantised positions in a file of its own.", "Save it as one GLB file."
        )
    for index in chosen:
        binary = _widened(tree, index, binary)
    return _assembled(tree, binary)


def _parse(raw: bytes) -> tuple[dict[str, Any] | None, bytes | None]:
    """The JSON tree and the binary chunk; (None, None) for what is no glTF 2.0 (trimesh says why)."""
    try:
        if raw[:4] != b"glTF":
            tree = json.loads(raw) if raw[:1] == b"{" else None
            return (tree if isinstance(tree, dict) else None), None
        _, version, _, length, kind = struct.unpack_from("<4sIIII", raw)
        if version != 2 or kind != _JSON_CHUNK:
            return None, None
        tree = json.loads(raw[20 : 20 + length])
    except (ValueError, struct.error, RecursionError):
        return None, None
    return (tree if isinstance(tree, dict) else None), raw[28 + length :]


def _names(value: Any) -> set[str]:
    return {name for name in value if isinstance(name, str)} if isinstance(value, list) else set()


def _normalised_positions(tree: dict[str, Any]) -> list[int]:
    """Indices of the accessors of positions that are stored as normalised integers."""
    accessors = tree.get("accessors", [])
    used = {
        primitive["attributes"].get("POSITION")
        for mesh in tree.get("meshes", [])
        for primitive in mesh.get("primitives", [])
        if isinstance(primitive.get("attributes"), dict)
    }
    return [
        index
        for index, accessor in enumerate(accessors)
        if index in used and accessor.get("normalized") and accessor.get("componentType") in _INTEGERS
    ]


def _widened(tree: dict[str, Any], index: int, binary: bytes) -> bytes:
    """The binary chunk with an accessor's values appended as floats, to which the accessor now points."""
    accessor = tree["accessors"][index]
    view = tree["bufferViews"][accessor["bufferView"]]
    kind = np.dtype(_INTEGERS[accessor["componentType"]])
    begin = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    stride = view.get("byteStride", 3 * kind.itemsize)
    count = accessor["count"]
    span = binary[begin : begin + (count - 1) * stride + 3 * kind.itemsize]
    rows = np.ndarray((count, 3), kind, span, strides=(stride, kind.itemsize))
    values = np.maximum(rows / np.iinfo(kind).max, -1.0).astype("<f4").tobytes()
    binary += bytes(-len(binary) % 4)
    tree["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(values)})
    accessor |= {"bufferView": len(tree["bufferViews"]) - 1, "componentType": _FLOAT, "byteOffset": 0}
    accessor["normalized"] = False
    return binary + values


def _assembled(tree: dict[str, Any], binary: bytes) -> bytes:
    tree["buffers"][0]["byteLength"] = len(binary)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    chunks = struct.pack("<II", len(text), _JSON_CHUNK) + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
