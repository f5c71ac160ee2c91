import torch

from chorus_recon.geometry.meshes.thin import thin
from tests.capsules import box, sphere


def test_a_light_mesh_is_left_alone():
    vertices, faces = box((1.0, 1.0, 1.0))
    same, kept, source, merged = thin(vertices, faces, 12)
    assert same is vertices
    assert torch.equal(kept, faces)
    assert torch.equal(source, torch.arange(12))
    assert torch.equal(merged, torch.arange(8))


def test_a_heavy_mesh_keeps_its_shape():
    vertices, faces = sphere(0.5, rings=160)
    light, kept, source, merged = thin(vertices, faces, 4000)
    assert 1000 < len(kept) <= 4000
    assert (light.norm(dim=-1) - 0.5).abs().max() < 0.02
    assert torch.equal(kept, merged[faces[source]])
    assert (light[merged] - vertices).norm(dim=-1).max() < 0.1
