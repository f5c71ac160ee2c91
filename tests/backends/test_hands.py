import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from chorus_recon.backends.human.hands import (
    FIRST_SIDE_M,
    HandGate,
    HandNetwork,
    HandReader,
    believable,
    closedness,
    first_square,
    next_square,
    palm_axes,
    px_per_m,
)
from chorus_recon.geometry.camera import default_camera
from chorus_recon.geometry.squares import Squares
from chorus_recon.types import Hand, Keypoints

NAMES = (
    "left_hip", "right_hip", "left_wrist", "left_index", "left_pinky", "right_wrist", "right_index",
    "right_pinky",
)  # fmt: skip


def pose(left_wrist, left_index, left_pinky, visibility=1.0):
    """A person at 200 px a metre whose right hand is out of sight, below the photo."""
    points = torch.tensor(
        [[340.0, 300.0], [300.0, 300.0], left_wrist, left_index, left_pinky, *[[200.0, 900.0]] * 3]
    )
    metres = torch.cat([(points - torch.tensor([320.0, 300.0])) / 200, torch.zeros(8, 1)], -1)
    seen = torch.full((8,), visibility)
    return Keypoints(NAMES, points, seen, metres)


def flat_hand(side="right"):
    """Fingers up and straight, the palm to the camera: metres from the wrist, 8 cm wide, 18 cm long."""
    thumb = [[0.02, -0.02], [0.04, -0.04], [0.05, -0.06], [0.06, -0.08]]
    fingers = [[x, -y] for x in (0.027, 0.0, -0.027, -0.053) for y in (0.09, 0.12, 0.15, 0.18)]
    points = torch.tensor([[0.0, 0.0], *thumb, *fingers])
    points = points if side == "right" else points * torch.tensor([-1.0, 1.0])
    return torch.cat([points, torch.zeros(21, 1)], -1)


def hand(side="right", **changes):
    """The flat hand at 200 px a metre, its wrist at (100, 200)."""
    metres = flat_hand(side)
    palm, grip = palm_axes(metres, side)
    pixels = torch.tensor([100.0, 200.0]) + 200 * metres[:, :2]
    return replace(Hand(side, 0.9, 0.95, pixels, metres, palm, grip, closedness(metres)), **changes)


def test_pixels_a_metre_are_the_slope_over_both_axes():
    seen = pose([100.0, 200.0], [100.0, 180.0], [100.0, 180.0])
    assert px_per_m(seen) == pytest.approx(200.0, rel=1e-5)
    assert px_per_m(replace(seen, points_m=None)) == 0.0


@pytest.mark.parametrize(
    ("knuckles", "angle"), [([100.0, 170.0], 0.0), ([130.0, 200.0], math.pi / 2), ([100.0, 230.0], math.pi)]
)
def test_the_first_square_is_as_large_as_hands_are_and_its_top_is_where_fingers_point(knuckles, angle):
    square = first_square(pose([100.0, 200.0], knuckles, knuckles), "left")
    assert square.center_px.tolist() == [knuckles]
    assert float(square.side_px) == pytest.approx(FIRST_SIDE_M * 200)
    assert float(square.angle_rad) == pytest.approx(angle)


def test_the_first_square_lies_two_parts_at_the_index_and_one_at_the_little_finger():
    square = first_square(pose([100.0, 200.0], [100.0, 170.0], [130.0, 200.0]), "left")
    assert square.center_px.tolist() == [[110.0, 180.0]]
    assert float(square.angle_rad) == pytest.approx(math.atan2(10, 20))


@pytest.mark.parametrize("quarter", [0, 1])
def test_the_next_square_is_twice_the_palm_and_a_tenth_of_it_towards_the_fingers(quarter):
    # The palm's landmarks are the wrist, the thumb's first three and each finger's first two: from x -0.053
    # to 0.05 and from y -0.12 to 0, so 12 cm = 24 px long about (-0.0015, -0.06) = (-0.3, -12) px.
    about = torch.tensor([100.0, 200.0])
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]]) if quarter else torch.eye(2)
    pixels = hand().points_px[None]
    square = next_square((pixels - about) @ turn.mT + about)
    torch.testing.assert_close(square.side_px, torch.tensor([48.0]))
    expected = turn @ torch.tensor([-0.3, -12.0 - 2.4]) + about
    torch.testing.assert_close(square.center_px[0], expected)
    assert float(square.angle_rad) == pytest.approx(quarter * math.pi / 2, abs=1e-5)


def test_the_network_s_crop_is_carried_back_to_the_photo_also_from_a_mirror_image():
    seen = []

    def run(crops):
        seen.append(crops)
        points = np.zeros((1, 21, 3), np.float32)
        points[..., :2] = (56, 112)  # a quarter from the left, half way down
        metres = np.tile(np.array([0.1, 0.0, 0.2], np.float32), (1, 21, 1))
        return {
            0: points.reshape(1, 63),
            1: np.array([[0.9]]),
            2: np.array([[0.8]]),
            3: metres.reshape(1, 63),
        }

    # A quarter turn clockwise: the crop's right is the photo's down.
    square = Squares(torch.tensor([[50.0, 60.0]]), torch.tensor([40.0]), torch.tensor([math.pi / 2]))
    picture = torch.zeros(3, 100, 100)
    picture[0, :, :50] = 1.0  # red on the left: at the crop's bottom
    looks = [HandNetwork(run).look(picture, square, mirrored=mirrored) for mirrored in (False, True)]
    torch.testing.assert_close(looks[0].points_px[0, 0], torch.tensor([50.0, 50.0]))
    torch.testing.assert_close(looks[1].points_px[0, 0], torch.tensor([50.0, 70.0]))
    torch.testing.assert_close(looks[0].points_m[0, 0], torch.tensor([0.0, 0.1, 0.2]))
    torch.testing.assert_close(looks[1].points_m[0, 0], torch.tensor([0.0, -0.1, 0.2]))
    assert [float(look.right) for look in looks] == pytest.approx([0.8, 0.2])
    assert seen[0].shape == (1, 224, 224, 3)
    assert seen[0][0, -20:, :, 0].min() > 0.9
    assert seen[0][0, :20, :, 0].max() < 0.1
    np.testing.assert_allclose(seen[1], seen[0][:, :, ::-1])


@pytest.mark.parametrize(("side", "towards_index"), [("right", 1.0), ("left", -1.0)])
def test_an_open_hand_shows_its_palm_and_its_grip_runs_to_the_index_finger(side, towards_index):
    palm, grip = palm_axes(flat_hand(side), side)
    torch.testing.assert_close(palm, torch.tensor([0.0, 0.0, -1.0]))
    torch.testing.assert_close(grip, torch.tensor([towards_index, 0.0, 0.0]))
    back, _ = palm_axes(
        flat_hand(side) * torch.tensor([1.0, 1.0, -1.0]) @ torch.diag(torch.tensor([-1.0, 1, 1])), side
    )
    torch.testing.assert_close(back, torch.tensor([0.0, 0.0, 1.0]))


def bent(degrees):
    """The flat hand with fingers bent towards the camera at their three joints."""
    points = flat_hand()
    for knuckle in (5, 9, 13, 17):
        reach = points[knuckle] / points[knuckle].norm()
        angle, at = 0.0, points[knuckle].clone()
        for joint, bend in enumerate(degrees):
            angle += math.radians(bend)
            at = at + 0.03 * (math.cos(angle) * reach + math.sin(angle) * torch.tensor([0.0, 0.0, -1.0]))
            points[knuckle + 1 + joint] = at
    return points


@pytest.mark.parametrize(
    ("degrees", "closed"),
    [((0, 0, 0), 0.0), ((90, 0, 0), 90 / 260), ((90, 100, 70), 1.0), ((0, 65, 65), 0.5)],
)
def test_how_far_a_hand_is_closed_is_its_fingers_bend_against_a_fist_s(degrees, closed):
    assert closedness(bent(degrees)) == pytest.approx(closed, abs=2e-3)


WRIST_PX = torch.tensor([104.0, 203.0])  # 5 px from the hand's own


@pytest.mark.parametrize(
    ("found", "px_per_m", "wrist_px"),
    [
        (hand(presence=0.69), 200.0, WRIST_PX),
        (hand(side_probability=0.69), 200.0, WRIST_PX),
        (hand(points_m=0.4 * flat_hand()), 200.0, WRIST_PX),  # the triangle's sides: 28 cm
        (hand(points_m=1.2 * flat_hand()), 200.0, WRIST_PX),
        (hand(), 90.0, WRIST_PX),
        (hand(), 420.0, WRIST_PX),
        (hand(), 200.0, torch.tensor([131.0, 200.0])),
    ],
    ids=["absent", "other side", "small palm", "large palm", "too large", "too small", "far away"],
)
def test_a_hand_is_not_believed(found, px_per_m, wrist_px):
    assert believable(hand(), WRIST_PX, 200.0)
    assert not believable(found, wrist_px, px_per_m)
    # So much for the default limits; each can be given.
    everything = HandGate(presence=0.0, side=0.0, palm_m=(0.0, 9.0), size=(0.0, 9.0), apart_m=9.0)
    assert believable(found, wrist_px, px_per_m, everything)


class FlatHands:
    """Sees a flat right hand that fills the crop's middle, with palm 120 px long."""

    def __init__(self, presence=0.9):
        self.presence, self.calls = presence, 0

    def __call__(self, crops):
        self.calls += 1
        metres = flat_hand()
        pixels = torch.cat([metres[:, :2] * 1000 + torch.tensor([112.0, 180.0]), torch.zeros(21, 1)], -1)
        mirrored = self.calls == 3
        if mirrored:
            pixels = torch.cat([224 - pixels[:, :1], pixels[:, 1:]], -1)
            metres = metres * torch.tensor([-1.0, 1.0, 1.0])
        right = 0.05 if mirrored else 0.97
        flat = [x.reshape(1, 63).numpy() for x in (pixels, metres)]
        return {0: flat[0], 1: np.array([[self.presence]]), 2: np.array([[right]]), 3: flat[1]}


def mirror_names(seen):
    return replace(
        seen,
        names=tuple(n.replace("left", "R").replace("right", "left").replace("R", "right") for n in NAMES),
    )


def test_a_hand_is_read_from_three_looks_and_no_look_is_wasted():
    photo = torch.zeros(480, 640, 3, dtype=torch.uint8)
    camera = default_camera((640, 480), 600.0)
    person = mirror_names(pose([320.0, 240.0], [320.0, 225.0], [320.0, 225.0]))
    run = FlatHands()
    nobody, (found,) = HandReader(HandNetwork(run)).read(photo, [None, person], camera)
    assert nobody == ()
    assert run.calls == 3
    assert found.side == "right"
    assert found.confidence == pytest.approx(0.9 * 0.96)
    torch.testing.assert_close(found.points_m[0], torch.zeros(3))
    assert float(found.palm[2]) < -0.99
    assert found.closed == pytest.approx(closedness(flat_hand()), abs=1e-3)
    absent = FlatHands(presence=0.3)
    assert HandReader(HandNetwork(absent)).read(photo, [person], camera) == [()]
    assert absent.calls == 1


@pytest.mark.parametrize(
    "seen",
    [
        pose([320.0, 240.0], [320.0, 225.0], [320.0, 225.0], visibility=0.2),
        pose([650.0, 240.0], [650.0, 225.0], [650.0, 225.0]),
        replace(pose([320.0, 240.0], [320.0, 225.0], [320.0, 225.0]), points_m=None),
    ],
    ids=["hidden", "outside", "without metres"],
)
def test_without_a_wrist_in_sight_no_network_is_made(seen, monkeypatch):
    def fail(name):
        raise AssertionError(name)

    monkeypatch.setattr("chorus_recon.io.fetch.ensure_optional", fail)
    photo = torch.zeros(480, 640, 3, dtype=torch.uint8)
    assert HandReader().read(photo, [seen], default_camera((640, 480))) == [()]


def test_without_the_network_s_file_there_are_no_hands(monkeypatch):
    monkeypatch.setattr("chorus_recon.io.fetch.ensure_optional", lambda name: None)
    person = pose([320.0, 240.0], [320.0, 225.0], [320.0, 225.0])
    photo = torch.zeros(480, 640, 3, dtype=torch.uint8)
    assert HandReader().read(photo, [person], default_camera((640, 480))) == [()]
