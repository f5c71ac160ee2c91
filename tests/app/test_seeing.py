import numpy as np
import pytest
import torch
from PIL import Image

from chorus_recon.app import work
from chorus_recon.app.seeing import Choice, draw, factor, parse_box, see
from chorus_recon.errors import InputError, PriorError
from chorus_recon.priors import first_use
from chorus_recon.types import Detection, Mask
from tests.fakes import FakeSegmenter


def detection(label, box, score=0.9, size=(200, 160)):
    x0, y0, x1, y1 = box
    alpha = torch.zeros(size[1], size[0])
    alpha[y0:y1, x0:x1] = 1
    return Detection(torch.tensor(box).float(), label, score, Mask(alpha, label, score))


@pytest.fixture
def seen(tmp_path):
    """Two people, the left one with a cup; another thing is too doubtful to be shown."""
    Image.new("RGB", (200, 160), "gray").save(tmp_path / "a.png")
    found = [
        detection("person", (120, 10, 190, 150)),
        detection("cup", (60, 60, 70, 75), 0.6),
        detection("tie", (30, 40, 34, 60), 0.1),
        detection("person", (10, 10, 80, 150), 0.8),
    ]
    return see(tmp_path / "a.png", FakeSegmenter(found, 0.0))


def test_people_are_numbered_from_the_left_and_clicks_hit_the_smallest(seen):
    assert [float(one.box_px[0]) for one in seen.people] == [10.0, 120.0]
    assert [one.label for one in seen.things] == ["cup"]
    assert (seen.person_at(20, 100), seen.person_at(150, 100), seen.person_at(100, 100)) == (0, 1, None)
    assert seen.thing_at(65, 65) == 0
    assert seen.thing_at(40, 40) is None


def test_what_is_chosen_is_stressed(seen):
    stressed = lambda choice: int((np.asarray(draw(seen, choice)) == (222, 108, 30)).all(-1).sum())  # noqa: E731
    assert stressed(Choice(thing=0)) > stressed(Choice())
    assert stressed(Choice(box_px=(90, 20, 110, 60))) > stressed(Choice())
    assert factor(seen) == 1.0


def test_a_file_that_is_no_photo_is_refused_with_a_hint(tmp_path):
    (tmp_path / "a.jpg").write_text("no photo")
    with pytest.raises(InputError) as caught:
        see(tmp_path / "a.jpg", FakeSegmenter([], 0.0))
    assert caught.value.hint
    for text in ("1,2,3", "a,b,c,d"):
        with pytest.raises(InputError, match="is not four numbers"):
            parse_box(text)
    assert parse_box("1, 2, 30 40") == (1, 2, 30, 40)


def test_the_prior_of_a_noun_is_built_with_progress_and_a_path_is_no_noun(monkeypatch):
    told = []

    def build(kept, config=None, progress=None):
        progress("sweep", 1, 2)
        return kept.path

    monkeypatch.setattr(first_use, "build", build)
    assert work.prior_file("broom", lambda share, text: told.append((share, text))).name.startswith("broom-")
    assert told == [(0.0, "building the prior of 'broom': one or two minutes"), (0.5, "1 of 2: sweep")]
    assert work.prior_file("skateboard", lambda *_: None) is None
    with pytest.raises(PriorError):
        work.prior_file("../../etc/passwd.safetensors", lambda *_: None)
    assert "tennis racket" in work.prior_names()
