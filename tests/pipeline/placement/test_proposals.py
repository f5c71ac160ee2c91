from dataclasses import replace

import torch

from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline.placement import proposals
from chorus_recon.types import PlacementSeed, PosedField, Rigid
from tests.fakes import FakeBody
from tests.pipeline.placement.contexts import context_of
from tests.scenes import board, world


def cluster_with(seeds):
    empty = torch.zeros(grids.PAPER_GRID.shape)
    return PosedField(grids.PAPER_GRID, transforms.identity(), empty, "ride", 1.0, tuple(seeds))


def test_the_point_that_stays_put_is_found():
    truth, body = world(), FakeBody()
    grip, palm = torch.tensor([0.3, 0.0, 0.1]), torch.tensor([0.02, -0.05, 0.1])
    turns = convert.from_quaternion(torch.nn.functional.normalize(torch.randn(6, 4), dim=-1))
    seeds = [PlacementSeed("right_hand", Rigid(turn, palm - turn @ grip), 1.0, 1 / 6) for turn in turns]
    pivots = proposals.find_pivots(context_of(clusters=(cluster_with(seeds),)))
    joint = body.joint_names.index("right_hand")
    carry = truth.body.cam_from_canon[joint]
    wanted = carry[:3, :3] @ (body.canonical()[1][joint] + palm) + carry[:3, 3]
    assert torch.allclose(pivots.point[0, 0, 0], grip, atol=0.02)
    assert torch.allclose(pivots.place[0], wanted, atol=0.02)
    assert float(pivots.spread_m) < 0.02


def test_without_seeds_nothing_is_known():
    context = context_of(clusters=(cluster_with(()),))
    pivots = proposals.find_pivots(context)
    _, known = proposals.known_orientations(context)
    assert torch.isinf(pivots.spread_m).all()
    assert not known.any()


def test_known_orientations_repeat_with_the_shapes_symmetry():
    seed = PlacementSeed("pelvis", transforms.identity(), 1.0, 1.0)
    twofold = replace(board(), symmetry="y180")
    bank, known = proposals.known_orientations(
        context_of(clusters=(cluster_with([seed]),), shapes=(twofold,))
    )
    assert known.all()
    assert bank.shape[2] == 2
    turn = bank[0, 0, 0].mT @ bank[0, 0, 1]
    assert torch.allclose(turn, transforms.rotation_about("y", torch.pi), atol=1e-5)


def test_untempered_beliefs_are_shares_times_what_the_mask_says():
    place = Rigid(torch.eye(3), torch.zeros(3))
    field = torch.zeros(grids.PAPER_GRID.shape)
    shares, fit = torch.tensor([0.7, 0.25, 0.05]), torch.tensor([0.1, 0.3, 0.2])
    clusters = [PosedField(grids.PAPER_GRID, place, field, "", float(share)) for share in shares]
    belief = torch.softmax(shares.log() * proposals.SHARE_POWER + proposals.FIT_SLOPE * fit, 0)
    expected = torch.softmax(shares.log() + proposals.FIT_SLOPE * fit, 0)
    assert torch.allclose(proposals.untempered(belief, clusters), expected, atol=1e-6)
