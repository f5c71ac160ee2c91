import torch

from chorus_recon.evaluation.score import Masks, Prediction, Scores, _score_masks


def strip(*columns):
    row = torch.zeros(4, 8, dtype=torch.bool)
    row[:, list(columns)] = True
    return row


def scored(mine, true):
    prediction = Prediction(mine, 0.5, None, None, (), ())
    return _score_masks(Scores("photo", "glove", "ok"), prediction, true)


def test_what_the_truth_gives_to_both_is_the_things():
    mine = Masks(strip(0, 1, 2), strip(3, 4))
    row = scored(mine, Masks(strip(0, 1, 2, 3, 4), strip(3, 4)))
    assert (row.human_iou, row.object_iou) == (1.0, 1.0)


def test_pixels_of_either_person_say_nothing_of_the_thing():
    mine = Masks(strip(0, 1, 2, 3), strip(4, 5))
    row = scored(mine, Masks(strip(0, 1), strip(3, 4)))
    assert row.object_iou == 0.5
