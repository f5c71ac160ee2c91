"""Feet that stand are put on the floor; others stay where they are."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.gravity import feet, world
from chorus_recon.types import BodyParams, Rigid
from tests.pipeline.gravity.test_world import LEVEL, cam_from_upright, estimate, known, placed

BODY = DefaultBody()
FEET = {
    side: BODY.skin_weights[:, [BODY.joint_names.index(f"{side}_{n}") for n in ("ankle", "foot")]].sum(1)
    > 0.5
    for side in feet.SIDES
}


def person(lift, seen=1.0, hip=0.0):
    """Someone whose left leg is lifted: the hip turned by `lift` radians, the knee by twice as much."""
    pose = estimate(hip=hip, knee=hip).body.pose.clone()
    turn = transforms.rotation_about
    for name, angle in (("left_hip", -lift), ("left_knee", 2 * lift), ("left_ankle", -lift)):
        index = BODY.joint_names.index(name)
        pose[index] = pose[index] @ turn("x", angle)
    place = Rigid(cam_from_upright(LEVEL), torch.tensor([0.2, 0.4, 4.0]))
    body = BodyParams(BODY.id, torch.zeros(BODY.num_shape), pose, place)
    return replace(known().human, body=body, joint_confidence=torch.full((24,), seen))


def put_down(human, placements=(), category=""):
    before = BODY.pose(human.body)
    here = world.stand({0: human}, 0, before, BODY, placements, category)
    after, body = feet.with_feet_down(human, before, BODY, here, placements, category)
    place = Rigid(here.world_from_cam[:3, :3], here.world_from_cam[:3, 3])
    heights = [
        [float(transforms.apply(place, mesh.vertices)[rows][:, 1].min()) for rows in FEET.values()]
        for mesh in (before, body)
    ]
    return after, before, body, heights


def test_a_hovering_foot_is_put_on_the_floor_and_stays_where_it_is_seen():
    after, before, body, (hovered, stands) = put_down(person(0.35))
    assert 0.04 < hovered[0] < feet.HOVER_M
    assert hovered[1] == pytest.approx(0.0, abs=1e-4)
    assert stands == pytest.approx([0.0, 0.0], abs=0.01)
    assert torch.allclose(BODY.pose(after.body).vertices, body.vertices)
    moved = (project(after.camera, body.joints)[0] - project(after.camera, before.joints)[0]).norm(dim=-1)
    ankle = BODY.joint_names.index("left_ankle")
    straight_down_px = float(after.camera.focal_px[1] / before.joints[ankle, 2]) * hovered[0]
    assert float(moved[ankle]) < straight_down_px
    feet_m = [mesh.vertices[FEET["left"]] for mesh in (before, body)]
    soles = [foot.amax(0) - foot.amin(0) for foot in feet_m]
    assert torch.allclose(*soles, atol=0.02)  # the foot keeps its direction


@pytest.mark.parametrize(
    ("human", "things", "category"),
    [
        (person(0.7), (), ""),  # lifted by more than the error of a pose
        (person(0.35, seen=0.1), (), ""),  # nobody sees the feet
        (person(0.35), (placed(LEVEL, "skateboard", "ride"),), "skateboard"),  # they stand on the board
    ],
)
def test_other_feet_stay_where_they_are(human, things, category):
    after, before, body, _ = put_down(human, things, category)
    assert after is human
    assert body is before


def test_seen_feet_of_who_sits_stand_on_the_floor_beside_a_chair_placed_too_low():
    human = person(0.0, hip=1.5)
    soles = float(BODY.pose(human.body).vertices[:, 1].max())  # y down
    chair = placed(LEVEL, at=(0.2, soles + 0.1 - 0.45, 4.0))
    *_, (_, stands) = put_down(human, (chair,), "chair")
    assert min(stands) == pytest.approx(0.0, abs=1e-3)
    unseen = replace(human, joint_confidence=torch.zeros(24))
    *_, (_, hover) = put_down(unseen, (chair,), "chair")
    assert min(hover) == pytest.approx(0.1, abs=0.02)  # the chair is the better witness
