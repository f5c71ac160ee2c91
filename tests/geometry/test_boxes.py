import pytest
import torch

from chorus_recon.geometry import boxes

A = torch.tensor([[0.0, 0, 10, 10], [0, 0, 5, 10]])
B = torch.tensor([[5.0, 0, 15, 10], [20, 20, 30, 30]])


def test_overlap_by_hand():
    assert torch.allclose(boxes.area(A), torch.tensor([100.0, 50]))
    assert torch.allclose(boxes.pairwise_iou(A, B), torch.tensor([[50 / 150, 0], [0, 0]]))
    assert torch.allclose(boxes.overlap_share(A, B), torch.tensor([[0.5, 0], [0, 0]]))


def test_growth():
    assert boxes.grown(torch.tensor([10.0, 10, 30, 20]), 0.25).tolist() == [5, 0, 35, 30]
    assert boxes.padded(torch.tensor([[10.0, 10, 30, 20]]), 0.1, 3.0).tolist() == [[7, 7, 33, 23]]


def test_bounds_of_a_mask():
    mask = torch.zeros(6, 8, dtype=torch.bool)
    assert boxes.bounds(mask).tolist() == [0, 0, 0, 0]
    mask[2:4, 5] = True
    box = boxes.bounds(mask)
    assert box.tolist() == [5, 2, 6, 4]
    assert boxes.area(box) == pytest.approx(2)
