import math

import torch

from chorus_recon.geometry.squares import Squares, cut, joined, paste, to_picture, to_unit, turn


def _square(x, y, side, angle=0.0):
    return Squares(torch.tensor([[x, y]]), torch.tensor([side]), torch.tensor([angle]))


def test_unit_and_picture_are_inverse():
    squares = joined([_square(10.0, 20.0, 8.0, 0.3), _square(-3.0, 5.0, 2.0, -2.0)])
    unit = torch.rand(2, 5, 2, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(to_unit(squares, to_picture(squares, unit)), unit, atol=1e-5)


def test_quarter_turn_is_clockwise():
    corner = to_picture(_square(10.0, 10.0, 4.0, math.pi / 2), torch.zeros(1, 1, 2))
    assert torch.allclose(corner, torch.tensor([[[12.0, 8.0]]]), atol=1e-5)  # top left goes top right
    right = turn(_square(0.0, 0.0, 1.0, math.pi / 2), torch.tensor([[[1.0, 0.0]]]))
    assert torch.allclose(right, torch.tensor([[[0.0, 1.0]]]), atol=1e-6)  # y points down


def test_cut_at_its_own_size_copies_pixels():
    picture = torch.rand(3, 12, 16, generator=torch.Generator().manual_seed(0))
    out = cut(picture, _square(6.0, 5.0, 8.0), 8)
    assert torch.allclose(out[0], picture[:, 1:9, 2:10], atol=1e-5)


def test_cut_turned_by_a_quarter():
    picture = torch.rand(1, 10, 10, generator=torch.Generator().manual_seed(0))
    out = cut(picture, _square(5.0, 5.0, 10.0, math.pi / 2), 10)
    assert torch.allclose(out[0], picture.rot90(1, (1, 2)), atol=1e-4)


def test_outside_is_zero_and_small_squares_average():
    picture = torch.ones(1, 64, 64)
    out = cut(picture, _square(0.0, 32.0, 64.0), 16)[0, 0]
    assert torch.allclose(out[:, 9:], torch.ones(16, 7))
    assert out[:, :7].abs().max() == 0
    stripes = torch.zeros(1, 64, 64)
    stripes[..., ::2] = 1.0  # finer than the cut can show: it must see the mean
    assert torch.allclose(
        cut(stripes, _square(32.0, 32.0, 64.0), 8), torch.full((1, 1, 8, 8), 0.5), atol=1e-4
    )


def test_paste_undoes_cut():
    v, u = torch.meshgrid(torch.arange(40.0), torch.arange(50.0), indexing="ij")
    picture = (u / 50 + v / 40)[None] / 2
    square = _square(24.0, 20.0, 24.0, 0.4)
    back = paste(cut(picture, square, 96)[:, 0], square, (50, 40))[0]
    inner = paste(torch.ones(1, 96, 96), _square(24.0, 20.0, 21.0, 0.4), (50, 40))[0] == 1
    assert inner.sum() > 300
    assert (back - picture[0])[inner].abs().max() < 0.01
    assert back[0, 0] == 0
    assert paste(torch.ones(1, 4, 4), _square(-50.0, -50.0, 4.0), (20, 10)).sum() == 0


def test_a_cut_reads_only_what_it_needs_of_a_large_picture():
    generator = torch.Generator().manual_seed(0)
    small = torch.rand(3, 90, 120, generator=generator)
    large = torch.zeros(3, 390, 420)
    large[:, 90:180, 120:240] = small
    for side, angle in ((20.0, 0.3), (60.0, -2.0)):  # one is averaged over blocks
        here = _square(60.0, 45.0, side, angle)
        there = _square(180.0, 135.0, side, angle)
        assert torch.allclose(cut(small, here, 12), cut(large, there, 12), atol=1e-5)


def test_bytes_are_values_from_0_to_1():
    picture = torch.randint(0, 256, (3, 60, 50), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    for side in (10.0, 40.0):
        square = _square(25.0, 30.0, side, 0.4)
        assert torch.allclose(cut(picture, square, 8), cut(picture.float() / 255, square, 8), atol=1e-6)
