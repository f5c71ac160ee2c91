import math

import pytest
import torch

from chorus_recon.geometry.mesh import face_normals
from chorus_recon.geometry.meshes import creases
from chorus_recon.geometry.meshes.creases import corner_normals, split
from tests.capsules import box, capsule


def test_box_stays_sharp():
    vertices, faces = box((1.0, 2.0, 3.0))
    flat = torch.nn.functional.normalize(face_normals(vertices, faces), dim=-1)
    assert torch.allclose(corner_normals(vertices, faces), flat[:, None].expand(-1, 3, -1), atol=1e-6)


def test_round_parts_are_smooth():
    vertices, faces = capsule((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.2, segments=48, rings=12)
    nearest = vertices.clone()
    nearest[:, [0, 2]] = 0
    nearest[:, 1].clamp_(0, 1)
    radial = torch.nn.functional.normalize(vertices - nearest, dim=-1)
    assert ((corner_normals(vertices, faces) * radial[faces]).sum(-1) > math.cos(0.1)).all()


@pytest.mark.parametrize(("bend_deg", "smooth"), [(45, True), (55, False), (95, False)])
def test_a_fold_is_smooth_up_to_the_crease_angle(bend_deg, smooth):
    half = math.radians(bend_deg / 2)
    sides = [
        [0.0, 0, 0],
        [0, 1, 0],
        [math.cos(half), 0.5, -math.sin(half)],
        [-math.cos(half), 0.5, -math.sin(half)],
    ]
    faces = torch.tensor([[0, 2, 1], [0, 1, 3]])
    normals = corner_normals(torch.tensor(sides), faces)
    flat = torch.nn.functional.normalize(face_normals(torch.tensor(sides), faces), dim=-1)
    assert torch.allclose(normals[:, 0], torch.tensor([[0.0, 0, 1]]) if smooth else flat, atol=1e-6)


def test_an_unwelded_mesh_is_shaded_like_a_welded_one():
    vertices, faces = capsule((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.2)
    loose = torch.arange(3 * len(faces)).view(-1, 3)
    assert torch.allclose(
        corner_normals(vertices[faces].view(-1, 3), loose), corner_normals(vertices, faces), atol=1e-6
    )


def test_a_fan_of_many_faces_is_flat_and_finite():
    count = 200
    turn = torch.arange(count) * (2 * math.pi / count)
    vertices = torch.cat([torch.zeros(1, 3), torch.stack([turn.cos(), turn.sin(), turn * 0 - 1], -1)])
    faces = torch.stack(
        [torch.zeros(count).long(), torch.arange(count) + 1, (torch.arange(count) + 1) % count + 1], -1
    )
    normals = corner_normals(vertices, faces)
    assert torch.isfinite(normals).all()
    flat = torch.nn.functional.normalize(face_normals(vertices, faces), dim=-1)
    assert torch.allclose(normals[:, 0], flat, atol=1e-6)


def test_split_keeps_every_face_and_its_colour():
    vertices, faces = box((1.0, 1.0, 1.0))
    rgb = torch.tensor([[200, 10, 10]] * 6 + [[10, 10, 200]] * 6, dtype=torch.uint8)
    out = split(vertices, faces, rgb)
    assert len(out.vertices) == 24  # four a side
    assert torch.equal(out.vertices[out.faces], vertices[faces])
    assert torch.equal(out.rgb[out.faces], rgb[:, None].expand(-1, 3, -1))
    assert torch.equal(vertices[out.source], out.vertices)


def test_split_of_a_smooth_mesh_adds_nothing():
    vertices, faces = capsule((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.2, segments=32, rings=8)
    grey = torch.full((len(faces), 3), 128, dtype=torch.uint8)
    # the two ends of the same ring of normals meet on the cylinder: nothing to split
    assert len(split(vertices, faces, grey).vertices) == len(vertices)


def test_blocks_change_nothing(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    vertices = torch.randn(40, 3, generator=generator)
    faces = torch.randint(0, 40, (90, 3), generator=generator)
    whole = creases.corner_normals(vertices, faces)
    monkeypatch.setattr(creases, "_BLOCK", 11)
    assert torch.equal(creases.corner_normals(vertices, faces), whole)
