"""Legs that the photo does not show: upright below a leaning trunk, on a seat where half bent."""

import math

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.unseen_legs import with_unseen_legs_upright
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams, Rigid

DOWN = torch.tensor([0.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def model() -> DefaultBody:
    return DefaultBody()


def facing_camera(model: DefaultBody, lean_rad: float, bend_rad: float) -> BodyParams:
    """A body that faces a level camera, leans towards it and has its legs bent at the hips."""
    upright = torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    pose = torch.eye(3).repeat(len(model.joint_names), 1, 1)
    for side in ("left", "right"):
        pose[model.joint_names.index(f"{side}_hip")] = turn(-bend_rad)
    place = Rigid(upright @ turn(lean_rad), torch.tensor([0.0, 0.0, 3.0]))
    return BodyParams(model.id, torch.zeros(model.num_shape), pose, place)


def turn(angle_rad: float) -> torch.Tensor:
    return convert.from_vector(torch.tensor([angle_rad, 0.0, 0.0]))


def bones(model: DefaultBody, params: BodyParams, upper: str, lower: str) -> torch.Tensor:
    joints = model.pose(params).joints
    rows = [
        [model.joint_names.index(f"{side}_{part}") for part in (upper, lower)] for side in ("left", "right")
    ]
    return torch.nn.functional.normalize(torch.stack([joints[b] - joints[a] for a, b in rows]), dim=-1)


def unseen(model: DefaultBody) -> torch.Tensor:
    confidence = torch.ones(len(model.joint_names))
    for part in ("knee", "ankle", "foot"):
        for side in ("left", "right"):
            confidence[model.joint_names.index(f"{side}_{part}")] = 0.0
    return confidence


def test_legs_in_line_with_a_trunk_that_leans_forwards_stand(model: DefaultBody) -> None:
    params = facing_camera(model, math.radians(40), 0.0)
    assert float((bones(model, params, "hip", "knee") @ DOWN).max()) < 0.8
    made = with_unseen_legs_upright(params, model, unseen(model))
    for upper, lower in (("hip", "knee"), ("knee", "ankle")):
        assert float((bones(model, made, upper, lower) @ DOWN).min()) > 0.97
    above = [
        i for i, name in enumerate(model.joint_names) if name in ("head", "neck", "left_wrist", "left_hip")
    ]
    before, after = model.pose(params).joints[above], model.pose(made).joints[above]
    assert torch.allclose(before, after, atol=1e-5)


def test_half_bent_legs_sit(model: DefaultBody) -> None:
    params = facing_camera(model, 0.0, math.radians(55))
    made = with_unseen_legs_upright(params, model, unseen(model))
    assert float((bones(model, made, "hip", "knee") @ torch.tensor([0.0, 0.0, -1.0])).min()) > 0.9
    assert float((bones(model, made, "knee", "ankle") @ DOWN).min()) > 0.97


@pytest.mark.parametrize(("lean_deg", "bend_deg"), [(5, 0), (10, 20), (90, 0)])
def test_legs_that_carry_the_person_and_people_who_lie_are_left_alone(
    model: DefaultBody, lean_deg: float, bend_deg: float
) -> None:
    params = facing_camera(model, math.radians(lean_deg), math.radians(bend_deg))
    assert with_unseen_legs_upright(params, model, unseen(model)) is params


def test_a_leg_in_sight_is_left_alone(model: DefaultBody) -> None:
    params, confidence = facing_camera(model, math.radians(40), 0.0), unseen(model)
    confidence[model.joint_names.index("left_knee")] = 0.6
    assert with_unseen_legs_upright(params, model, confidence) is params
