"""Witnesses and the world of hand-built people and things."""

import math
from dataclasses import replace
from functools import cache

import pytest
import torch

from chorus_recon.geometry import transforms
from chorus_recon.geometry.upright import angle_rad, up_of
from chorus_recon.pipeline.gravity import witnesses, world
from chorus_recon.pipeline.warnings import world_warnings
from chorus_recon.types import ObjectShape, Rigid
from tests import scenes
from tests.fakes import FakeBody

TILT = up_of(math.radians(20.0), math.radians(-3.0)).float()
LEVEL = torch.tensor([0.0, -1.0, 0.0])


@cache
def known():
    return scenes.fake_reconstruction()


def cam_from_upright(up):
    """Turns what is upright for a level camera (body axes, facing the camera) upright along `up`."""
    return transforms.inverse(world.upright.world_from_up(up, torch.zeros(3), 0.0)).rotation


def estimate(up=LEVEL, place=(0.0, 0.0, 4.0), hip=0.0, knee=0.0, lean=0.0, seen=1.0):
    """A person in the T-pose: hips and knees bent, the whole leaning forward (radians)."""
    pose = torch.eye(3).repeat(len(scenes.JOINT_NAMES), 1, 1)
    for side in ("left", "right"):
        pose[scenes.JOINT_NAMES.index(f"{side}_hip")] = transforms.rotation_about("x", -hip)
        pose[scenes.JOINT_NAMES.index(f"{side}_knee")] = transforms.rotation_about("x", knee)
    turn = cam_from_upright(up) @ transforms.rotation_about("x", lean)
    base = known().human
    body = replace(base.body, pose=pose, cam_from_body=Rigid(turn, torch.tensor(place)))
    return replace(base, body=body, joint_confidence=torch.full((len(scenes.JOINT_NAMES),), seen))


def stand(*people, **rest):
    numbered = dict(enumerate(people))
    return world.stand(numbered, 0, FakeBody().pose(people[0].body), FakeBody(), **rest)


def off_deg(found, up):
    return math.degrees(angle_rad(found.world_from_cam[1, :3], up))


def placed(up, name="chair", cluster="sit", probability=0.9, symmetry="none", at=(0.0, 0.0, 4.0), size=0.9):
    """A cube of `size` metres that stands along `up`, its middle at `at`."""
    base = known().placements[0]
    vertices, faces = scenes.box((size, size, size))
    shape = ObjectShape(
        name=name,
        vertices=vertices,
        faces=faces,
        face_rgb=torch.zeros(len(faces), 3, dtype=torch.uint8),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry=symmetry,
        scale_sd=0.1,
        source="tests",
    )
    place = replace(base.cam_from_object, rotation=cam_from_upright(up), translation_m=torch.tensor(at))
    return replace(
        base, shape=shape, cam_from_object=place, vertices=transforms.apply(place, vertices),
        cluster=cluster, probability=probability,
    )  # fmt: skip


def test_a_standing_person_and_a_chair_tell_the_tilt():
    found = stand(estimate(TILT), placements=[placed(TILT, cluster="stand_behind")], category="chair")
    assert [w.name for w in found.witnesses] == ["person: balance", "person: hips", "object"]
    assert off_deg(found, TILT) < 7.0  # the prior pulls 20 degrees towards level
    assert off_deg(found, LEVEL) > 13.0
    assert found.assumed == ""
    assert found.up_sigma_deg < 7.0


def test_a_wrong_object_is_outvoted():
    fallen = up_of(math.radians(-60.0), 0.0).float()
    alone = stand(estimate(TILT))
    found = stand(estimate(TILT), placements=[placed(fallen)], category="chair")
    assert off_deg(found, alone.world_from_cam[1, :3]) < 0.5
    assert next(w for w in found.witnesses if w.name == "object").belief < 0.05


@pytest.mark.parametrize("lean", [math.radians(80.0), math.radians(-85.0)])
def test_who_lies_down_is_no_witness_of_up(lean):
    found = stand(estimate(lean=lean, seen=0.0))
    assert off_deg(found, LEVEL) < 1.0
    assert {w.name: w.belief < 0.5 for w in found.witnesses} == {"person: trunk": True, "person: hips": False}


def test_who_sits_tells_by_the_hips_alone():
    found = stand(estimate(hip=1.5, knee=1.4, lean=0.6))
    assert [w.name for w in found.witnesses] == ["person: hips"]
    assert off_deg(found, LEVEL) < 0.1
    assert found.assumed  # hips seen from the front do not tell how far the camera looks down


def test_upright_people_outvote_one_who_leans():
    leaning = stand(estimate(lean=math.radians(25.0)))
    others = [estimate(place=(x, 0.0, 5.0)) for x in (-1.0, 1.0)]
    assert off_deg(stand(estimate(lean=math.radians(25.0)), *others), LEVEL) < off_deg(leaning, LEVEL)


def test_feet_of_two_people_lie_on_one_ground():
    far = cam_from_upright(TILT) @ torch.tensor([1.0, 0.0, -9.0])
    near = torch.tensor([0.0, 0.0, 4.0])
    people = {
        name: witnesses.Person(one, FakeBody().pose(one.body))
        for name, one in {
            "person": estimate(TILT, place=tuple(near.tolist())),
            "person 1": estimate(TILT, place=tuple((near + far).tolist())),
        }.items()
    }
    ground = witnesses.of_ground(people)
    assert [w.name for w in ground] == ["feet of person and person 1"]
    assert world.upright.off_rad(ground[0].sighting, TILT) < 1e-4
    assert ground[0].sighting.level
    assert math.degrees(ground[0].sighting.sigma_rad) < 5.0


def test_a_crowd_posed_by_one_network_counts_less_than_as_many_witnesses():
    one, three = (stand(*[estimate(hip=0.0, seen=0.0)] * n) for n in (1, 3))
    assert three.witnesses[0].sigma_deg == pytest.approx(one.witnesses[0].sigma_deg * math.sqrt(2))


def test_without_a_telling_witness_the_camera_is_level_and_the_user_is_told():
    sideways = estimate(up_of(0.0, math.radians(75.0)).float(), seen=0.0)
    found = stand(sideways)
    assert found.assumed == "level camera"
    assert off_deg(found, LEVEL) < 1.0
    assert found.up_sigma_deg > 9.0
    assert "level camera is assumed" in world_warnings(found)[0]
    assert world_warnings(stand(estimate())) == []


@pytest.mark.parametrize("up", [LEVEL, TILT])
def test_soles_stand_on_the_floor_below_the_pelvis(up):
    body = FakeBody().pose(estimate(up).body)
    found = world.from_witnesses([exact(up)], body)
    carried = transforms.apply(rigid(found), body.vertices)
    assert float(carried[:, 1].min()) == pytest.approx(0.0, abs=0.001)
    low = carried[carried[:, 1] < 0.3]
    assert all(float(low[side][:, 1].min()) < 0.01 for side in (low[:, 0] > 0, low[:, 0] < 0))
    pelvis = transforms.apply(rigid(found), body.joints[:1])[0]
    assert pelvis[[0, 2]].tolist() == pytest.approx([0.0, 0.0], abs=1e-5)
    assert float(pelvis[1]) > 0.8


def exact(up):
    return witnesses.Witness("truth", witnesses.Sighting(up, 1e-5, 0.99))


def rigid(found):
    return Rigid(found.world_from_cam[:3, :3], found.world_from_cam[:3, 3])


@pytest.mark.parametrize(
    ("category", "cluster", "drop_m", "expected_m"),
    [
        ("motorcycle", "ride", 1.0, 1.0),  # it bears its rider, so it stands on the floor
        ("chair", "sit", 0.1, 0.1),
        ("chair", "sit", 1.0, 0.0),  # should stand beside the feet: placed wrongly
        ("umbrella", "hold_right", 0.2, 0.0),  # held: it does not lift the person
        ("unicycle", "ride", 0.4, 0.4),
    ],
)
def test_the_floor_is_below_what_stands(category, cluster, drop_m, expected_m):
    body = FakeBody().pose(estimate().body)
    soles = float(body.vertices[:, 1].max())  # y down
    thing = placed(LEVEL, category, cluster, at=(0.5, soles + drop_m - 0.45, 4.0))
    floor = world.floor_m(LEVEL, body, [thing], category)
    assert floor == pytest.approx(-soles - expected_m, abs=1e-5)


@pytest.mark.parametrize(
    ("category", "cluster", "symmetry", "tells"),
    [
        ("chair", "sit", "none", True),
        ("cup", "hold_right", "axis_y", True),  # turned about its upright axis
        ("sports_ball", "hold_both", "sphere", False),
        ("suitcase", "sit", "x180", False),  # which end is up cannot be told
        ("tennis_racket", "forehand", "none", False),
    ],
)
def test_only_an_axis_that_the_shape_fixes_tells(category, cluster, symmetry, tells):
    assert bool(witnesses.of_object(placed(TILT, category, cluster, symmetry=symmetry), category)) is tells


def test_the_pictures_turn_of_a_tilted_camera_puts_up_up_and_the_floor_below():
    body = FakeBody().pose(estimate(TILT).body)
    result = replace(known(), body=body, placements=(), world=world.from_witnesses([exact(TILT)], body))
    turn = world.level_from_cam(result)
    assert torch.allclose(turn @ TILT, LEVEL, atol=1e-4)
    ahead = turn @ torch.tensor([0.0, 0.0, 1.0])
    assert float(ahead[0]) == pytest.approx(0.0, abs=1e-6)
    assert float(ahead[1]) == pytest.approx(math.sin(math.radians(20.0)), abs=1e-4)  # y down: it looks down
    assert world.floor_of(result) == pytest.approx(-float((body.vertices @ turn.mT)[:, 1].max()), abs=1e-3)
    assert world.world_of(replace(result, world=None)).assumed == "level camera"
