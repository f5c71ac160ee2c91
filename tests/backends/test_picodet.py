import torch

from chorus_recon.backends.segment import coco, picodet


def test_doubled_boxes_merge_and_others_stay():
    rows = torch.tensor(
        [
            [0, 0.9, 0, 0, 100, 200],
            [0, 0.6, 4, 0, 100, 204],  # the same person
            [0, 0.5, 30, 120, 60, 190],  # a child in front: inside, but far smaller
            [38, 0.7, 0, 0, 100, 200],  # another class at the same place
            [38, 0.4, 0, 0, 60, 196],  # part of it: inside, most of its area
        ],
        dtype=torch.float32,
    )
    out = picodet.merged(rows)
    assert out[:, :2].tolist() == torch.tensor([[0, 0.9], [38, 0.7], [0, 0.5]]).tolist()
    share = 0.6**2 / (0.6**2 + 0.9**2)
    assert torch.allclose(out[0, 2:], torch.tensor([4 * share, 0, 100, 200 + 4 * share]), atol=1e-4)
    assert picodet.merged(rows[:0]).shape == (0, 6)


def test_close_windows_stay_inside_and_skip_what_fills_the_photo():
    people = torch.tensor(
        [[0, 0.9, 10, 10, 50, 90], [0, 0.9, 0, 0, 640, 480], [0, 0.2, 300, 300, 340, 360.0]]
    )
    windows = picodet._close_windows(people, 640, 480)
    assert windows == [(0, 0, 90, 110)]
    assert picodet._quarters(100, 50)[-1] == (40, 20, 100, 50)


def test_nouns():
    assert len(coco.NAMES) == len(set(coco.NAMES)) == 80
    assert coco.canonical("tennis_racket") == coco.canonical("Racquet") == "tennis racket"
    assert coco.canonical("skis") == coco.canonical("ski") == "skis"
    assert coco.canonical("wine-glasses") == "wine glass"
    assert coco.canonical("bikes") == "bicycle"
    assert coco.canonical("guitar") is None
    assert all(name in coco.NAMES for name in coco.synonyms().values())
    assert "surfboard" in coco.alike("snowboard")
    assert "snowboard" not in coco.alike("snowboard")
    assert coco.alike("person") == frozenset()
