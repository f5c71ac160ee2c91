import pytest
import torch

from chorus_recon.evaluation import metrics
from chorus_recon.evaluation.contact_transfer import ContactTransfer, part_score
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.stature import JOINT_NAMES
from tests.evaluation.test_true_human import somebody


@pytest.fixture(scope="module")
def transfer():
    return ContactTransfer()


@pytest.fixture(scope="module")
def posed(transfer):
    return transfer.body.pose(somebody(transfer.body, 1))


def ball(middle, radius=0.12):
    points = torch.nn.functional.normalize(
        torch.randn(4000, 3, generator=torch.Generator().manual_seed(0)), dim=1
    )
    return middle + radius * points


def test_the_embedded_bodys_own_contact_stays_as_it_is(transfer, posed):
    touched = torch.rand(len(posed.vertices), generator=torch.Generator().manual_seed(0)) > 0.5
    mesh = Mesh(posed.vertices, posed.faces)
    assert torch.equal(transfer.carry(mesh, posed.joints, touched), touched)


@pytest.mark.parametrize(("joint", "part"), [("right_wrist", "rightHand"), ("left_knee", "leftLeg")])
def test_contact_of_a_coarser_mesh_comes_to_the_same_places(transfer, posed, joint, part):
    points = ball(posed.joints[JOINT_NAMES.index(joint)])
    body = transfer.body
    coarse = Mesh(posed.vertices[body.low_rows], body.low_mesh_faces)
    carried = transfer.carry(coarse, posed.joints, metrics.contact_vertices(coarse.vertices, points))
    true = metrics.contact_vertices(posed.vertices, points)
    assert metrics.contact_score(carried, true).f1 > 0.85
    assert part in transfer.parts(carried)
    assert transfer.parts(carried) == transfer.parts(true)


def test_nothing_touched_stays_nothing(transfer, posed):
    coarse = Mesh(posed.vertices[transfer.body.low_rows], transfer.body.low_mesh_faces)
    nothing = torch.zeros(len(coarse.vertices), dtype=torch.bool)
    assert not transfer.carry(coarse, posed.joints, nothing).any()


def test_touched_parts_are_scored_as_sets():
    score = part_score({"leftHand", "head"}, {"leftHand", "rightHand", "hips"})
    assert (score.precision, score.recall) == (1 / 2, 1 / 3)
    assert score.f1 == pytest.approx(2 / 5)
    assert part_score(set(), set()).f1 == 1.0
    assert part_score(set(), {"head"}).f1 == 0.0
    assert part_score({"head"}, set()).recall is None
