import torch

from chorus_recon.geometry.meshes.proximity import inside, nearest_m, surface_gaps_m
from tests.capsules import box, sphere


def cloud(count, seed=0):
    return (torch.rand(count, 3, generator=torch.Generator().manual_seed(seed)) - 0.5) * 2


def test_nearest_is_the_euclidean_one():
    distance, index = nearest_m(torch.zeros(1, 3), torch.tensor([[0.0, 3, 4], [0, 0, 2]]))
    assert distance.tolist() == [2.0]
    assert index.tolist() == [1]


def test_inside_two_overlapping_spheres_is_their_union():
    vertices, faces = sphere(0.5, rings=64)
    shift = torch.tensor([0.3, 0.0, 0.0])
    points = cloud(5000)
    got = inside(points, torch.cat([vertices, vertices + shift]), torch.cat([faces, faces + len(vertices)]))
    true = (points.norm(dim=-1) < 0.5) | ((points - shift).norm(dim=-1) < 0.5)
    assert float((got != true).float().mean()) < 0.002  # the mesh lies a little inside the sphere


def test_inside_does_not_depend_on_the_winding_of_the_faces():
    vertices, faces = box((1.0, 0.2, 0.4))
    points = cloud(2000)
    true = (points.abs() < torch.tensor([0.5, 0.1, 0.2])).all(-1)
    assert torch.equal(inside(points, vertices, faces), true)
    assert torch.equal(inside(points, vertices, faces.flip(1)), true)


def test_nothing_is_inside_a_mesh_elsewhere():
    vertices, faces = box((1.0, 1.0, 1.0))
    assert not inside(cloud(50), vertices + 10.0, faces).any()


def test_gaps_to_a_surface_are_exact_on_large_triangles():
    vertices, faces = box((4.0, 0.5, 2.0))
    points = torch.tensor(
        [
            [0.31, 0.27, 0.4],
            [1.9, 0.25, -0.9],
            [0.0, 0.2499, 0.0],
            [2.03, 0.0, 0.7],
            [0.0, 0.31, 0.0],
            [9.0, 0.0, 0.0],
        ]
    )
    gaps = surface_gaps_m(points, vertices, faces, 0.05)
    assert torch.allclose(gaps[:4], torch.tensor([0.02, 0.0, 1e-4, 0.03]), atol=1e-6)
    assert torch.isinf(gaps[4:]).all()
