import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.types import Camera
from tests.scenes import box, sphere

RENDERER = EmbreeRenderer()


def camera(width=64, height=48, focal=60.0):
    return Camera(torch.tensor([focal, focal]), torch.tensor([width / 2, height / 2]), (width, height))


def test_sphere_depth_is_the_analytic_one():
    center, radius, view = torch.tensor([0.1, -0.05, 3.0]), 0.6, camera(160, 120, 150.0)
    vertices, faces = sphere(radius, rings=128)
    depth = RENDERER.render(vertices + center, faces, view).depth
    d = rays(view, pixel_centers(view.size_px))
    a, b, c = (d * d).sum(-1), (d * center).sum(-1), center @ center - radius**2
    root = b * b - a * c
    expected = (b - root.clamp_min(0).sqrt()) / a
    inside = root > 0.05 * (radius**2)  # away from the rim, where facets and the sphere part
    assert inside.sum() > 500
    assert torch.allclose(depth[inside], expected[inside], atol=2e-3)
    assert torch.isinf(depth[root < 0]).all()


def test_box_front_face_is_flat_and_ends_between_pixel_centres():
    # the front face lies at z = 2 and covers u in [12, 52], v in [9.2, 38.7] with focal 60
    view = camera()
    low = torch.tensor([(12 - 32) / 60 * 2, (9.2 - 24) / 60 * 2, 2.0])
    high = torch.tensor([(52 - 32) / 60 * 2, (38.7 - 24) / 60 * 2, 2.5])
    vertices, faces = box((1.0, 1.0, 1.0))
    result = RENDERER.render((vertices + 0.5) * (high - low) + low, faces, view)
    hit = torch.isfinite(result.depth)
    columns, rows = hit.any(0).nonzero()[:, 0], hit.any(1).nonzero()[:, 0]
    assert (columns[0], columns[-1]) == (12, 51)
    assert (rows[0], rows[-1]) == (9, 38)  # centre 9.5 is inside, 38.5 too, 8.5 and 39.5 are not
    assert hit.sum() == 40 * 30
    assert torch.allclose(result.depth[hit], torch.tensor(2.0), atol=1e-5)
    assert ((result.face >= 0) == hit).all()


def test_behind_the_camera_is_invisible_and_crossing_it_is_cut():
    vertices, faces = box((0.5, 0.5, 0.5))
    behind = RENDERER.render(vertices + torch.tensor([0.0, 0.0, -2.0]), faces, camera())
    assert torch.isinf(behind.depth).all()
    assert (behind.face == -1).all()
    around = RENDERER.render(vertices * 8, faces, camera())  # the camera sits inside a 4 m box
    assert torch.allclose(around.depth[20:28, 20:44], torch.tensor(2.0), atol=1e-5)


@pytest.mark.parametrize("shift", [(40.0, 0.0, 0.0), (0.0, -40.0, 0.0)])
def test_outside_the_picture_nothing_is_hit(shift):
    vertices, faces = box((0.5, 0.5, 0.5))
    result = RENDERER.render(vertices + torch.tensor([0.0, 0.0, 3.0]) + torch.tensor(shift), faces, camera())
    assert torch.isinf(result.depth).all()


def test_culling_changes_nothing():
    vertices, faces = sphere(0.4, rings=24)
    vertices = vertices + torch.tensor([0.3, 0.2, 2.0])
    # an unseen triangle that crosses the camera's plane lifts the bound
    crossing = torch.tensor([[50.0, 50.0, -1.0], [51.0, 50.0, 1.0], [50.0, 51.0, 1.0]])
    whole = RENDERER.render(
        torch.cat([vertices, crossing]), torch.cat([faces, len(vertices) + torch.arange(3)[None]]), camera()
    )
    culled = RENDERER.render(vertices, faces, camera())
    assert torch.equal(whole.face, culled.face)
    assert torch.equal(whole.depth, culled.depth)


def test_layers_are_seen_through_each_other():
    near, faces = box((0.5, 0.5, 0.5))
    far = near + torch.tensor([0.0, 0.0, 2.0])
    layers = RENDERER.render_layers([(near + torch.tensor([0.0, 0.0, 2.0]), faces), (far, faces)], camera())
    assert torch.isfinite(layers[0].depth[24, 32])
    assert torch.isfinite(layers[1].depth[24, 32])


def test_empty_mesh():
    result = RENDERER.render(torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.int64), camera())
    assert torch.isinf(result.depth).all()
