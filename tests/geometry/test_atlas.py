import pytest
import torch
import trimesh

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry.atlas.charts import unwrap
from chorus_recon.geometry.atlas.push_pull import push_pull
from chorus_recon.geometry.atlas.texels import texels
from chorus_recon.geometry.mesh import face_normals


def meshes():
    body = DefaultBody()
    yield "body", body.template, body.faces
    for category in ("bicycle", "umbrella", "chair"):
        shape = TemplateShapes().shapes(category)[0]
        yield category, shape.vertices, shape.faces
    ball = trimesh.creation.icosphere(4)
    noise = 1 + 0.1 * torch.rand(len(ball.vertices), 1, generator=torch.Generator().manual_seed(0))
    yield "rough ball", torch.from_numpy(ball.vertices).float() * noise, torch.from_numpy(ball.faces)


@pytest.mark.parametrize(("name", "vertices", "faces"), list(meshes()))
def test_charts_lie_apart_and_keep_their_proportions(name, vertices, faces):
    uv = unwrap(vertices, faces)
    assert torch.equal(uv, unwrap(vertices, faces))
    assert uv.min() >= 0
    assert uv.max() <= 1
    (ax, ay), (bx, by) = ((uv[:, k] - uv[:, 0]).unbind(-1) for k in (1, 2))
    flat = (ax * by - ay * bx).abs() / 2
    covered = len(texels(uv, 1024).index) / 1024**2
    assert covered == pytest.approx(float(flat.sum()), rel=0.05)  # overlapping faces share texels
    whole = face_normals(vertices, faces).norm(dim=-1) / 2
    shrunk = flat / whole.clamp_min(1e-12) / (flat.sum() / whole.sum())
    plain = whole > whole.mean() / 10
    assert float((shrunk[plain] > 0.3).float().mean()) > 0.95


def test_a_texel_has_the_face_and_place_at_its_centre():
    uv = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    made = texels(uv, 4)
    assert made.index.tolist() == [0, 1, 2, 3, 4, 5, 6, 8, 9, 12]
    assert torch.allclose(made.weights[1], torch.tensor([0.5, 0.375, 0.125]), atol=1e-6)


def test_push_pull_keeps_what_is_known_and_fills_the_rest_smoothly():
    image = torch.zeros(37, 53, 3)
    image[:, :20] = torch.tensor([0.2, 0.5, 0.9])
    weight = torch.zeros(37, 53)
    weight[:, :20] = 1.0
    filled = push_pull(image, weight)
    assert torch.allclose(filled, torch.tensor([0.2, 0.5, 0.9]).expand(37, 53, 3), atol=1e-5)
    assert not push_pull(image, torch.zeros(37, 53)).any()
