"""The real networks on the example photos (fetched by their manifest)."""

import pytest
import torch

from chorus_recon.backends.human.hands import INDEX, WRIST, HandReader
from chorus_recon.backends.human.landmarks import PoseLandmarker
from chorus_recon.backends.protocols import Segmenter
from chorus_recon.backends.segment.default import DefaultSegmenter
from chorus_recon.geometry.boxes import bounds, padded, pairwise_iou
from chorus_recon.geometry.camera import default_camera
from chorus_recon.io.fetch import ensure, ensure_example
from chorus_recon.io.images import load_photo
from chorus_recon.io.weights import EXAMPLES, HANDS
from chorus_recon.types import Detection

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def segmenter():
    return DefaultSegmenter()


@pytest.fixture(scope="module")
def landmarker():
    return PoseLandmarker()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_example_photos(name, segmenter, landmarker):
    assert isinstance(segmenter, Segmenter)
    photo = load_photo(ensure_example(name))
    found = segmenter.detect(photo)
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
    person = next(d for d in found if d.label == "person")
    thing = segmenter.detect(photo, name)[0]
    assert (person.score > 0.8, thing.score > 0.3) == (True, True)
    masks = segmenter.segment(photo, [person, thing])
    for mask, seen in zip(masks, (person, thing), strict=True):
        assert (float(mask.alpha.min()), mask.label) == (0.0, seen.label)
        assert float(pairwise_iou(bounds(mask.alpha > 0.5)[None], seen.box_px[None])) > 0.6
    pose = landmarker.detect(photo.rgb, person.box_px[None])[0]
    assert pose is not None
    assert pose.score > 0.9
    points, sure = pose.keypoints.points_px, pose.keypoints.visibility > 0.7
    columns, rows = points[sure].long().unbind(-1)
    width, height = photo.size_px
    on = masks[0].alpha[rows.clamp(0, height - 1), columns.clamp(0, width - 1)]
    assert float((on > 0.5).float().mean()) > 0.7
    both = ((pose.mask > 0.5) & (masks[0].alpha > 0.5)).sum() / (
        (pose.mask > 0.5) | (masks[0].alpha > 0.5)
    ).sum()
    assert float(both) > 0.75
    metres = pose.keypoints.points_m
    assert metres is not None
    hips = metres[[23, 24]]
    assert float(hips.mean(0).norm()) < 0.1
    assert 0.1 < float((hips[0] - hips[1]).norm()) < 0.4
    assert float((metres[[7, 8]].mean(0) - hips.mean(0))[1]) < -0.2  # the head is above the hips: y down


def test_a_users_own_box_is_outlined(segmenter):
    photo = load_photo(ensure_example("frisbee"))
    thing = segmenter.detect(photo, "frisbee")[0]
    (own,) = segmenter.segment(photo, [Detection(thing.box_px, "thing of mine", 1.0)])
    (again,) = segmenter.segment(photo, [thing])
    assert torch.equal(own.alpha, again.alpha)
    assert own.label == "thing of mine"


def test_an_empty_place_has_no_pose(landmarker):
    rgb = torch.full((200, 300, 3), 128, dtype=torch.uint8)
    assert landmarker.detect(rgb, torch.tensor([[50.0, 20, 120, 180]])) == [None]
    assert landmarker.detect(rgb, torch.zeros(0, 4)) == []


def test_the_snowboarder_s_hands_are_read_where_they_are(segmenter, landmarker):
    ensure(HANDS.name)
    hands = {}
    for name in ("snowboard", "tennis_racket"):
        photo = load_photo(ensure_example(name))
        person = next(d for d in segmenter.detect(photo) if d.label == "person")
        pose = landmarker.detect(photo.rgb, person.box_px[None])[0]
        assert pose is not None
        camera = default_camera(photo.size_px, photo.focal_px)
        (hands[name],) = HandReader().read(photo.rgb, [pose.keypoints], camera)
    assert hands["tennis_racket"] == ()  # the pose network sees neither of her wrists
    assert [hand.side for hand in hands["snowboard"]] == ["left", "right"]
    # Boxes about what the sleeves leave in sight, drawn by hand: knuckles and fingers.
    boxes = torch.tensor([[308.0, 346.0, 331.0, 367.0], [105.0, 354.0, 131.0, 371.0]])
    for hand, box in zip(hands["snowboard"], padded(boxes, 0.15), strict=True):
        assert hand.confidence > 0.8
        fingers = hand.points_px[INDEX:]
        assert ((fingers >= box[:2]) & (fingers <= box[2:])).all(-1).float().mean() > 0.9
        assert float((fingers.mean(0) - hand.points_px[WRIST])[1]) > 15  # they hang
