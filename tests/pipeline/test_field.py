"""Priors carried to people of the same body and of another."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.errors import PriorError
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.io.prior_files import load_prior
from chorus_recon.pipeline import field
from chorus_recon.types import AxisField, BodyParams, Rigid
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
    assert "models convert SMPL_NEUTRAL.pkl" in caught.value.hint
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
