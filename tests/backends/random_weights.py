"""Adapters of the named stack on random weights, saved as the published files are.

Each function skips where its library is absent; it takes an empty folder and gives what stands after the
name in `--backend SLOT=NAME:`.
"""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry, torchvision_cpu
from chorus_recon.errors import MissingBackend
from tests import bodies

HMR2_CONFIG = """
MODEL:
  IMAGE_SIZE: 256
  IMAGE_MEAN: [0.485, 0.456, 0.406]
  IMAGE_STD: [0.229, 0.224, 0.225]
  BACKBONE: {{TYPE: vit}}
  SMPL_HEAD:
    TYPE: transformer_decoder
    IN_CHANNELS: 2048
    TRANSFORMER_DECODER: {{depth: 6, heads: 8, mlp_dim: 1024, dim_head: 64, dropout: 0.0, emb_dropout: 0.0,
      norm: layer, context_dim: 1280}}
SMPL:
  {{MODEL_PATH: smpl, GENDER: neutral, NUM_BODY_JOINTS: 23, JOINT_REGRESSOR_EXTRA: x.pkl,
    MEAN_PARAMS: {mean}}}
EXTRA: {{FOCAL_LENGTH: 5000}}
LOSS_WEIGHTS: {{ADVERSARIAL: 0.0}}
"""


def transformers():
    """The library, with a torchvision that works; skips where either is absent."""
    library = pytest.importorskip("transformers", reason="needs the extra [synthesis]")
    try:
        torchvision_cpu.require("SAM")
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")
    return library


def sam2(root: Path) -> Path:
    """The real size of the smallest published one."""
    library = transformers()
    torch.manual_seed(0)
    library.Sam2Model(library.Sam2Config()).save_pretrained(root)
    from transformers.models.sam2.image_processing_sam2 import Sam2ImageProcessor

    library.Sam2Processor(Sam2ImageProcessor()).save_pretrained(root)
    return root


def grounding_dino(root: Path) -> Path:
    """A small one, with a vocabulary of letters."""
    library = transformers()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", *"abcdefghijklmnopqrstuvwxyz"]
    words += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    (root / "vocab.txt").write_text("\n".join(words))
    config = library.GroundingDinoConfig(
        backbone_config=library.SwinConfig(
            embed_dim=12,
            depths=[1, 1, 1, 1],
            num_heads=[1, 2, 3, 4],
            image_size=64,
            out_features=["stage2", "stage3", "stage4"],
        ),
        text_config=library.BertConfig(
            vocab_size=len(words),
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
        ),
        d_model=32,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        num_queries=12,
    )
    torch.manual_seed(0)
    library.GroundingDinoForObjectDetection(config).save_pretrained(root)
    library.GroundingDinoProcessor(
        library.GroundingDinoImageProcessor(size={"shortest_edge": 128, "longest_edge": 256}),
        library.BertTokenizer(str(root / "vocab.txt")),
    ).save_pretrained(root)
    return root


def sam3(root: Path) -> Path:
    """A small one."""
    library = transformers()
    small = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
    config = library.Sam3Config(
        vision_config={
            "backbone_config": {
                "model_type": "sam3_vit_model",
                **small,
                "num_hidden_layers": 2,
                "global_attn_indexes": [1],
                "image_size": 1008,
                "pretrain_image_size": 336,
                "window_size": 24,
            },
            "fpn_hidden_size": 32,
        },
        text_config={
            "model_type": "clip_text_model",
            **small,
            "num_hidden_layers": 2,
            "vocab_size": 514,
            "projection_dim": 32,
            "bos_token_id": 512,
            "eos_token_id": 513,
            "pad_token_id": 513,
        },
        geometry_encoder_config={**small, "num_layers": 1},
        detr_encoder_config={**small, "num_layers": 1},
        detr_decoder_config={**small, "num_layers": 1},
        mask_decoder_config={"hidden_size": 32, "num_attention_heads": 2},
    )
    torch.manual_seed(0)
    library.Sam3Model(config).save_pretrained(root)
    letters = [bytes([b]).decode("latin1") for b in range(256)]
    words = {w: k for k, w in enumerate([*letters, *(f"{w}</w>" for w in letters)])}
    words |= {"<|startoftext|>": 512, "<|endoftext|>": 513}
    (root / "vocab.json").write_text(json.dumps(words))
    (root / "merges.txt").write_text("#version: 0.2\n")
    tokens = library.CLIPTokenizer.from_pretrained(root)
    from transformers.models.sam3.image_processing_sam3 import Sam3ImageProcessor

    library.Sam3Processor(Sam3ImageProcessor(), tokens).save_pretrained(root)
    return root


def mask2former(root: Path) -> Path:
    """A small one for COCO's classes, two of them spelt otherwise, as published ones do."""
    library = transformers()
    from chorus_recon.backends.segment.coco import NAMES

    spelt = [{"couch": "sofa", "motorcycle": "motorbike"}.get(name, name) for name in NAMES]
    swin = library.SwinConfig(
        embed_dim=12,
        depths=[1, 1, 1, 1],
        num_heads=[1, 2, 3, 4],
        image_size=64,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    config = library.Mask2FormerConfig(
        backbone_config=swin,
        feature_size=32,
        mask_feature_size=32,
        hidden_dim=32,
        encoder_layers=1,
        decoder_layers=2,
        num_attention_heads=2,
        dim_feedforward=32,
        encoder_feedforward_dim=32,
        num_queries=8,
        id2label=dict(enumerate(spelt)),
        label2id={n: k for k, n in enumerate(spelt)},
    )
    torch.manual_seed(0)
    library.Mask2FormerForUniversalSegmentation(config).save_pretrained(root)
    library.Mask2FormerImageProcessor(size={"shortest_edge": 128, "longest_edge": 256}).save_pretrained(root)
    return root


def detectron2(root: Path) -> Path:
    """PointRend at real size, a pickle of arrays as in the model zoo."""
    try:
        registry.make("segmenter", "detectron2")
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")
    from chorus_recon.backends.segment import detectron2 as adapter

    torch.manual_seed(0)
    zoo_pickle(root / adapter.COCO_FILE, adapter.point_rend("cpu"))
    return root


def zoo_pickle(path: Path, model: torch.nn.Module) -> None:
    """A model's weights as the model zoo has them."""
    state = {key: value.numpy() for key, value in model.state_dict().items()}
    path.write_bytes(pickle.dumps({"model": state, "__author__": "tests"}))


def hmr2(root: Path) -> Path:
    """HMR 2.0 at real size, laid out as published, settings object and all."""
    from chorus_recon.backends.human import hmr2 as adapter

    try:
        library = adapter._load_library()
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")
    mean = root / "smpl_mean_params.npz"
    upright = np.tile(np.array([1, 0, 0, 1, 0, 0], np.float32), 24)
    np.savez(mean, pose=upright, shape=np.zeros(10, np.float32), cam=np.array([0.9, 0, 0], np.float32))
    (root / "checkpoints").mkdir()
    (root / "model_config.yaml").write_text(HMR2_CONFIG.format(mean=mean))
    torch.manual_seed(0)
    config = library.config(root / "model_config.yaml")
    parts = dict(zip(("backbone", "smpl_head"), library.build(config), strict=True))
    for layer in ("decpose", "decshape", "deccam"):  # stay near the mean person, in front of the camera
        getattr(parts["smpl_head"], layer).weight.data.mul_(0.02)
    state = {f"{name}.{k}": v for name, part in parts.items() for k, v in part.state_dict().items()}
    path = root / "checkpoints" / "last.ckpt"
    torch.save({"state_dict": state, "hyper_parameters": {"cfg": config}, "epoch": 35}, path)
    return path


def smpl():
    """A file as the library expects it: ten shape components, and the vertices that its landmarks name."""
    arrays = bodies.arrays("smpl", low=False)
    return arrays | {"shapedirs": np.pad(arrays["shapedirs"], ((0, 0), (0, 0), (0, 8)))}
