from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.categories.poses import HANDS_ON_LAP, LEFT_DOWN, LEGS_FLAT, RIGHT_DOWN, STAND, lean
from chorus_recon.geometry import bones, transforms
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.grid import cube
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline import uses
from chorus_recon.pipeline.placement.scoring import use_of
from chorus_recon.priors.clustering import poses
from chorus_recon.types import (
    BodyParams,
    Camera,
    HumanEstimate,
    Keypoints,
    OccupancyPrior,
    PosedBody,
    PosedField,
    Rigid,
    Use,
)

BODY = DefaultBody()
NAMES = BODY.joint_names
GRID = cube(1.0, 2)
SITTING = (*lean(0.0, 0.1), *LEGS_FLAT, *HANDS_ON_LAP)
STANDING = (*STAND, *LEFT_DOWN, *RIGHT_DOWN)


def person(pose, noise: float = 0.0, seed: int = 0, sight: float = 1.0) -> tuple[HumanEstimate, PosedBody]:
    """A person before a level camera."""
    generator = torch.Generator().manual_seed(seed)
    rotvec = noise * torch.randn(24, 3, generator=generator)
    for name, turn in pose:
        rotvec[NAMES.index(name)] += torch.tensor(turn)
    local = convert.from_vector(rotvec)
    place = Rigid(transforms.rotation_about("x", torch.pi) @ local[0], torch.tensor([0.0, 0.0, 4.0]))
    local[0] = torch.eye(3)
    params = BodyParams(BODY.id, torch.zeros(BODY.num_shape), local, place)
    camera = Camera(torch.tensor([500.0, 500.0]), torch.tensor([320.0, 240.0]), (640, 480))
    seen = Keypoints((), torch.zeros(0, 2), torch.zeros(0))
    box = torch.tensor([0.0, 0.0, 640.0, 480.0])
    sure, sigma = torch.full((24,), sight), torch.full((24,), 0.08)
    return HumanEstimate(params, camera, seen, box, 1.0, sure, sigma), BODY.pose(params)


def cluster(name: str, share: float, pose) -> OccupancyPrior:
    """A cluster whose people hold themselves about like this."""
    up = torch.tensor(uses.LEVEL_UP)
    rows = [bones.directions(person(pose, 0.15, seed)[1].joints, NAMES, up) for seed in range(24)]
    empty = torch.zeros(GRID.shape)
    typical = poses.typical(torch.stack(rows))
    return OccupancyPrior(GRID, empty, empty, BODY.id, name, share, poses=typical, uses=(Use(name, 1.0),))


CLUSTERS = (cluster("sits on {it}", 0.2, SITTING), cluster("stands behind {it}", 0.8, STANDING))


@pytest.mark.parametrize(("pose", "which"), [(SITTING, 0), (STANDING, 1)])
def test_a_pose_tells_what_is_done(pose, which: int):
    human, body = person(pose, 0.1, seed=99)
    belief = uses.beliefs(CLUSTERS, uses.seen_pose(human, body, NAMES))
    assert float(belief.sum()) == pytest.approx(1.0)
    assert float(belief[which]) > 0.8


def test_no_use_is_ruled_out():
    """People do things in ways that the prior does not know."""
    human, body = person(STANDING)
    belief = uses.beliefs(CLUSTERS, uses.seen_pose(human, body, NAMES))
    assert float(belief[0]) >= 0.2 * uses.UseConfig().unusual


def test_a_person_of_whom_nothing_is_seen_leaves_the_shares_as_they_are():
    pose = uses.seen_pose(*person(SITTING, sight=0.0), NAMES)
    assert float(pose.focus.abs().max()) == 0.0
    assert uses.beliefs(CLUSTERS, pose).tolist() == pytest.approx([0.2, 0.8], abs=1e-5)


def test_hidden_legs_say_less_and_uncertain_joints_too():
    human, body = person(SITTING)
    sure = human.joint_confidence.clone()
    for side in ("left", "right"):
        for part in ("knee", "ankle", "foot"):
            sure[NAMES.index(f"{side}_{part}")] = 0.0
    whole, hidden, vague = (
        float(uses.beliefs(CLUSTERS, uses.seen_pose(each, body, NAMES))[0])
        for each in (
            human,
            replace(human, joint_confidence=sure),
            replace(human, joint_sigma_m=torch.full((24,), 0.5)),
        )
    )
    assert 0.2 < hidden < whole
    assert 0.2 < vague < whole


def test_shares_stay_where_a_cluster_has_no_poses_and_their_sum_stays_too():
    human, body = person(SITTING)
    pose = uses.seen_pose(human, body, NAMES)
    old = (CLUSTERS[0], replace(CLUSTERS[1], poses=None))
    assert uses.beliefs(old, pose).tolist() == pytest.approx([0.2, 0.8])
    overlapping = tuple(replace(each, share=2 * each.share) for each in CLUSTERS)
    assert float(uses.beliefs(overlapping, pose).sum()) == pytest.approx(2.0)


def test_a_joint_without_a_known_error_has_a_usual_one():
    human, body = person(SITTING)
    pose = uses.seen_pose(replace(human, joint_sigma_m=None), body, NAMES)
    known = uses.seen_pose(human, body, NAMES)
    assert (pose.focus[:-1] < known.focus[:-1]).all()
    assert float(pose.focus.min()) > 0.5


def test_weighted_fields_have_the_beliefs_as_shares():
    human, body = person(STANDING)
    pose = uses.seen_pose(human, body, NAMES)
    place = Rigid(torch.eye(3), torch.zeros(3))
    fields = [PosedField(GRID, place, torch.zeros(GRID.shape), c.cluster, c.share) for c in CLUSTERS]
    found = [field.share for field in uses.weighted(fields, CLUSTERS, pose)]
    assert found == pytest.approx(uses.beliefs(CLUSTERS, pose).tolist())


def test_clusters_with_the_same_use_add_up():
    place = Rigid(torch.eye(3), torch.zeros(3))
    told = [
        (Use("sits on {it}", 1.0),),
        (Use("carries {it}", 0.75), Use("sits on {it}", 0.25)),
        (),
    ]
    fields = [PosedField(GRID, place, torch.zeros(GRID.shape), "", 0.3, uses=each) for each in told]
    belief = torch.tensor([0.5, 0.4, 0.1])
    for chosen, text, probability in ((0, "sits on {it}", 0.6), (1, "carries {it}", 0.3)):
        found = use_of(fields, belief, chosen)
        assert found is not None
        assert (found.text, found.share) == (text, pytest.approx(probability))
    assert use_of(fields, belief, 2) is None


WIDE = (*lean(0.0, 0.1), ("left_hip", (0.0, 0.0, 1.2)), ("right_hip", (0.0, 0.0, -1.2)))
LEGS = ("left_knee", "right_knee", "left_ankle", "right_ankle")
THIGH, SHIN = (bones.BONES.index(bone) for bone in (("left_hip", "left_knee"), ("left_knee", "left_ankle")))


def with_legs(pose, clusters, sight=0.0, outline=None, box_px=None):
    """Directions of bones of a person whose legs are seen this well, before and after, and both estimates."""
    outline = torch.ones(480, 640) if outline is None else outline
    human, body = person(pose)
    sure = human.joint_confidence.clone()
    sure[[NAMES.index(name) for name in LEGS]] = sight
    human = replace(human, joint_confidence=sure)
    moved, there = uses.with_usual_legs(human, body, BODY, clusters, outline, box_px)
    up = torch.tensor(uses.LEVEL_UP)
    return *(bones.directions(b.joints, NAMES, up) for b in (body, there)), human, moved


def test_hidden_legs_are_as_the_use_has_them():
    sits = (replace(CLUSTERS[0], share=1.0),)
    before, after, human, moved = with_legs(STANDING, sits)
    wanted = uses.expected_directions(sits, uses.seen_pose(human, BODY.pose(human.body), NAMES))
    for bone in (THIGH, THIGH + 1, SHIN, SHIN + 1):
        assert float(torch.cosine_similarity(after[bone], wanted[bone], dim=0)) > 0.999
    assert float(after[THIGH] @ before[THIGH]) < 0.5
    assert torch.allclose(after[4:], before[4:], atol=1e-4)  # nothing but the legs moves
    assert torch.equal(moved.body.cam_from_body.translation_m, human.body.cam_from_body.translation_m)


def test_legs_in_sight_or_much_as_expected_stay():
    for pose, sight in ((STANDING, 1.0), (SITTING, 0.0)):
        before, after, human, moved = with_legs(pose, (replace(CLUSTERS[0], share=1.0),), sight)
        assert torch.equal(before, after)
        assert moved is human


def test_hidden_legs_stay_where_the_uses_disagree():
    standing = (*lean(0.0, 0.1), *STAND, *HANDS_ON_LAP)  # the upper body is as of those who sit
    even = (replace(CLUSTERS[0], share=0.5), cluster("stands", 0.5, standing))
    before, after, _, _ = with_legs(standing, even)
    assert torch.equal(before, after)


def test_hidden_legs_stay_where_they_would_be_seen_on_the_background():
    sits = (replace(CLUSTERS[0], share=1.0),)
    _, body = person(STANDING)
    pixels, _ = project(person(STANDING)[0].camera, body.vertices)
    column, row = pixels.long().unbind(-1)
    standing = torch.zeros(480, 640)
    standing[row.clamp(0, 479), column.clamp(0, 639)] = 1.0
    standing = torch.nn.functional.max_pool2d(standing[None], 9, 1, 4)[0]
    straddle = (replace(cluster("sits on {it}", 1.0, WIDE), share=1.0),)
    before, after, _, _ = with_legs(STANDING, straddle, outline=standing)
    assert torch.equal(before, after)
    whole = torch.tensor([0.0, 0.0, 640.0, 480.0])
    before, after, _, _ = with_legs(STANDING, straddle, outline=standing, box_px=whole)
    assert not torch.equal(before, after)  # the thing may hide them
    assert not torch.equal(*with_legs(STANDING, sits)[:2])
