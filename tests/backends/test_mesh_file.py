"""Mesh files as scanners, compressors and modellers write them."""

import json
import struct

import numpy as np
import pytest
import torch
import trimesh

from chorus_recon.backends.shape import mesh_file
from chorus_recon.backends.shape.mesh_file import check_mesh, load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.errors import InputError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.meshes.proximity import nearest_m


def extent(shape):
    return (shape.vertices.amax(0) - shape.vertices.amin(0)).tolist()


def post():
    """1 m along y, with a foot that tells its ends and sides apart."""
    foot = trimesh.creation.box((0.3, 0.1, 0.1), trimesh.transformations.translation_matrix((0.1, -0.45, 0)))
    return trimesh.util.concatenate([trimesh.creation.box((0.1, 1.0, 0.1)), foot])


def speck(at, size=0.001):
    ball = trimesh.creation.icosphere(1, size)
    ball.apply_translation(at)
    return ball


def parts_of(glb):
    length = struct.unpack_from("<I", glb, 12)[0]
    return json.loads(glb[20 : 20 + length]), glb[28 + length :]


def glb_of(tree, binary):
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@pytest.mark.parametrize("soup", [False, True])
def test_specks_far_away_do_not_count(tmp_path, soup):
    mesh = trimesh.util.concatenate([post(), speck((30, 0, 0)), speck((0, -9, 4)), speck((0, 0.2, 0.1))])
    if soup:  # as STL stores it: no two faces share a vertex
        mesh = trimesh.Trimesh(mesh.triangles.reshape(-1, 3), np.arange(3 * len(mesh.faces)).reshape(-1, 3))
    path = tmp_path / "scan.ply"
    mesh.export(path)
    shape = load_mesh(path)
    assert extent(shape) == pytest.approx([0.3, 1.0, 0.151], abs=2e-3)
    assert "taken to be in m" in shape.source
    assert "without 160 faces that float far" in shape.source
    assert len(shape.faces) == len(mesh.faces) - 160
    assert len(shape.face_rgb) == len(shape.faces)


def test_what_is_tied_to_the_mesh_or_has_area_stays(tmp_path):
    base = post()
    line = trimesh.Trimesh([base.vertices[0], base.vertices[1], (0, 6, 0)], [[0, 1, 2]], process=False)
    other = trimesh.creation.box((0.1, 0.5, 0.1), trimesh.transformations.translation_matrix((3, 0, 0)))
    path = tmp_path / "kite.obj"
    for mesh, length in ((base + line, 6.5), (post() + other, 3.1)):
        mesh.export(path)
        shape = load_mesh(path, units="m")
        assert max(extent(shape)) == pytest.approx(length, abs=0.01)
        assert "float" not in shape.source


@pytest.mark.parametrize("compression", ["KHR_draco_mesh_compression", "EXT_meshopt_compression"])
def test_a_compression_that_is_not_read_is_named_with_its_cure(tmp_path, compression, monkeypatch):
    tree, binary = parts_of(post().export(file_type="glb"))
    tree["extensionsUsed"] = tree["extensionsRequired"] = [compression]
    path = tmp_path / "small.glb"
    path.write_bytes(glb_of(tree, binary))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for read in (load_mesh, check_mesh):
        with pytest.raises(InputError, match=compression) as caught:
            read(path)
        assert "npx" in caught.value.hint
        assert "small.glb" in caught.value.hint


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.int8])
@pytest.mark.parametrize("normalised", [True, False])
def test_quantised_positions_are_read(tmp_path, kind, normalised):
    """As KHR_mesh_quantization stores them: integers, padded rows, and a node that scales them back."""
    mesh = post()
    low, high = mesh.bounds
    top = np.iinfo(kind).max
    whole = np.round((mesh.vertices - low) / (high - low).max() * top).astype(kind)
    padded = np.zeros((len(whole), 4), kind)
    padded[:, :3] = whole
    faces = mesh.faces.astype("<u2").tobytes()
    codes = {np.int8: 5120, np.int16: 5122, np.uint16: 5123}
    unit = float((high - low).max()) / (1 if normalised else top)
    positions = {"bufferView": 1, "componentType": codes[kind], "type": "VEC3", "count": len(whole)}
    tree = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["KHR_mesh_quantization"],
        "scenes": [{"nodes": [0]}],
        "scene": 0,
        "nodes": [{"mesh": 0, "scale": [unit] * 3, "translation": low.tolist()}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 1}, "indices": 0}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5123, "type": "SCALAR", "count": mesh.faces.size},
            positions | ({"normalized": True} if normalised else {}),
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(faces)},
            {
                "buffer": 0,
                "byteOffset": len(faces),
                "byteLength": padded.nbytes,
                "byteStride": 4 * padded.itemsize,
            },
        ],
        "buffers": [{"byteLength": len(faces) + padded.nbytes}],
    }
    path = tmp_path / "quantised.glb"
    path.write_bytes(glb_of(tree, faces + padded.tobytes()))
    shape = load_mesh(path, units="m")
    assert extent(shape) == pytest.approx([0.3, 1.0, 0.1], abs=2.0 / top)


def test_the_files_coordinates_are_carried_to_the_shape(tmp_path):
    """A racket in centimetres, z up, far from the origin, is brought to its template; the way is kept."""
    like = TemplateShapes().shapes("tennis racket")[0]
    turn = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    stored = (100 * like.vertices @ turn.mT + torch.tensor([500.0, -20.0, 7.0])).numpy()
    path = tmp_path / "racket.obj"
    trimesh.Trimesh(stored, like.faces.numpy(), process=False).export(path)
    shape = load_mesh(path, like=like)
    carried = transforms.apply(shape.object_from_file, torch.from_numpy(stored).double())
    used = like.faces.unique()
    assert torch.allclose(carried[used].float(), shape.vertices, atol=1e-4)
    assert float(shape.object_from_file.scale) == pytest.approx(0.01)
    up = load_mesh(path, units="cm", up="z")
    carried = transforms.apply(up.object_from_file, torch.from_numpy(stored).double())
    assert torch.allclose(carried[used].float(), up.vertices, atol=1e-4)


def test_a_scene_of_nodes_is_carried_as_its_viewers_see_it(tmp_path):
    """Parts of a GLB with transforms and scales of their own: `object_from_file` is of the whole scene."""
    scene = trimesh.Scene()
    turned = trimesh.transformations.rotation_matrix(0.7, [0, 1, 0], [1, 2, 3])
    turned[:3, :3] *= 250.0
    below = np.diag([1.0, 1.5, 0.5, 1.0])
    scene.add_geometry(post(), node_name="a", geom_name="a", transform=turned)
    beside = trimesh.creation.icosphere(1, 0.2)
    beside.apply_translation([0.3, 0.4, 0.0])
    scene.add_geometry(beside, node_name="b", geom_name="b", transform=turned @ below)
    path = tmp_path / "scene.glb"
    scene.export(path)
    shape = load_mesh(path, units="mm")
    seen = trimesh.load(path, force="scene").to_geometry().vertices
    carried = transforms.apply(shape.object_from_file, torch.from_numpy(np.array(seen)).double())
    for found, wanted in (
        (carried.amin(0), shape.vertices.amin(0)),
        (carried.amax(0), shape.vertices.amax(0)),
    ):
        assert torch.allclose(found.float(), wanted, atol=1e-4 * float(shape.vertices.abs().max()))
    apart, _ = nearest_m(shape.vertices, carried.float())
    assert float(apart.max()) < 1e-3 * float(shape.vertices.abs().max())
    assert float(shape.object_from_file.scale) == pytest.approx(0.001)


def test_a_mesh_is_read_once_until_its_file_changes(tmp_path, monkeypatch):
    path = tmp_path / "a.ply"
    post().export(path)
    reads = []
    parsed = mesh_file._parsed
    monkeypatch.setattr(mesh_file, "_parsed", lambda path: reads.append(path) or parsed(path))
    check_mesh(path)
    load_mesh(path)
    load_mesh(path, units="m")
    assert len(reads) == 1
    trimesh.creation.box((0.5, 0.5, 0.5)).export(path)
    assert max(extent(load_mesh(path))) == pytest.approx(0.5)


def test_numbers_beyond_use_are_refused(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text("v 0 0 0\nv 1e30 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match="no size that can be used"):
        check_mesh(path)
