"""People of one body told as another's parameters."""

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.retarget import Match, Retargeted
from chorus_recon.geometry.meshes.proximity import nearest_m
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.rotations.angles import apart_rad
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.types import BodyParams, Rejected, Rigid
from tests import bodies, scenes


def someone(body, shape=(0.6, -0.8), seed=0):
    turns = 0.4 * torch.randn(24, 3, generator=torch.Generator().manual_seed(seed))
    turns[0] = 0.0
    turns[22:] = 0.0
    code = torch.zeros(body.num_shape)
    code[: len(shape)] = torch.tensor(shape)
    root = Rigid(rotation_about("x", 3.0) @ rotation_about("y", 0.5), torch.tensor([0.1, 0.2, 3.0]))
    return BodyParams(body.id, code, convert.from_vector(turns), root)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("bodies")
    for model in bodies.COUNTS:
        np.savez(root / f"{model.upper()}_NEUTRAL.npz", **bodies.arrays(model))
    return root


def test_a_body_told_as_itself_is_found_again():
    body = DefaultBody()
    params = someone(body, (0.6, -0.8, 0.5))
    found = Match(body, body).convert(params)
    assert (body.pose(found).vertices - body.pose(params).vertices).norm(dim=-1).max() < 2e-3
    assert torch.allclose(found.pose[0], torch.eye(3))
    turned = apart_rad(found.pose, params.pose)
    assert turned[:22].max() < 0.02


@pytest.mark.parametrize("model", bodies.COUNTS)
def test_people_of_the_embedded_body_become_parameters_of_the_smpl_family(folder, model):
    pytest.importorskip("smplx", reason="needs the extra [smpl]")
    ours, theirs = DefaultBody(), registry.make("body", f"{model}:{folder / f'{model.upper()}_NEUTRAL.npz'}")
    # only components that both have: the file's two are the embedded body's first
    params = someone(ours)
    found = Match(ours, theirs).convert(params)
    assert found.model == model
    mine, posed = ours.pose(params), theirs.pose(found)
    apart, _ = nearest_m(posed.vertices, mine.vertices)
    # what is left are the file's pose corrections, which the fit leaves out
    assert apart.median() < 0.008
    assert (posed.joints - mine.joints).norm(dim=-1).median() < 0.01
    assert found.shape[:2].numpy() == pytest.approx([0.6, -0.8], abs=0.35)
    back = ours.pose(Match(theirs, ours).convert(found))
    assert (back.vertices - mine.vertices).norm(dim=-1).median() < 0.012


def test_any_human_backend_goes_with_a_body_that_can_be_fitted(folder, monkeypatch):
    pytest.importorskip("smplx", reason="needs the extra [smpl]")
    monkeypatch.setenv("CHORUS_BODIES", str(folder))
    made = registry.load({"body": "smplx"})
    assert isinstance(made.human, Retargeted)
    assert made.body.id == made.human.body.id == "smplx"
    assert {"smplx", "chorus-body-v1"} <= set(made.human.licences)


def test_who_has_no_pose_stays_rejected():
    world = scenes.world((64, 48))
    told = Retargeted(world.estimator(), DefaultBody())
    empty = type(world.detections[0])(torch.tensor([0.0, 0.0, 6.0, 6.0]), "person", 0.3)
    assert isinstance(told.estimate(world.photo, [empty], [None], world.camera)[0], Rejected)
