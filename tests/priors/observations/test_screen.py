import math

import pytest
import torch

from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.priors.observations import screen
from chorus_recon.priors.observations.screen import RULES, QualityScores, ScreenConfig, Screening
from chorus_recon.types import Detection, Keypoints, Reason, Rejected

PAPER = ScreenConfig(Screening.PAPER)
SOFT = ScreenConfig(Screening.SOFT)
NOSE, EYES, EARS = "nose", "left_eye right_eye", "left_ear right_ear"
SHOULDERS, ELBOWS, WRISTS = (f"left_{n} right_{n}" for n in ("shoulder", "elbow", "wrist"))
HIPS, KNEES, ANKLES = (f"left_{n} right_{n}" for n in ("hip", "knee", "ankle"))
FACE = f"{NOSE} {EYES}"
WHOLE = " ".join((FACE, EARS, SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES))


def box(label: str, score: float, *corners: float) -> Detection:
    return Detection(torch.tensor([float(c) for c in corners]), label, score)


MAN = box("person", 0.9, 0, 0, 100, 200)
BOARD = box("board", 0.9, 20, 150, 80, 220)


@pytest.mark.parametrize(
    ("people", "things", "reason"),
    [
        ([], [BOARD], Reason.NO_PERSON),
        ([box("person", 0.79, 0, 0, 9, 9)], [BOARD], Reason.NO_PERSON),
        ([MAN, box("person", 0.9, 200, 0, 300, 200)], [BOARD], Reason.MANY_PEOPLE),
        ([MAN], [], Reason.NO_OBJECT),
        ([MAN], [box("board", 0.5, 20, 150, 80, 220)], Reason.NO_OBJECT),
        ([MAN], [BOARD, box("board", 0.9, 300, 0, 400, 9)], Reason.MANY_OBJECTS),
        ([MAN], [box("board", 0.9, 95, 0, 195, 200)], Reason.NO_OVERLAP),
        ([], [], Reason.NO_PERSON),  # the first failure names it
        ([MAN, box("person", 0.9, 200, 0, 300, 200)], [], Reason.MANY_PEOPLE),
    ],
)
def test_each_published_cut_has_its_reason(people, things, reason):
    found = screen.only_pair(people, things, PAPER, "7")
    assert isinstance(found, Rejected)
    assert (found.item, found.reason) == ("7", reason)
    assert found.detail


def test_one_person_with_one_thing_is_kept_whatever_doubtful_boxes_lie_about():
    doubtful = box("person", 0.5, 300, 0, 400, 200)
    assert screen.only_pair([MAN, doubtful], [BOARD], PAPER, "7") == (MAN, BOARD)


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        (box("person", 0.85, 0, 0, 100, 170), 1),  # wholly inside
        (box("person", 0.85, 0, 0, 100, 400), 1),  # all of the first is in it
        (box("person", 0.85, 0, 50, 100, 300), 2),
        (box("dog", 0.85, 0, 0, 100, 170), 2),  # another class
        (box("person", 0.98, 0, 0, 100, 170), 1),  # the surer one stays: the first is dropped
    ],
)
def test_duplicates_are_of_one_class_and_lie_within_each_other(second, kept):
    assert len(screen.distinct([MAN, second])) == kept


def test_of_duplicates_the_surer_stays_and_sure_ones_always_do():
    inner = box("person", 0.99, 0, 0, 100, 170)
    assert screen.distinct([MAN, inner]) == [inner]
    outer = box("person", 0.98, 0, 0, 100, 200)
    assert screen.distinct([outer, inner]) == [outer, inner]
    chain = [box("board", s, 0, 0, 10, 10) for s in (0.5, 0.7, 0.6)]
    assert screen.distinct(chain) == [chain[1]]


@pytest.mark.parametrize(
    ("number", "passing", "failing"),
    [
        (1, f"{FACE} {WRISTS}", f"{FACE} left_knee"),
        (2, FACE, f"{FACE} left_wrist"),
        (3, "left_shoulder right_hip", f"{SHOULDERS} {KNEES}"),
        (4, "left_shoulder left_hip right_elbow", f"{SHOULDERS} {HIPS}"),
        (5, "left_shoulder left_hip right_ankle", f"{SHOULDERS} {HIPS} {ELBOWS}"),
        (6, f"left_wrist {NOSE}", f"left_wrist {FACE}"),
        (7, f"left_wrist {SHOULDERS}", f"left_wrist {NOSE}"),
        (8, f"left_wrist {ELBOWS}", f"left_wrist {SHOULDERS}"),
        (9, "left_wrist", WRISTS),
        (10, "right_wrist", WRISTS),
        (11, "left_shoulder left_hip left_knee left_ankle", f"{SHOULDERS} {HIPS} {KNEES}"),
        (12, f"{NOSE} left_eye {WRISTS}", f"{NOSE} left_eye left_hip"),
        (13, f"{NOSE} left_eye", f"{NOSE} left_eye left_elbow"),
        (14, f"{NOSE} right_eye left_shoulder", f"{NOSE} right_eye {HIPS}"),
        (15, "", None),
    ],
)
def test_every_keypoint_rule(number, passing, failing):
    def seen(names: str) -> dict[str, float]:
        return {name: 0.7 if name in names.split() else 0.69 for name in WHOLE.split()}

    assert screen.breaks(RULES[number], seen(passing), PAPER.least_keypoint) == ""
    if failing is not None:
        assert RULES[number].name in screen.breaks(RULES[number], seen(failing), PAPER.least_keypoint)


def test_there_are_fifteen_rules_and_the_third_is_the_default():
    assert sorted(RULES) == list(range(1, 16))
    assert PAPER.rule == 3
    assert screen.breaks(RULES[3], {}, 0.7)  # a keypoint nobody looked for is not seen


def test_what_lies_outside_the_frame_is_not_seen():
    points = torch.tensor([[5.0, 5.0], [-0.1, 5.0], [5.0, 20.0]])
    keys = Keypoints(("nose", "left_hip", "right_hip"), points, torch.tensor([0.9, 0.9, 0.9]))
    sure = screen.confidences(keys, (10, 20))
    assert [round(v, 3) for v in sure.values()] == [0.9, 0.0, 0.0]
    assert screen.limbs(dict.fromkeys(screen.LIMBS, 0.5)) == pytest.approx(0.5)


GOOD = {"person": 0.9, "thing": 0.9, "keypoints": 0.9, "residual": 0.0, "truncation": 0.0}


@pytest.mark.parametrize(
    ("change", "weight"),
    [
        ({}, 1.0),
        ({"thing": 0.3}, 0.5),
        ({"person": 0.15}, 0.25),
        ({"keypoints": 0.35}, 0.5),
        ({"residual": SOFT.doubt_residual}, 0.5),
        ({"truncation": 0.25}, 0.75),
        ({"rival": 1.0}, 0.5),
        ({"thing": 0.3, "truncation": 0.5}, 0.25),
        ({"truncation": 0.51}, 31 / 64),  # rounded down
    ],
)
def test_a_picture_weighs_what_its_marks_are_worth_in_whole_steps(change, weight):
    found = screen.weigh(QualityScores(**GOOD | change), SOFT, "7")
    assert found == weight
    assert float(found) * WEIGHT_STEPS == int(float(found) * WEIGHT_STEPS)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"person": 0.01}, Reason.NO_PERSON),
        ({"thing": 0.01}, Reason.NO_OBJECT),
        ({"keypoints": 0.02}, Reason.FEW_KEYPOINTS),
        ({"residual": 0.13}, Reason.BAD_CALIBRATION),  # would weigh 5 steps
        ({"residual": 0.3}, Reason.BAD_CALIBRATION),
        ({"residual": float("inf")}, Reason.BAD_CALIBRATION),
        ({"truncation": 0.96}, Reason.TRUNCATED),
    ],
)
def test_only_what_cannot_be_used_is_set_aside_by_the_weakest_mark(change, reason):
    found = screen.weigh(QualityScores(**GOOD | change), SOFT, "7")
    assert isinstance(found, Rejected)
    assert found.reason is reason


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("person", Reason.NO_PERSON),
        ("thing", Reason.NO_OBJECT),
        ("keypoints", Reason.FEW_KEYPOINTS),
        ("residual", Reason.BAD_CALIBRATION),
        ("truncation", Reason.TRUNCATED),
        ("rival", Reason.MANY_OBJECTS),
    ],
)
def test_a_mark_that_is_no_number_is_not_certain_and_says_which(mark, reason):
    found = screen.weigh(QualityScores(**GOOD | {mark: math.nan}), SOFT, "7")
    assert isinstance(found, Rejected)
    assert found.reason is reason


def test_a_thing_an_arm_away_is_within_reach():
    assert screen.within_reach(MAN.box_px, torch.tensor([160.0, 0, 190, 20]))
    assert not screen.within_reach(MAN.box_px, torch.tensor([180.0, 0, 190, 20]))
