"""Detectron2 for real, at full size, with random weights."""

import pickle

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.errors import InputError, WeightsError
from chorus_recon.types import Detection
from tests import scenes
from tests.backends import random_weights

# the warnings are the library's own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture(scope="module")
def module(folder):
    """The adapter's module; skips where the library is absent."""
    from chorus_recon.backends.segment import detectron2

    return detectron2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return random_weights.detectron2(tmp_path_factory.mktemp("detectron2"))


@pytest.fixture
def segmenter(module, folder, monkeypatch):
    monkeypatch.setattr(module, "ASKED_SCORE", 0.0)
    monkeypatch.setattr(module, "LEAST_SCORE", 0.0)
    monkeypatch.setattr(module, "SHORT_SIDE_PX", 256)
    return registry.make("segmenter", f"detectron2:{folder}")


def test_boxes_and_masks_are_the_librarys_own(module, folder, segmenter, world):
    assert isinstance(segmenter, registry.Segmenter)
    found = segmenter.detect(world.photo)
    assert found
    assert all(d.mask is not None and d.mask.alpha.shape == (120, 160) for d in found)
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
    assert {d.label for d in found} <= set(module.NAMES)
    model = module.point_rend("cpu")
    model.load_state_dict(segmenter._networks[module.COCO_FILE].model.state_dict())
    with torch.no_grad():
        alone = model([segmenter._input(world.photo)])[0]["instances"]
    best = int(alone.scores.argmax())
    assert torch.allclose(found[0].box_px, alone.pred_boxes.tensor[best])
    assert torch.equal(found[0].mask.alpha.bool(), alone.pred_masks[best])
    assert segmenter.segment(world.photo, found[:3]) == [d.mask for d in found[:3]]


def test_a_given_box_is_outlined_in_the_photos_frame(segmenter, world):
    box = torch.tensor([40.0, 30.0, 120.0, 90.0])
    (mask,) = segmenter.segment(world.photo, [Detection(box, "skateboard", 0.7)])
    assert mask.alpha.shape == (120, 160)
    assert (mask.label, mask.score) == ("skateboard", 0.7)
    rows, columns = torch.where(mask.alpha > 0.5)
    if len(rows):
        assert rows.min() >= 29
        assert rows.max() <= 91
        assert columns.min() >= 39
        assert columns.max() <= 121
    (unknown,) = segmenter.segment(world.photo, [Detection(box, "harp", 0.7)])
    assert unknown.alpha.shape == (120, 160)


def test_a_lvis_noun_needs_its_own_file_and_has_no_clash_with_people(module, segmenter, world):
    names = module.lvis_names()
    assert len(names) == 1230
    assert "sunglasses" in names
    with pytest.raises(WeightsError, match=module.LVIS_FILE):
        segmenter.detect(world.photo, "sunglasses")
    assert all(d.label == "person" for d in segmenter.detect(world.photo, "person"))


def test_lvis_nouns_are_found_by_their_own_network(module, segmenter, folder, world, monkeypatch):
    torch.manual_seed(0)
    path = folder / module.LVIS_FILE
    random_weights.zoo_pickle(path, module.mask_rcnn_lvis("cpu"))
    try:
        monkeypatch.setattr(module, "LONG_SIDE_PX", 224)
        assert segmenter.detect(world.photo, "flux capacitor") == []
        labels = {d.label for d in segmenter._run(world.photo, segmenter._network(module.LVIS_FILE))}
        assert labels <= set(module.lvis_names())
        noun = sorted(labels)[0]
        found = segmenter.detect(world.photo, noun.replace(" ", "_"))
        assert {d.label for d in found} == {noun}
        assert all(d.mask is not None and d.mask.alpha.shape == (120, 160) for d in found)
    finally:
        path.unlink()


def test_wrong_files_are_reported(module, folder, tmp_path, world):
    with pytest.raises(WeightsError, match="has no") as caught:
        registry.make("segmenter", f"detectron2:{tmp_path}").detect(world.photo)
    assert module.URLS[module.COCO_FILE] in caught.value.hint
    (tmp_path / module.COCO_FILE).write_bytes(pickle.dumps({"model": {}}))
    with pytest.raises(WeightsError, match="are missing, such as"):
        registry.make("segmenter", f"detectron2:{tmp_path}").detect(world.photo)
    (tmp_path / module.COCO_FILE).write_bytes(pickle.dumps({"model": print}))
    with pytest.raises(InputError, match="refused"):
        registry.make("segmenter", f"detectron2:{tmp_path}").detect(world.photo)
