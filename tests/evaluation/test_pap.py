from dataclasses import replace

import numpy as np
import pytest
import torch

from chorus_recon.evaluation import pap
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import transforms
from chorus_recon.io.prior_files import load_prior, save_prior
from chorus_recon.priors.aggregation import paper
from chorus_recon.types import Camera, OccupancyPrior, PosedField, PriorSet, Rigid
from tests import parity


def test_three_thresholds_by_hand():
    # two of four pixels are the object; probabilities .9 (hit), .6 (miss), .3 (hit), none
    strongest = torch.tensor([[0.9, 0.6, 0.3, -1.0]])
    target = torch.tensor([[True, False, True, False]])
    # tau <= .3: precision 2/3, recall 1; <= .6: 1/2, 1/2; <= .9: 1, 1/2; above: nothing, 0
    vanilla, strict = pap.curve_area(strongest, target)
    assert vanilla == pytest.approx(0.5 * 2 / 3 + 0.5 * 1.0)
    assert strict == pytest.approx(0.5 * 2 / 3)


def test_a_perfect_but_never_certain_prediction():
    target = torch.zeros(4, 4, dtype=torch.bool)
    target[1:3, 1:3] = True
    strongest = torch.where(target, 0.5, -1.0)
    assert pap.curve_area(strongest, target) == (1.0, 0.0)


def test_a_graded_prediction_gains_strictly():
    target = torch.ones(1, 4, dtype=torch.bool)
    strongest = torch.tensor([[0.2, 0.4, 0.6, 0.995]])
    vanilla, strict = pap.curve_area(strongest, target)
    assert vanilla == pytest.approx(0.75)  # recall never falls below 1/4 at tau .99
    assert strict == pytest.approx(0.75)


def test_a_constant_prediction_scores_the_base_rate():
    target = torch.zeros(4, 4, dtype=torch.bool)
    target[0] = True
    vanilla, strict = pap.curve_area(torch.full((4, 4), 0.5), target)
    assert vanilla == pytest.approx(0.25)
    assert strict == 0.0


def test_an_empty_prediction_scores_nothing():
    assert pap.curve_area(torch.full((3, 3), -1.0), torch.ones(3, 3, dtype=torch.bool)) == (0.0, 0.0)


def test_area_resize_needs_more_than_half():
    mask = torch.zeros(4, 4, dtype=torch.bool)
    mask[0, :2] = True  # exactly half of the first cell
    mask[2:, 2:] = True
    mask[0, 2] = mask[1, 2] = mask[1, 3] = True  # three quarters of the second
    assert pap.area_resize(mask, (2, 2)).tolist() == [[False, True], [False, True]]


def test_area_resize_by_a_fraction():
    mask = torch.tensor([[True, True, False]])
    assert pap.area_resize(mask, (2, 1)).tolist() == [[True, False]]


def test_pap_of_a_field_finds_its_object():
    grid = voxels.cube(1.0, 20)
    probability = torch.zeros(grid.shape)
    probability[12:18, 6:14, 8:12] = 0.8
    probability[12:18, 6:14, 9] = 0.9
    facing = Rigid(transforms.rotation_about("x", np.pi), torch.tensor([0.0, 0.0, 3.0]))
    camera = Camera(torch.tensor([200.0, 200.0]), torch.tensor([64.0, 48.0]), (128, 96))
    field = PosedField(grid, facing, probability, "hold", 1.0)
    mask = torch.zeros(96, 128)
    mask[34:62, 71:91] = 1.0
    body = torch.tensor([[-0.3, 0.0, 3.0]])
    score = pap.pap(field, camera, mask, body, "a")
    assert score.image_id == "a"
    assert score.pap > 0.65
    assert score.target_px > 10
    hidden = torch.cartesian_prod(
        torch.linspace(0, 0.5, 40), torch.linspace(-0.4, 0.4, 40), torch.tensor([3.0])
    )
    covered = pap.pap(field, camera, mask, hidden, "b")
    assert covered.pap == score.pap
    assert covered.pap_hoa is None
    assert covered.target_px_hoa == 0


def test_the_kernel_closes_the_holes_between_voxels():
    grid = voxels.cube(1.0, 10)
    probability = torch.zeros(grid.shape)
    probability[3:7, 3:7, 4:6] = 0.9
    facing = Rigid(transforms.rotation_about("x", np.pi), torch.tensor([0.0, 0.0, 1.5]))
    camera = Camera(torch.tensor([200.0, 200.0]), torch.tensor([64.0, 64.0]), (128, 128))
    field = PosedField(grid, facing, probability, "hold", 1.0)
    mask = torch.zeros(128, 128)
    mask[36:92, 36:92] = 1.0
    body = torch.tensor([[-3.0, 0.0, 3.0]])
    holes, closed = (score(field, camera, mask, body, "a") for score in (pap.pap, pap.pap_smooth))
    assert closed.pap == pytest.approx(1.0, abs=0.02)
    assert holes.pap < 0.6


@parity.needed
def test_parity_with_the_published_metric():
    with np.load(parity.FIXTURE) as release:
        assert (release["eval_thresholds"].astype(np.float32) == pap.THRESHOLDS.numpy()).all()
        for e in range(len(release["eval_hw"])):
            check(release, e, torch.tensor(release["carry_P"][e]).float())


@parity.needed
def test_parity_of_a_prior_that_was_stored(tmp_path):
    grid = voxels.PAPER_GRID
    with np.load(parity.FIXTURE) as stored:
        release = dict(stored)
    counted = torch.tensor(release["agg60_prob"])
    one = OccupancyPrior(grid, counted, torch.ones_like(counted), "fixture", "all", 1.0)
    path = save_prior(tmp_path / "p.prior.safetensors", PriorSet("thing", (one,), {}))
    (back,) = load_prior(path).clusters
    for e in (0, 3, 6):  # the way of carrying is held above, on all of them
        vertices, weights = (torch.tensor(release[name]) for name in ("carry_verts", "body_weights"))
        place = parity.posed_from_canon(release, release["eval_pose_aa"][e])
        check(release, e, paper.carry(back.expected, grid, vertices[e], weights, place))


def check(release, e: int, posed: torch.Tensor) -> None:
    """All six numbers of a test image of the fixture; no hoa score where no pixel is free of the person."""
    height, width = release["eval_hw"][e].tolist()
    mask = np.unpackbits(release[f"eval{e}_mask_bits"], axis=-1)[:, :width].astype(bool)
    rotation = torch.tensor(release["eval_R"][e]).float()
    shift = torch.tensor(release["eval_t"][e]).float()
    intrinsics = torch.tensor(release["eval_K"][e]).float()
    score = pap.pap_of_points(
        voxels.centers(voxels.PAPER_GRID).reshape(-1, 3) @ rotation.T + shift,
        posed.reshape(-1),
        Camera(intrinsics[[0, 1], [0, 1]], intrinsics[:2, 2], (width, height)),
        torch.from_numpy(mask),
        torch.tensor(release["carry_verts"][e]).float() @ rotation.T + shift,
        str(e),
    )
    expected = release["eval_PAP"][e].tolist()
    if expected[5] == 0:
        assert (score.pap_hoa, score.pap_strict_hoa) == (None, None)
        score = replace(score, pap_hoa=0.0, pap_strict_hoa=0.0)
    found = [score.pap, score.pap_strict, score.pap_hoa, score.pap_strict_hoa]
    assert [*found, score.target_px, score.target_px_hoa] == pytest.approx(expected, abs=1e-9)
