"""SAM 2, SAM 3 and Mask2Former through the real transformers library, small and with random weights."""

import json
from dataclasses import replace

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.protocols import KnowsNouns
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.types import Detection
from tests import scenes

# the warnings are the library's own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture(scope="module")
def transformers():
    """The library; skips where it or what it needs is absent."""
    from chorus_recon.backends import torchvision_cpu

    library = pytest.importorskip("transformers", reason="needs the extra [synthesis]")
    try:
        torchvision_cpu.require("SAM")
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")
    return library


def box(world):
    return Detection(world.detections[0].box_px, "person", 0.9)


@pytest.fixture(scope="module")
def sam2(transformers, tmp_path_factory):
    root = tmp_path_factory.mktemp("sam2")
    torch.manual_seed(0)
    transformers.Sam2Model(transformers.Sam2Config()).save_pretrained(root)
    from transformers.models.sam2.image_processing_sam2 import Sam2ImageProcessor

    transformers.Sam2Processor(Sam2ImageProcessor()).save_pretrained(root)
    return root


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


@pytest.fixture(scope="module")
def sam3(transformers, tmp_path_factory):
    root = tmp_path_factory.mktemp("sam3")
    small = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
    config = transformers.Sam3Config(
        vision_config={
            "backbone_config": {
                "model_type": "sam3_vit_model", **small, "num_hidden_layers": 2, "global_attn_indexes": [1],
                "image_size": 1008, "pretrain_image_size": 336, "window_size": 24,
            },
            "fpn_hidden_size": 32,
        },
        text_config={
            "model_type": "clip_text_model", **small, "num_hidden_layers": 2, "vocab_size": 514,
            "projection_dim": 32, "bos_token_id": 512, "eos_token_id": 513, "pad_token_id": 513,
        },
        geometry_encoder_config={**small, "num_layers": 1},
        detr_encoder_config={**small, "num_layers": 1},
        detr_decoder_config={**small, "num_layers": 1},
        mask_decoder_config={"hidden_size": 32, "num_attention_heads": 2},
    )  # fmt: skip
    torch.manual_seed(0)
    transformers.Sam3Model(config).save_pretrained(root)
    letters = [bytes([b]).decode("latin1") for b in range(256)]
    words = {w: k for k, w in enumerate([*letters, *(f"{w}</w>" for w in letters)])}
    words |= {"<|startoftext|>": 512, "<|endoftext|>": 513}
    (root / "vocab.json").write_text(json.dumps(words))
    (root / "merges.txt").write_text("#version: 0.2\n")
    tokens = transformers.CLIPTokenizer.from_pretrained(root)
    from transformers.models.sam3.image_processing_sam3 import Sam3ImageProcessor

    transformers.Sam3Processor(Sam3ImageProcessor(), tokens).save_pretrained(root)
    return root


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
def mask2former(transformers, tmp_path_factory):
    root = tmp_path_factory.mktemp("mask2former")
    from chorus_recon.backends.segment.coco import NAMES

    swin = transformers.SwinConfig(
        embed_dim=12, depths=[1, 1, 1, 1], num_heads=[1, 2, 3, 4], image_size=64,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = transformers.Mask2FormerConfig(
        backbone_config=swin, feature_size=32, mask_feature_size=32, hidden_dim=32, encoder_layers=1,
        decoder_layers=2, num_attention_heads=2, dim_feedforward=32, encoder_feedforward_dim=32,
        num_queries=8, id2label=dict(enumerate(NAMES)), label2id={n: k for k, n in enumerate(NAMES)},
    )  # fmt: skip
    torch.manual_seed(0)
    transformers.Mask2FormerForUniversalSegmentation(config).save_pretrained(root)
    transformers.Mask2FormerImageProcessor(size={"shortest_edge": 128, "longest_edge": 256}).save_pretrained(
        root
    )
    return root


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
    (given,) = segmenter.segment(world.photo, [box(world)])
    assert given.alpha.shape == (120, 160)


@pytest.mark.parametrize("name", ["sam2", "sam3", "mask2former"])
def test_a_folder_without_a_model_is_told(transformers, tmp_path, world, name):
    with pytest.raises(WeightsError, match="can be loaded from there"):
        registry.make("segmenter", f"{name}:{tmp_path}").segment(world.photo, [box(world)])


@pytest.mark.parametrize("name", ["sam2", "mask2former"])
def test_those_that_know_cocos_classes_alone_say_so(transformers, name):
    segmenter = registry.make("segmenter", name)
    assert isinstance(segmenter, KnowsNouns)
    assert segmenter.knows("motorbike")
    assert not segmenter.knows("hockey stick")


def test_sam3_may_find_anything(transformers):
    assert not isinstance(registry.make("segmenter", "sam3"), KnowsNouns)
