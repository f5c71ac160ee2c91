import pytest
import roma
import torch
import trimesh

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import transforms
from chorus_recon.types import BodyParams, Rigid


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


def random_pose(seed, spread=0.4):
    g = torch.Generator().manual_seed(seed)
    return roma.rotvec_to_rotmat(spread * torch.randn(1, 24, 3, generator=g))


def test_identity_pose_is_the_template(body):
    pose = torch.eye(3).expand(1, 24, 3, 3)
    assert torch.allclose(
        body.vertices(pose, torch.zeros(1, body.num_shape))[0], body.template, atol=1e-6
    )


def test_mesh_is_closed_and_outward(body):
    mesh = trimesh.Trimesh(body.template.numpy(), body.faces.numpy(), process=False)
    assert mesh.is_watertight
    assert 0.05 < mesh.volume < 0.09


def test_heights_are_human(body):
    def height(shape):
        vertices, _ = body.rest(shape[None])
        return float(vertices[0, :, 1].amax() - vertices[0, :, 1].amin())

    mean = height(torch.zeros(body.num_shape))
    tall = height(torch.eye(body.num_shape)[0])
    child = height(torch.eye(body.num_shape)[-1])
    assert 1.64 < mean < 1.74
    assert 0.06 < tall - mean < 0.11
    assert 1.0 < child < 1.25


def test_left_mirrors_right(body):
    rest = body.joints_rest
    for name in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"):
        left = rest[body.joint_names.index(f"left_{name}")]
        right = rest[body.joint_names.index(f"right_{name}")]
        assert torch.allclose(left * torch.tensor([-1.0, 1, 1]), right, atol=2e-3)
        assert left[0] > 0


def test_landmarks_equal_those_of_the_full_mesh(body):
    shape = torch.randn(1, body.num_shape, generator=torch.Generator().manual_seed(1))
    pose = random_pose(2)
    slow = torch.einsum("lv,bvd->bld", body.landmark_weights, body.vertices(pose, shape))
    assert torch.allclose(body.landmarks(pose, shape), slow, atol=1e-5)


def test_root_turn_moves_everything_rigidly(body):
    shape = torch.zeros(1, body.num_shape)
    pose = random_pose(3)
    pose[:, 0] = torch.eye(3)
    turn = transforms.rotation_about("y", 1.1)
    turned = pose.clone()
    turned[:, 0] = turn
    assert torch.allclose(
        body.vertices(turned, shape), body.vertices(pose, shape) @ turn.mT, atol=1e-5
    )


def test_parts_partition_the_vertices(body):
    joined = torch.cat(list(body.parts.values()))
    assert len(body.parts) == 24
    assert torch.equal(joined.sort().values, torch.arange(len(body.template)))


def test_places_are_where_they_say(body):
    centre = {name: body.template[rows].mean(0) for name, rows in body.places.items()}
    assert centre["left_palm"][0] > 0.6
    assert centre["right_sole"][1] < -0.8
    assert centre["seat"][2] < 0
    assert centre["head_top"][1] > 0.6


def test_canonical_transforms_carry_joints(body):
    _, canon = body.canonical()
    shape = torch.randn(body.num_shape, generator=torch.Generator().manual_seed(4)) * 0.5
    place = Rigid(transforms.rotation_about("x", 3.0), torch.tensor([0.1, 0.2, 3.0]))
    posed = body.pose(BodyParams(body.id, shape, random_pose(5)[0], place))
    ones = torch.ones(24, 1)
    carried = torch.einsum("jab,jb->ja", posed.cam_from_canon, torch.cat([canon, ones], 1))
    assert torch.allclose(carried[:, :3], posed.joints, atol=1e-5)


def test_gradients_reach_pose_and_shape(body):
    pose = random_pose(6).requires_grad_()
    shape = torch.zeros(1, body.num_shape, requires_grad=True)
    body.vertices(pose, shape).square().sum().backward()
    assert pose.grad.abs().sum() > 0
    assert shape.grad.abs().sum() > 0
