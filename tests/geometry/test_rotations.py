import math

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.rotations.angles import apart_rad
from chorus_recon.geometry.rotations.fit import nearest_rotation, registration
from chorus_recon.types import Similarity

TURNS = Rotation.random(200, random_state=0)
HALF = Rotation.from_rotvec(math.pi * np.concatenate([np.eye(3), [[0.6, 0.8, 0.0], [0.0, -0.6, 0.8]]]))


@pytest.mark.parametrize("turns", [TURNS, HALF, Rotation.from_rotvec(1e-5 * np.eye(3)), Rotation.identity(2)])
def test_vectors_quaternions_and_matrices_are_those_of_scipy(turns):
    matrices = torch.from_numpy(turns.as_matrix())
    vectors, quaternions = (torch.from_numpy(x) for x in (turns.as_rotvec(), turns.as_quat()))
    assert torch.allclose(convert.from_vector(vectors), matrices, atol=1e-9)
    assert torch.allclose(convert.from_quaternion(quaternions), matrices, atol=1e-9)
    assert torch.allclose(convert.to_vector(matrices).norm(dim=-1), vectors.norm(dim=-1), atol=1e-7)
    assert torch.allclose(convert.from_vector(convert.to_vector(matrices)), matrices, atol=1e-9)
    assert torch.allclose(
        (convert.to_quaternion(matrices) * quaternions).sum(-1).abs(), torch.ones(1).double()
    )
    assert torch.allclose(apart_rad(matrices, torch.eye(3).double()), vectors.norm(dim=-1), atol=1e-7)


@pytest.mark.parametrize("turns", [TURNS[:10], Rotation.identity(2)])
def test_gradients_are_those_of_differences(turns):
    assert torch.autograd.gradcheck(convert.from_vector, torch.from_numpy(turns.as_rotvec()).requires_grad_())


def test_gradients_back_from_matrices_are_those_of_differences():
    vectors = torch.from_numpy(TURNS[:10].as_rotvec()).requires_grad_()
    assert torch.autograd.gradcheck(lambda v: convert.to_vector(convert.from_vector(v)), vectors)


def test_the_nearest_rotation_of_a_mirror_image_is_a_rotation():
    matrix = torch.from_numpy(TURNS[:5].as_matrix() * [1.0, 1.0, -0.2])
    nearest = nearest_rotation(matrix)
    assert torch.allclose(torch.linalg.det(nearest), torch.ones(5).double())
    worth = (nearest[:, None] * matrix[:, None]).sum((-1, -2))
    others = torch.from_numpy(TURNS.as_matrix())
    assert bool((worth >= (others * matrix[:, None]).sum((-1, -2)) - 1e-9).all())
    assert torch.allclose(nearest_rotation(3.0 * others), others)


def test_a_known_similarity_comes_back_where_points_without_weight_lie_elsewhere():
    source = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 20, 3)))
    turn = torch.from_numpy(TURNS[:3].as_matrix())
    known = Similarity(turn, torch.arange(9.0).double().view(3, 3), torch.tensor([0.5, 1.0, 2.0]).double())
    target = transforms.apply(known, source)
    target[:, 15:] += 7.0
    weights = torch.where(torch.arange(20) < 15, 2.0, 0.0).double()
    found = registration(source, target, weights)
    for one, other in (
        (found.rotation, turn),
        (found.translation_m, known.translation_m),
        (found.scale, known.scale),
    ):
        assert torch.allclose(one, other)


def test_points_of_a_mirror_image_are_registered_by_the_best_rotation():
    source = torch.from_numpy(np.random.default_rng(0).normal(size=(20, 3)))
    target = source * torch.tensor([1.0, 1.0, -1.0])
    found = registration(source, target)
    assert float(torch.linalg.det(found.rotation)) == pytest.approx(1.0)
    error = (transforms.apply(found, source) - target).square().sum()
    for change in (0.99, 1.01):  # the scale is the best one for that rotation
        changed = Similarity(found.rotation, found.translation_m, found.scale * change)
        about = target.mean(0) - change * found.scale * (found.rotation @ source.mean(0))
        changed = Similarity(found.rotation, about, changed.scale)
        assert error < (transforms.apply(changed, source) - target).square().sum()
