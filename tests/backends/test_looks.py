from dataclasses import replace

import torch

from chorus_recon.backends.human.landmarks import NAMES, PoseLandmarks
from chorus_recon.backends.human.looks import Look, SeveralLooks, joined, mirrored
from chorus_recon.geometry.squares import Squares
from chorus_recon.types import Keypoints


def person(shift_px: float = 0.0, depth_m: float = 0.0, score: float = 0.9) -> PoseLandmarks:
    generator = torch.Generator().manual_seed(0)
    points = 40 * torch.rand(len(NAMES), 2, generator=generator) + torch.tensor([shift_px, 0.0])
    metres = torch.rand(len(NAMES), 3, generator=generator) + torch.tensor([0.0, 0.0, depth_m])
    visibility = torch.rand(len(NAMES), generator=generator)
    mask = torch.zeros(30, 60)
    mask[:, :20] = 1.0
    return PoseLandmarks(Keypoints(NAMES, points, visibility, metres), score, mask)


class Fixed:
    """A network that always sees the same person, and keeps what it was shown."""

    def __init__(self, seen: PoseLandmarks | None) -> None:
        self.seen = seen
        self.shown: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.squares: list[Squares] = []

    def detect(self, photo_rgb, boxes_px):
        self.shown.append((photo_rgb, boxes_px))
        return [self.seen] * len(boxes_px)

    def look_again(self, photo_rgb, boxes_px, squares):
        self.shown.append((photo_rgb, boxes_px))
        self.squares.append(squares)
        return [self.seen] * len(boxes_px)


def test_the_mirror_image_of_the_mirror_image_is_the_person():
    seen = person()
    twice = mirrored(mirrored(seen, 60), 60)
    assert torch.allclose(twice.keypoints.points_px, seen.keypoints.points_px)
    assert torch.allclose(twice.keypoints.points_m, seen.keypoints.points_m)
    assert torch.equal(twice.keypoints.visibility, seen.keypoints.visibility)
    assert torch.equal(twice.mask, seen.mask)


def test_left_and_right_are_exchanged_in_the_mirror():
    seen = person()
    other = mirrored(seen, 60)
    left, right = NAMES.index("left_wrist"), NAMES.index("right_wrist")
    assert torch.allclose(other.keypoints.points_px[left, 0], 60 - seen.keypoints.points_px[right, 0])
    assert torch.allclose(other.keypoints.points_px[left, 1], seen.keypoints.points_px[right, 1])
    assert torch.allclose(other.keypoints.points_m[left, 0], -seen.keypoints.points_m[right, 0])
    assert torch.allclose(other.keypoints.points_m[left, 2], seen.keypoints.points_m[right, 2])
    assert torch.equal(other.mask[:, -20:], torch.ones(30, 20))


def test_a_look_that_is_far_off_moves_no_landmark():
    found = joined([person(), person(), person(shift_px=500.0, depth_m=3.0)])
    assert torch.allclose(found.keypoints.points_px, person().keypoints.points_px)
    assert torch.allclose(found.keypoints.points_m, person().keypoints.points_m)


def test_the_spread_is_the_root_mean_square_of_the_looks():
    found = joined([person(depth_m=-0.1), person(), person(depth_m=0.1)])
    assert torch.allclose(found.keypoints.spread_m, torch.full((len(NAMES),), (0.02 / 3) ** 0.5), atol=1e-6)


def test_two_looks_meet_in_the_middle():
    found = joined([person(), person(shift_px=4.0)])
    assert torch.allclose(found.keypoints.points_px, person(shift_px=2.0).keypoints.points_px)


def test_the_mirrored_look_is_shown_the_mirror_image():
    plain, flipped = Fixed(person()), Fixed(mirrored(person(), 60))
    photo = torch.arange(30 * 60 * 3).reshape(30, 60, 3).to(torch.uint8)
    found = SeveralLooks([Look(plain, False), Look(flipped, True)]).detect(
        photo, torch.tensor([[5.0, 1.0, 25.0, 29.0]])
    )
    shown, boxes = flipped.shown[0]
    assert torch.equal(shown, photo.flip(1))
    assert boxes.tolist() == [[35.0, 1.0, 55.0, 29.0]]
    assert torch.allclose(found[0].keypoints.points_px, person().keypoints.points_px, atol=1e-4)
    assert torch.equal(found[0].mask, person().mask)


def test_a_look_that_finds_nobody_is_left_out():
    photo = torch.zeros(30, 60, 3, dtype=torch.uint8)
    box = torch.tensor([[5.0, 1.0, 25.0, 29.0]])
    found = SeveralLooks([Look(Fixed(None), False), Look(Fixed(person()), False)]).detect(photo, box)
    assert torch.allclose(found[0].keypoints.points_px, person().keypoints.points_px)
    assert SeveralLooks([Look(Fixed(None), False)]).detect(photo, box) == [None]


def test_further_looks_start_from_the_square_of_the_first():
    square = Squares(torch.tensor([[20.0, 12.0]]), torch.tensor([30.0]), torch.tensor([0.3]))
    first = Fixed(replace(person(), square=square))
    plain, flipped = Fixed(person()), Fixed(mirrored(person(), 60))
    photo = torch.zeros(30, 60, 3, dtype=torch.uint8)
    boxes = torch.tensor([[5.0, 1.0, 25.0, 29.0]])
    SeveralLooks([Look(first, False), Look(plain, False), Look(flipped, True)]).detect(photo, boxes)
    assert not first.squares
    assert plain.squares[0].center_px.tolist() == [[20.0, 12.0]]
    assert flipped.squares[0].center_px.tolist() == [[40.0, 12.0]]
    assert torch.allclose(flipped.squares[0].angle_rad, torch.tensor([-0.3]))
    assert torch.allclose(flipped.squares[0].side_px, torch.tensor([30.0]))
