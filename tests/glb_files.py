"""Read what a GLB file holds, without a glTF library."""

import json
from pathlib import Path

import numpy as np

_KINDS = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """The tree of a file, and the arrays in it."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        length = int.from_bytes(data[12:16], "little")
        self.tree = json.loads(data[20 : 20 + length])
        self._binary = data[28 + length :]

    def values(self, index: int) -> np.ndarray:
        """The numbers of an accessor, as stored."""
        accessor = self.tree["accessors"][index]
        view, width = self.tree["bufferViews"][accessor["bufferView"]], _SIZES[accessor["type"]]
        found = np.frombuffer(
            self._binary, _KINDS[accessor["componentType"]], accessor["count"] * width, view["byteOffset"]
        )
        return found.reshape(-1, width) if width > 1 else found

    def node(self, name: str) -> dict:
        """The only node of a name."""
        (found,) = (node for node in self.tree["nodes"] if node["name"] == name)
        return found

    def mesh(self, name: str) -> dict:
        """The mesh of a node."""
        return self.tree["meshes"][self.node(name)["mesh"]]

    def attribute(self, name: str, attribute: str) -> np.ndarray:
        """A vertex attribute of a node's mesh, as stored."""
        return self.values(self.mesh(name)["primitives"][0]["attributes"][attribute])

    def globals(self, turn: dict[str, np.ndarray]) -> dict[int, np.ndarray]:
        """The transform of each node to the scene; `turn` rotates joints, by name, in their own axes."""
        out: dict[int, np.ndarray] = {}

        def visit(index: int, above: np.ndarray) -> None:
            node = self.tree["nodes"][index]
            local = np.eye(4)
            if "rotation" in node:
                x, y, z, w = node["rotation"]
                local[:3, :3] = [
                    [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                    [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                    [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
                ]
                local[:3, 3] = node["translation"]
            local[:3, :3] = local[:3, :3] @ turn.get(node["name"], np.eye(3))
            out[index] = above @ local
            for child in node.get("children", ()):
                visit(child, out[index])

        for root in self.tree["scenes"][0]["nodes"]:
            visit(root, np.eye(4))
        return out

    def skinned(self, name: str, turn: dict[str, np.ndarray] | None = None) -> np.ndarray:
        """The vertices of a node's mesh as its joints carry them, by glTF's own rule."""
        skin = self.tree["skins"][self.node(name)["skin"]]
        places = self.globals(turn or {})
        inverse = self.values(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
        carry = np.stack([places[joint] for joint in skin["joints"]]) @ inverse
        weights = self.attribute(name, "WEIGHTS_0") / 255
        blend = (weights[..., None, None] * carry[self.attribute(name, "JOINTS_0")]).sum(1)
        vertices = self.attribute(name, "POSITION").astype(np.float64)
        return (blend[:, :3, :3] @ vertices[..., None])[..., 0] + blend[:, :3, 3]
