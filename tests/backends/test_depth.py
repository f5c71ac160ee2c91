"""Depth networks through the real libraries, small and with random weights."""

import importlib

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.protocols import DepthEstimator
from chorus_recon.errors import ChorusError, MissingBackend, WeightsError
from chorus_recon.types import DepthMap
from tests import scenes

# the warnings are the libraries' own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]
SMALL = {"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2}


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture(scope="module")
def transformers():
    return pytest.importorskip("transformers", reason="needs the extra [synthesis]")


def make(choice, device="cpu"):
    try:
        return registry.make("depth", choice, device)
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")


def stirred(model):
    """Weights large enough for the picture to come through."""
    for weight in model.parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=weight[0].numel() ** -0.5)
    return model


def depth_anything(transformers, root, kind="metric"):
    config = transformers.DepthAnythingConfig(
        backbone_config={
            "model_type": "dinov2",
            **SMALL,
            "image_size": 56,
            "patch_size": 14,
            "out_indices": [1, 2, 3, 4],
            "apply_layernorm": True,
            "reshape_hidden_states": False,
        },
        reassemble_hidden_size=32,
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        head_hidden_size=8,
        depth_estimation_type=kind,
        max_depth=20,
    )
    torch.manual_seed(0)
    stirred(transformers.DepthAnythingForDepthEstimation(config)).save_pretrained(root)
    size = {"height": 56, "width": 56}
    processor = transformers.DPTImageProcessor(size=size, ensure_multiple_of=14, keep_aspect_ratio=True)
    processor.save_pretrained(root)


def depth_pro(transformers, root):
    vit = {"model_type": "dinov2", **SMALL, "image_size": 32, "patch_size": 16, "mlp_ratio": 2}
    config = transformers.DepthProConfig(
        patch_size=32,
        fusion_hidden_size=16,
        intermediate_hook_ids=[1, 0],
        intermediate_feature_dims=[16, 16],
        scaled_images_ratios=[0.25, 0.5, 1],
        scaled_images_overlap_ratios=[0.0, 0.5, 0.25],
        scaled_images_feature_dims=[32, 32, 16],
        use_fov_model=True,
        image_model_config=dict(vit),
        patch_model_config=dict(vit),
        fov_model_config=dict(vit),
    )
    torch.manual_seed(0)
    model = transformers.DepthProForDepthEstimation(config)
    model.fov_model.head.layers[-1].bias.data.fill_(50.0)  # degrees
    model.save_pretrained(root)
    transformers.DepthProImageProcessor(size={"height": 128, "width": 128}).save_pretrained(root)


def zoedepth(transformers, root):
    config = transformers.ZoeDepthConfig(
        backbone_config=transformers.BeitConfig(
            **SMALL,
            image_size=64,
            intermediate_size=64,
            out_indices=[1, 2, 3, 4],
            use_relative_position_bias=True,
            reshape_hidden_states=False,
        ),
        backbone_hidden_size=32,
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        bottleneck_features=8,
        num_relative_features=8,
        bin_embedding_dim=16,
        bin_configurations=[{"n_bins": 8, "min_depth": 0.001, "max_depth": 10.0, "name": "nyu"}],
    )
    torch.manual_seed(0)
    stirred(transformers.ZoeDepthForDepthEstimation(config)).save_pretrained(root)
    transformers.ZoeDepthImageProcessor(size={"height": 64, "width": 64}).save_pretrained(root)


def moge(_, root):
    model = importlib.import_module("moge.model.v2").MoGeModel
    stack = {
        "dim_res_blocks": [32, 16, 16, 8, 8],
        "num_res_blocks": [0, 1, 1, 1, 0],
        "res_block_in_norm": "none",
        "res_block_hidden_norm": "none",
        "resamplers": ["conv_transpose"] * 3 + ["bilinear"],
    }
    head = stack | {"dim_in": stack["dim_res_blocks"]}
    settings = {
        "encoder": {"backbone": "dinov2_vits14", "intermediate_layers": [5, 11], "dim_out": 32},
        "neck": stack | {"dim_in": [34, 2, 2, 2, 2], "dim_out": None},
        "points_head": head | {"dim_out": [None] * 4 + [3]},
        "mask_head": head | {"dim_out": [None] * 4 + [1]},
        "scale_head": {"dims": [384, 16, 1]},
        "remap_output": "exp",
        "num_tokens_range": [16, 64],
    }
    torch.manual_seed(0)
    made = model(**settings)
    made.mask_head.output_blocks[-1].bias.data.fill_(3.0)  # nearly all of it is known
    torch.save({"model_config": settings, "model": made.state_dict()}, root / "model.pt")


MAKERS = {"depth_anything": depth_anything, "depth_pro": depth_pro, "zoedepth": zoedepth, "moge": moge}


@pytest.fixture(params=MAKERS, scope="module")
def estimator(request, transformers, tmp_path_factory):
    root = tmp_path_factory.mktemp(request.param)
    file = root / "model.pt" if request.param == "moge" else root
    made = make(f"{request.param}:{file}")  # first: it makes torchvision work, or skips
    MAKERS[request.param](transformers, root)
    return made


def test_depth_at_photo_size(estimator, world):
    assert isinstance(estimator, DepthEstimator)
    assert estimator.licences
    found = estimator.estimate(world.photo)
    assert isinstance(found, DepthMap)
    assert found.depth_m.shape == found.valid.shape == (120, 160)
    assert bool(found.valid.any())
    assert bool(torch.isfinite(found.depth_m[found.valid]).all())
    assert float(found.depth_m[found.valid].min()) > 0
    again = estimator.estimate(world.photo)
    assert torch.equal(found.depth_m, again.depth_m)
    if estimator.name in ("depth_pro", "moge"):
        assert isinstance(found.focal_px, float)
    else:
        assert found.focal_px is None


def test_depth_follows_the_picture(estimator, world):
    before = estimator.estimate(world.photo).depth_m
    turned = type(world.photo)(world.photo.rgb.flip(0).contiguous(), world.photo.source)
    assert not torch.allclose(before, estimator.estimate(turned).depth_m)


@pytest.mark.parametrize("name", MAKERS)
def test_a_folder_without_a_model_is_reported(transformers, tmp_path, world, name):
    with pytest.raises(WeightsError, match="can be loaded from there") as caught:
        make(f"{name}:{tmp_path}").estimate(world.photo)
    assert caught.value.hint


def test_depth_without_a_unit_is_refused(transformers, tmp_path, world):
    estimator = make(f"depth_anything:{tmp_path}")
    depth_anything(transformers, tmp_path, kind="relative")
    with pytest.raises(WeightsError, match="predicts depth without a unit"):
        estimator.estimate(world.photo)


def test_an_unknown_name_lists_the_slots():
    with pytest.raises(ChorusError, match="There is no depth backend 'zzz'"):
        registry.load({"depth": "zzz"})
