"""Which square the pose network looks at a person by; the network itself is a fake."""

import pytest
import torch

from chorus_recon.backends.human import landmarks
from chorus_recon.backends.human.landmarks import COUNT, PoseLandmarker
from chorus_recon.geometry.squares import Squares

BOX = torch.tensor([100.0, 100.0, 200.0, 300.0])
PHOTO = torch.zeros(400, 400, 3, dtype=torch.uint8)


class Looker(PoseLandmarker):
    """Sees a person as clearly as `score` says for the side of the square, all in its middle."""

    def __init__(self, score, bush=False):
        self.score, self.bush, self.sides = score, bush, []

    def _starts(self, picture, box_px):
        own = landmarks._upright(box_px)
        elsewhere = Squares(torch.tensor([[350.0, 350.0]]), torch.tensor([60.0]), torch.zeros(1))
        return landmarks.joined([elsewhere, own]) if self.bush else own

    def _look(self, picture, squares):
        self.sides += squares.side_px.tolist()
        count = len(squares)
        at = squares.center_px[:, None].expand(-1, COUNT, -1) + torch.randn(COUNT, 2)
        score = torch.tensor([self.score(side) for side in squares.side_px.tolist()])
        nothing = torch.zeros(count, 256, 256)
        return landmarks._Look(
            squares, at, torch.ones(count, COUNT), torch.zeros(count, COUNT, 3), score, nothing
        )


@pytest.fixture(autouse=True)
def one_pass(monkeypatch):
    monkeypatch.setattr(landmarks, "PASSES", 0)


def test_a_clear_person_is_looked_at_once():
    looker = Looker(lambda side: 0.9)
    (found,) = looker.detect(PHOTO, BOX[None])
    assert found.score == pytest.approx(0.9)
    assert looker.sides == [200.0]


def test_a_hidden_person_is_looked_for_in_wider_squares():
    looker = Looker(lambda side: 0.95 if side > 250 else 0.1)
    (found,) = looker.detect(PHOTO, BOX[None])
    assert found.score == pytest.approx(0.95)
    assert len(looker.sides) == 1 + len(landmarks.WIDER_SCALES)


def test_a_bush_that_looks_like_a_person_is_outside_the_box():
    looker = Looker(lambda side: 0.92 if side < 100 or side > 250 else 0.1, bush=True)
    (found,) = looker.detect(PHOTO, BOX[None])
    assert (found.keypoints.points_px - torch.tensor([150.0, 200.0])).abs().max() < 10


def test_other_people_stay_as_they_were_seen():
    looker = Looker(lambda side: 0.9 if side in (50.0, 400.0) else 0.2)
    small = torch.tensor([10.0, 10.0, 40.0, 60.0])
    first, second = looker.detect(PHOTO, torch.stack([small, BOX]))
    assert (first.keypoints.points_px - torch.tensor([25.0, 35.0])).abs().max() < 10
    assert (second.keypoints.points_px - torch.tensor([150.0, 200.0])).abs().max() < 10
    assert second.score == pytest.approx(0.9)
