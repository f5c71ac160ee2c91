"""Meshes that a renderer holds, against the same meshes rendered anew each time."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.pipeline.placement import optimise, proposals, state, surfaces
from chorus_recon.types import Similarity
from tests.pipeline.placement.contexts import context_of
from tests.scenes import board


class Forgetful:
    """A renderer that holds no meshes."""

    name = "forgetful"

    def __init__(self, renderer):
        self.render = renderer.render


@pytest.fixture(scope="module")
def moving():
    """Two candidates of a board without modes, with gradients."""
    index = torch.zeros(2, dtype=torch.long)
    start = proposals.Candidates(
        shape=index,
        cluster=index,
        rotation=torch.eye(3).expand(2, 3, 3),
        translation_m=torch.tensor([[0.0, 0.6, 3.2], [0.2, 0.7, 3.0]]),
        scale=torch.tensor([1.0, 1.1]),
    )
    return start


def outline_of(renderer, start, row):
    context = context_of()
    one = surfaces.Surface(replace(board(), modes=torch.zeros(0, len(board().vertices), 3)), renderer)
    free = [
        torch.tensor([[0.3, 0.8, -0.2]]).repeat(2, 1).requires_grad_(),
        torch.zeros(2, 3).requires_grad_(),
    ]
    now = state.State(start, *free, torch.zeros(2), torch.zeros(2, 1))
    image = one.outline(now, now.similarity(), row, context.window.camera, 1.5)
    (image * torch.linspace(0, 1, image.shape[1])).sum().backward()
    return image, *(tensor.grad for tensor in free)


@pytest.mark.parametrize("row", [0, 1])
def test_a_held_mesh_has_the_same_outline_and_gradients(moving, row):
    renderer = context_of().renderer
    held, anew = outline_of(renderer, moving, row), outline_of(Forgetful(renderer), moving, row)
    assert anew[0].max() > 0.9
    assert torch.allclose(held[0], anew[0], atol=1e-5)
    for mine, other in zip(held[1:], anew[1:], strict=True):
        assert other.abs().max() > 1.0
        assert torch.allclose(mine, other, rtol=1e-3, atol=1e-2)


def test_a_held_mesh_is_seen_as_its_moved_vertices_are(moving):
    context = context_of()
    shape = replace(board(), modes=torch.zeros(0, len(board().vertices), 3))
    start = state.fresh(moving, 1)
    pose = start.similarity()
    held = surfaces.Surface(shape, context.renderer).seen(start, pose, 1, context.camera)
    anew = surfaces.Surface(shape, Forgetful(context.renderer)).seen(start, pose, 1, context.camera)
    assert isinstance(pose, Similarity)
    assert (anew.face >= 0).sum() > 100
    assert torch.equal(held.face, anew.face)
    assert torch.allclose(held.depth, anew.depth, atol=1e-5)


def test_a_mesh_of_many_faces_is_prepared_once():
    prepared = []

    class Counting(Forgetful):
        def still(self, vertices, faces):
            prepared.append(len(faces))
            return context_of().renderer.still(vertices, faces)

    def fail(*_):
        raise AssertionError("the mesh was given to the renderer again")

    shape = replace(board(), modes=torch.zeros(0, len(board().vertices), 3))
    renderer = Counting(context_of().renderer)
    context = context_of(shapes=(shape,), renderer=renderer)
    renderer.render = lambda vertices, faces, camera: (
        fail() if len(faces) == len(shape.faces) else context_of().renderer.render(vertices, faces, camera)
    )
    placements = optimise.optimise(context)
    assert prepared == [len(shape.faces)]
    assert placements[0].silhouette_iou > 0.3
