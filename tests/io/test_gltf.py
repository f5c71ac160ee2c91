import io
from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

from chorus_recon.geometry import transforms
from chorus_recon.geometry.meshes.creases import split
from chorus_recon.geometry.rotations import convert
from chorus_recon.io.meshes import gltf
from chorus_recon.types import Rigid
from tests.capsules import box, capsule
from tests.glb_files import Glb
from tests.gltf_validation import faults


def of(vertices, faces, name="thing", rgb=None, **more):
    colours = torch.full((len(faces), 3), 128, dtype=torch.uint8) if rgb is None else rgb
    apart = split(vertices, faces, colours)
    return gltf.GltfMesh(name, apart.vertices, apart.normals, apart.rgb, apart.faces, **more)


def arm():
    """A capsule along y with two joints, the second turned by a quarter, and weights that change slowly."""
    vertices, faces = capsule((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.1, segments=16, rings=6)
    share = vertices[:, 1].clamp(0, 1)
    weights = torch.stack([1 - share, share], 1)
    turn = convert.from_vector(torch.tensor([[0.0, 0.3, 0.0], [1.57, 0.0, 0.0]]))
    pose = transforms.matrix(Rigid(turn, torch.tensor([[0.2, 0.0, 0.0], [0.2, 0.5, 0.0]])))
    return vertices, faces, gltf.GltfSkin(("upper", "lower"), (-1, 0), pose, weights)


def test_a_skinned_mesh_lies_where_it_was_bound_and_follows_its_joints(tmp_path):
    vertices, faces, skin = arm()
    gltf.write_glb(tmp_path / "a.glb", [of(vertices, faces, skin=skin)], extras={})
    found = Glb(tmp_path / "a.glb")
    assert np.allclose(found.skinned("thing"), vertices, atol=1e-6)
    turn = convert.from_vector(torch.tensor([0.0, 0.0, 0.7])).double()
    moved = found.skinned("thing", turn={"lower": turn.numpy()})
    pose = skin.scene_from_joint.double()
    local = torch.linalg.inv(pose[0]) @ pose[1]
    local[:3, :3] = local[:3, :3] @ turn
    carry = pose[0] @ local @ torch.linalg.inv(pose[1])
    below = vertices.double() @ carry[:3, :3].mT + carry[:3, 3]
    expected = skin.weights[:, :1] * vertices + skin.weights[:, 1:] * below
    assert np.allclose(moved, expected, atol=2e-3)  # weights are steps of 1/255
    assert np.abs(moved - vertices.numpy()).max() > 0.1


def test_weights_add_up_exactly_and_the_largest_are_kept():
    weights = torch.rand(500, 24, generator=torch.Generator().manual_seed(0)) ** 6
    joints, steps = gltf.influences(weights)
    assert (steps.astype(int).sum(1) == 255).all()
    best = weights.topk(4, dim=1)
    wanted = best.values / best.values.sum(1, keepdim=True)
    dense = np.zeros((500, 24))
    np.put_along_axis(dense, joints.astype(int), 0, 1)
    for k in range(4):
        dense[np.arange(500), joints[:, k]] += steps[:, k] / 255
    expected = np.zeros((500, 24))
    np.put_along_axis(expected, best.indices.numpy(), wanted.numpy(), 1)
    assert np.abs(dense - expected).max() <= 1 / 255


def test_a_texture_is_embedded_where_its_corners_say(tmp_path):
    vertices, faces = box((1.0, 1.0, 1.0))
    corner_uv = torch.rand(len(faces), 3, 2, generator=torch.Generator().manual_seed(1))
    stream = io.BytesIO()
    Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(stream, "PNG")
    apart = split(vertices, faces, torch.zeros(len(faces), 3, dtype=torch.uint8), corner_uv)
    texture = gltf.GltfTexture(stream.getvalue(), apart.uv)
    mesh = gltf.GltfMesh("t", apart.vertices, apart.normals, apart.rgb, apart.faces, texture=texture)
    gltf.write_glb(tmp_path / "t.glb", [mesh], extras={})
    read = trimesh.load(tmp_path / "t.glb").geometry["t"]
    places = read.visual.uv[read.faces]
    places[..., 1] = 1 - places[..., 1]  # trimesh counts from below
    assert np.allclose(places, corner_uv, atol=1e-4)
    assert np.allclose(read.vertices[read.faces], vertices[faces])
    assert read.visual.material.baseColorTexture.size == (8, 8)


def test_colours_are_linear_bytes_and_one_colour_is_the_materials(tmp_path):
    vertices, faces = box((1.0, 1.0, 1.0))
    two = torch.tensor([[188, 55, 0]] * 6 + [[255, 10, 188]] * 6, dtype=torch.uint8)
    meshes = [of(vertices, faces, "one"), of(vertices, faces, "two", two)]
    gltf.write_glb(tmp_path / "c.glb", meshes, extras={})
    found = Glb(tmp_path / "c.glb")
    (one,), (both,) = (found.mesh(name)["primitives"] for name in ("one", "two"))
    assert "COLOR_0" not in one["attributes"]
    colour = found.tree["materials"][one["material"]]["pbrMetallicRoughness"]["baseColorFactor"]
    assert colour == pytest.approx([0.215861] * 3 + [1.0])  # linear, of 128
    rgba = found.values(both["attributes"]["COLOR_0"])
    assert {tuple(row) for row in rgba} == {(128, 10, 0, 255), (255, 1, 128, 255)}
    assert found.tree["accessors"][both["indices"]]["componentType"] == 5123


def test_every_kind_of_mesh_passes_the_khronos_validator(tmp_path):
    vertices, faces, skin = arm()
    flat = torch.tensor([[0, 0, 1], [2, 2, 2], [1, 2, 3]])  # two faces have no area
    broken = of(vertices, flat, "broken")
    broken = replace(broken, values={"contact": torch.ones(len(broken.vertices))})
    plain, stream = of(vertices, faces), io.BytesIO()
    Image.new("RGB", (16, 16), (9, 80, 200)).save(stream, "JPEG")
    texture = gltf.GltfTexture(stream.getvalue(), torch.rand(len(plain.vertices), 2))
    faint = torch.arange(len(faces)) < 40
    many = torch.rand(70_000, 3)
    meshes = [
        replace(plain, name="person", skin=skin, texture=texture, faint=faint),
        replace(plain, name="person_2", skin=skin, faint=faint),
        broken,
        of(many, torch.arange(69_999).view(-1, 3), "many"),
    ]
    view = gltf.GltfCamera("photo_camera", 0.8, 1.5, torch.eye(4), {"a": [1.0]})
    gltf.write_glb(tmp_path / "all.glb", meshes, view, extras={"frame": "world"})
    assert faults(tmp_path / "all.glb") == {"all.glb": []}
