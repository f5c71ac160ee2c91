"""SAM 2, SAM 3 and Mask2Former through the real transformers library, small and with random weights."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.protocols import KnowsNouns
from chorus_recon.errors import WeightsError
from chorus_recon.types import Detection
from tests import scenes
from tests.backends import random_weights

# the warnings are the library's own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


def box(world):
    return Detection(world.detections[0].box_px, "person", 0.9)


@pytest.fixture(scope="module")
def sam2(tmp_path_factory):
    return random_weights.sam2(tmp_path_factory.mktemp("sam2"))


def test_sam2_outlines_boxes_at_photo_size(sam2, world):
    segmenter = registry.make("segmenter", f"sam2:{sam2}")
    assert isinstance(segmenter, registry.Segmenter)
    two = [box(world), replace(box(world), box_px=torch.tensor([5.0, 5.0, 60.0, 60.0]), label="cup")]
    masks = segmenter.segment(world.photo, two)
    assert [m.label for m in masks] == ["person", "cup"]
    for mask in masks:
        assert mask.alpha.shape == (120, 160)
        assert 0 <= float(mask.alpha.min()) <= float(mask.alpha.max()) <= 1
    assert not torch.equal(masks[0].alpha, masks[1].alpha)
    (alone,) = segmenter.segment(world.photo, two[1:])
    assert torch.allclose(alone.alpha, masks[1].alpha, atol=1e-3)
    assert segmenter.segment(world.photo, []) == []


def test_sam2_asks_grounding_dino_for_other_nouns(sam2, world, tmp_path, monkeypatch):
    from chorus_recon.backends.segment import hub

    monkeypatch.setattr(hub, "ASKED_SCORE", 0.0)
    segmenter = registry.make("segmenter", f"sam2:{sam2},{random_weights.grounding_dino(tmp_path)}")
    found = segmenter.detect(world.photo, "garden gnome")
    assert found
    assert {d.label for d in found} == {"garden gnome"}
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
    for d in found:
        x0, y0, x1, y1 = d.box_px.tolist()
        assert 0 <= x0 < x1 <= 160
        assert 0 <= y0 < y1 <= 120
    (mask,) = segmenter.segment(world.photo, found[:1])
    assert (mask.label, mask.alpha.shape) == ("garden gnome", (120, 160))
    assert str(tmp_path) in segmenter.licences


@pytest.fixture(scope="module")
def sam3(tmp_path_factory):
    return random_weights.sam3(tmp_path_factory.mktemp("sam3"))


def test_sam3_asks_by_noun(sam3, world, monkeypatch):
    from chorus_recon.backends.segment import hub

    monkeypatch.setattr(hub, "ASKED_SCORE", 0.0)
    monkeypatch.setattr(hub, "LEAST_SCORE", 0.0)
    monkeypatch.setattr(hub, "bundled", lambda: ["tennis_racket"])
    segmenter = registry.make("segmenter", f"sam3:{sam3}")
    found = segmenter.detect(world.photo, "tennis_racket")
    assert found
    assert {d.label for d in found} == {"tennis racket"}
    assert all(d.mask is not None and d.mask.alpha.shape == (120, 160) for d in found)
    both = segmenter.detect(world.photo)
    assert {d.label for d in both} == {"person", "tennis racket"}
    assert segmenter.segment(world.photo, found[:2]) == [d.mask for d in found[:2]]
    (given,) = segmenter.segment(world.photo, [box(world)])
    assert given.alpha.shape == (120, 160)


@pytest.fixture(scope="module")
def mask2former(tmp_path_factory):
    return random_weights.mask2former(tmp_path_factory.mktemp("mask2former"))


def test_mask2former_gives_cocos_instances(mask2former, world, monkeypatch):
    from chorus_recon.backends.segment import hub

    monkeypatch.setattr(hub, "ASKED_SCORE", 0.0)
    monkeypatch.setattr(hub, "LEAST_SCORE", 0.0)
    segmenter = registry.make("segmenter", f"mask2former:{mask2former}")
    found = segmenter.detect(world.photo)
    for d in found:
        assert d.label in hub.NAMES
        assert d.mask.alpha.shape == (120, 160)
        rows, columns = torch.where(d.mask.alpha > 0.5)
        assert d.box_px.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert segmenter.detect(world.photo, "harp") == []
    spelt = segmenter._loaded[0].config.id2label  # by number: this one calls a couch a sofa
    assert [hub._coco_name(spelt, n) for n in range(80)] == list(hub.NAMES)
    assert hub._coco_name({0: "sofa", 1: "zeppelin"}, 0) == "couch"
    assert hub._coco_name({0: "sofa", 1: "zeppelin"}, 1) == ""
    (given,) = segmenter.segment(world.photo, [box(world)])
    assert given.alpha.shape == (120, 160)


@pytest.mark.parametrize("name", ["sam2", "sam3", "mask2former"])
def test_a_folder_without_a_model_is_reported(tmp_path, world, name):
    random_weights.transformers()
    with pytest.raises(WeightsError, match="can be loaded from there"):
        registry.make("segmenter", f"{name}:{tmp_path}").segment(world.photo, [box(world)])


def test_mask2former_says_that_it_knows_cocos_classes_alone():
    random_weights.transformers()
    segmenter = registry.make("segmenter", "mask2former")
    assert isinstance(segmenter, KnowsNouns)
    assert segmenter.knows("motorbike")
    assert not segmenter.knows("hockey stick")


@pytest.mark.parametrize("name", ["sam2", "sam3"])
def test_sam_may_find_anything(name):
    random_weights.transformers()
    assert not isinstance(registry.make("segmenter", name), KnowsNouns)
