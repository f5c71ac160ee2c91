"""Priors carried to people of the same body and of another."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.errors import PriorError
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.geometry.mesh import vertex_normals
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.io.prior_files import load_prior
from chorus_recon.pipeline import field
from chorus_recon.types import AxisField, BodyParams, PosedField, Rigid
from tests import bodies, scenes
from tests.fakes import FakeBody


def person(model, size):
    pose = torch.eye(3).repeat(24, 1, 1)
    return model.pose(BodyParams(model.id, torch.zeros(size), pose, Rigid(torch.eye(3), torch.zeros(3))))


def test_another_bodys_prior_goes_by_joint_names(tmp_path):
    pytest.importorskip("smplx", reason="needs the extra [smpl]")
    np.savez(tmp_path / "body.npz", **bodies.arrays("smpl"))
    ours, theirs = DefaultBody(), registry.make("body", f"smpl:{tmp_path / 'body.npz'}")
    clusters = load_prior("surfboard").clusters[:1]
    mine = field.repose(clusters, ours, person(ours, ours.num_shape))[0].probability > 0.1
    other = field.repose(clusters, theirs, person(theirs, 2))[0].probability > 0.1
    overlap = float((mine & other).sum() / (mine | other).sum())
    assert overlap > 0.95  # the same skin: only the regressed joints differ
    assert torch.allclose(
        field.canon_between(ours, theirs)[:, :3, 3], theirs.canonical()[1] - ours.canonical()[1], atol=1e-6
    )


def test_a_prior_of_another_body_is_carried_to_ours(tmp_path, monkeypatch):
    pytest.importorskip("smplx", reason="needs the extra [smpl]")
    ours = DefaultBody()
    clusters = load_prior("surfboard").clusters[:1]
    theirs = (replace(clusters[0], body_model="smpl"),)
    monkeypatch.setenv("CHORUS_BODIES", str(tmp_path))
    with pytest.raises(PriorError, match=r"built on the body 'smpl'.*has no model file") as caught:
        field.repose(theirs, ours, person(ours, ours.num_shape))
    assert "models convert basicmodel_neutral_lbs_10_207_0_v1.1.0.pkl" in caught.value.hint
    np.savez(tmp_path / "SMPL_NEUTRAL.npz", **bodies.arrays("smpl"))
    mine, other = (
        field.repose(each, ours, person(ours, ours.num_shape))[0].probability > 0.1
        for each in (clusters, theirs)
    )
    assert float((mine & other).sum() / (mine | other).sum()) > 0.95


def test_a_taller_bodys_joints_take_the_prior_along():
    class Tall(FakeBody):
        id = "tall"

        def canonical(self):
            vertices, joints = super().canonical()
            return 1.2 * vertices, 1.2 * joints

    between = field.canon_between(FakeBody(), Tall())
    assert torch.allclose(between[:, :3, 3], 0.2 * FakeBody().canonical()[1], atol=1e-6)
    assert torch.allclose(between[:, :3, :3], torch.eye(3).expand(24, 3, 3))


def test_a_prior_of_an_unknown_body_is_told():
    world = scenes.world((64, 48))
    strange = replace(scenes.prior_of(world).clusters[0], body_model="mhr")
    with pytest.raises(PriorError, match="built on the body 'mhr', this run uses 'capsule"):
        field.repose((strange,), FakeBody(), world.body)


def test_what_is_carried_is_what_is_expected():
    world = scenes.world((64, 48))
    (one,) = scenes.prior_of(world).clusters
    doubted = replace(one, smoothed=0.5 * one.occupancy)
    counted, used = field.repose((one, doubted), FakeBody(), world.body)
    assert torch.allclose(used.probability, 0.5 * counted.probability)


def test_axes_turn_with_the_limb_that_they_lie_along():
    ours = DefaultBody()
    pose = torch.eye(3).repeat(24, 1, 1)
    pose[ours.joint_names.index("left_shoulder")] = rotation_about("z", 1.2)
    body = ours.pose(
        BodyParams(ours.id, torch.zeros(ours.num_shape), pose, Rigid(torch.eye(3), torch.zeros(3)))
    )
    cluster = load_prior("surfboard").clusters[0]
    along_x = torch.tensor([1.0, 0.0, 0.0]).expand(*cluster.grid.shape, 3)
    posed = field.repose(
        (replace(cluster, axes=AxisField(along_x, torch.ones(cluster.grid.shape))),), ours, body
    )[0]
    assert posed.axes is not None
    wrist, elbow = (body.joints[ours.joint_names.index(f"left_{name}")] for name in ("wrist", "elbow"))
    arm = torch.nn.functional.normalize(wrist - elbow, dim=0)
    middle = (wrist + elbow) / 2
    local = (middle - posed.cam_from_grid.translation_m) @ posed.cam_from_grid.rotation
    tensor = grids.sample(posed.axes, posed.grid, local)[[0, 1, 2, 1, 3, 4, 2, 4, 5]].reshape(3, 3)
    assert tensor.trace() > 0.7
    along = arm @ posed.cam_from_grid.rotation
    assert along @ tensor @ along > 0.8 * tensor.trace()  # .13 if the limb left its axes behind


def test_the_body_distance_is_that_of_the_nearest_vertex():
    body = scenes.world((64, 48)).body
    found = field.body_distance(body, voxel_m=0.08)
    points = grids.centers(found.grid).reshape(-1, 3) + found.cam_from_grid.translation_m
    gap, nearest = torch.cdist(points, body.vertices, compute_mode="donot_use_mm_for_euclid_dist").min(-1)
    normal = vertex_normals(body.vertices, body.faces)[nearest]
    inside = ((points - body.vertices[nearest]) * normal).sum(-1) < 0
    expected = torch.where(inside, -gap, gap).clamp_max(field.OUTSIDE_M)
    assert (expected < -0.02).any()
    tie = torch.cdist(points, body.vertices).topk(2, largest=False).values.diff()[:, 0] < 1e-5
    assert ((found.distance.flatten() - expected).abs()[~tie] < 1e-5).all()


def test_what_is_far_from_the_body_is_outside_whatever_the_nearest_normal_says():
    box = trimesh.creation.box((1.0, 1.0, 1.0))
    body = replace(
        scenes.world((64, 48)).body,
        vertices=torch.from_numpy(box.vertices).float(),
        faces=torch.from_numpy(box.faces).long(),
    )
    # above the middle of a face the nearest corner's normal points away
    found = field.body_distance(body)
    x, y, z = (torch.tensor([0.0, 0.1, 0.6]) - found.cam_from_grid.translation_m) / found.grid.voxel_m
    assert float(found.distance[int(x), int(y), int(z)]) == pytest.approx(field.OUTSIDE_M)


@pytest.mark.parametrize("depth_m", [0.3, 1.0, 4.0])
def test_a_voxel_fills_its_own_footprint(depth_m):
    grid = grids.cube(0.8, 8)
    generator = torch.Generator().manual_seed(0)
    probability = torch.rand(grid.shape, generator=generator) * (
        torch.rand(grid.shape, generator=generator) > 0.9
    )
    place = torch.tensor([0.3, -0.1, depth_m])  # partly off the picture
    posed = PosedField(grid, Rigid(torch.eye(3), place), probability, "one", 1.0)
    camera = default_camera((64, 48))
    image, small = field.splat_image(posed, camera, 64)
    points, values = field.points_of(posed, 0.02)
    uv, front = project(small, points)
    half = small.focal_px[0] * grid.voxel_m / points[:, 2].clamp_min(0.1) / 2
    reach = int(torch.ceil(half.median()).clamp(1, 6))
    expected = torch.zeros(48, 64)
    for (u, v), value, wide in zip(
        uv[front].floor().tolist(), values[front].tolist(), half[front], strict=True
    ):
        size = min(reach, int(wide + 0.5))
        rows, cols = (slice(max(0, int(at) - size), max(0, int(at) + size + 1)) for at in (v, u))
        expected[rows, cols] = expected[rows, cols].clamp_min(value)
    assert expected.max() > 0.5
    assert torch.equal(image, expected)
