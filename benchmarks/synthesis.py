"""Time text-to-image pipelines with random weights of the real size; nothing is fetched.

    python benchmarks/synthesis.py --size sd15 --size sdxl --device auto --out synthesis.json

Speed does not depend on the values of the weights. `tiny` is for testing the benchmark itself.
"""

import argparse
import json
import platform
import tempfile
import time
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3Model,
)

from chorus_recon.backends.images.diffusers import DiffusersImages
from chorus_recon.types import Prompt, Rejected, Shot

# fmt: off
# Published sizes: SD 1.x has 860 M weights in its UNet, SDXL 2.6 G, Z-Image's transformer 6 G.
_VAE = (128, 256, 512, 512)
SIZES = {
    "tiny": {"pixels": 64, "blocks": (32, 64), "words": 32, "layers": 1, "vae": (32, 64)},
    "sd15": {"pixels": 512, "blocks": (320, 640, 1280, 1280), "words": 768, "layers": 2, "vae": _VAE},
    "sdxl": {"pixels": 1024, "blocks": (320, 640, 1280), "words": 2048, "layers": 2, "vae": _VAE},
    "zimage": {"pixels": 1024, "width": 3840, "layers": 30, "heads": 30, "axes": [32, 48, 48], "vae": _VAE,
               "words": {"hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36,
                         "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128}},
    "tiny-zimage": {"pixels": 64, "width": 64, "layers": 2, "heads": 2, "axes": [8, 12, 12], "vae": (32, 64),
                    "words": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
                              "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16}},
}
# fmt: on
PRESETS = {"sdxl": "sdxl", "zimage": "z-image-turbo", "tiny-zimage": "z-image-turbo"}
STEPS = {"zimage": 9, "tiny-zimage": 9}  # of a distilled model; the others take 50


def build(size, folder):
    """Save a pipeline of random weights."""
    row = SIZES[size]
    if "width" in row:
        return build_zimage(size, folder)
    xl = size == "sdxl"
    count = len(row["blocks"])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        unet = UNet2DConditionModel(
            sample_size=row["pixels"] // 8,
            layers_per_block=row["layers"],
            block_out_channels=row["blocks"],
            down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * (count - 1))
            if xl
            else (*["CrossAttnDownBlock2D"] * (count - 1), "DownBlock2D"),
            up_block_types=(*["CrossAttnUpBlock2D"] * (count - 1), "UpBlock2D")
            if xl
            else ("UpBlock2D", *["CrossAttnUpBlock2D"] * (count - 1)),
            cross_attention_dim=row["words"],
            attention_head_dim=(5, 10, 20) if xl else 8,
            transformer_layers_per_block=(1, 2, 10) if xl else 1,
            use_linear_projection=xl,
            addition_embed_type="text_time" if xl else None,
            addition_time_embed_dim=256 if xl else None,
            projection_class_embeddings_input_dim=2816 if xl else None,
        )
        vae = AutoencoderKL(
            block_out_channels=row["vae"],
            down_block_types=["DownEncoderBlock2D"] * len(row["vae"]),
            up_block_types=["UpDecoderBlock2D"] * len(row["vae"]),
            latent_channels=4,
            layers_per_block=2,
        )
        words = tokenizer(folder)
        scheduler = EulerDiscreteScheduler(steps_offset=1) if xl else PNDMScheduler(steps_offset=1)
        parts = {"vae": vae, "unet": unet, "scheduler": scheduler}
        if xl:
            pipe = StableDiffusionXLPipeline(
                **parts,
                text_encoder=encoder(768, 12),
                text_encoder_2=encoder(1280, 32, projected=True),
                tokenizer=words,
                tokenizer_2=words,
            )
        else:
            pipe = StableDiffusionPipeline(
                **parts,
                text_encoder=encoder(row["words"], 12 if size == "sd15" else 2),
                tokenizer=words,
                safety_checker=None,
                feature_extractor=None,
                requires_safety_checker=False,
            )
    pipe.save_pretrained(folder / size)
    return folder / size, sum(parameter.numel() for parameter in unet.parameters())


def build_zimage(size, folder):
    """Save a pipeline in half precision, made on the GPU if there is one, because its size takes minutes."""
    row = SIZES[size]
    with torch.random.fork_rng(), torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        torch.manual_seed(0)
        torch.set_default_dtype(torch.bfloat16)
        try:
            mind = Qwen3Model(Qwen3Config(vocab_size=300, max_position_embeddings=512, **row["words"]))
            transformer = ZImageTransformer2DModel(
                all_patch_size=(2,),
                all_f_patch_size=(1,),
                in_channels=16,
                dim=row["width"],
                n_layers=row["layers"],
                n_refiner_layers=2,
                n_heads=row["heads"],
                n_kv_heads=row["heads"],
                cap_feat_dim=row["words"]["hidden_size"],
                axes_dims=row["axes"],
                axes_lens=[1536, 512, 512],
            )
            vae = AutoencoderKL(
                block_out_channels=row["vae"],
                down_block_types=["DownEncoderBlock2D"] * len(row["vae"]),
                up_block_types=["UpDecoderBlock2D"] * len(row["vae"]),
                latent_channels=16,
                layers_per_block=2,
                scaling_factor=0.36,
                shift_factor=0.12,
                use_quant_conv=False,
                use_post_quant_conv=False,
            )
        finally:
            torch.set_default_dtype(torch.float32)
        for token in (transformer.x_pad_token, transformer.cap_pad_token):  # made without values
            torch.nn.init.normal_(token.data, std=0.02)
    pipe = ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=vae,
        text_encoder=mind,
        tokenizer=byte_words(),
        transformer=transformer,
    )
    pipe.save_pretrained(folder / size)
    return folder / size, sum(parameter.numel() for parameter in transformer.parameters())


def byte_words():
    """A tokenizer of bytes with a chat template."""
    base = Tokenizer(models.BPE(vocab={symbol: n for n, symbol in enumerate(_symbols())}, merges=[]))
    base.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    return PreTrainedTokenizerFast(
        tokenizer_object=base, pad_token=_symbols()[0], chat_template=template, model_max_length=512
    )


def _symbols():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(n) for n in shown] + [chr(256 + n) for n in range(256 - len(shown))]


def encoder(width, layers, projected=False):
    kind = CLIPTextModelWithProjection if projected else CLIPTextModel
    return kind(
        CLIPTextConfig(
            vocab_size=514,
            hidden_size=width,
            intermediate_size=4 * width,
            num_attention_heads=width // 32,
            num_hidden_layers=layers,
            projection_dim=width,
            bos_token_id=512,
            eos_token_id=513,
            pad_token_id=513,
        )
    )


def tokenizer(folder):
    """A CLIP tokenizer whose tokens are bytes."""
    place = folder / "words"
    place.mkdir(parents=True, exist_ok=True)
    words = [*_symbols(), *(f"{symbol}</w>" for symbol in _symbols()), "<|startoftext|>", "<|endoftext|>"]
    (place / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (place / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer.from_pretrained(place, model_max_length=77)


def measure(size, device, steps, batch, avoid, rounds):
    """Time `rounds` batches, after one picture to warm up."""
    with tempfile.TemporaryDirectory() as folder:
        place, weights = build(size, Path(folder))
        preset = PRESETS.get(size, "paper")
        asked = f"{place},preset={preset},size={SIZES[size]['pixels']},steps={steps}" + (
            f",batch={batch}" if batch else ""
        )
        source = DiffusersImages(asked, device)
        prompt = Prompt("surfboard", "A person rides a surfboard", "rides")
        first = Shot(0, prompt, "", avoid, 0)
        [made] = source.generate([first])
        assert not isinstance(made, Rejected), made.detail
        many = [Shot(n, prompt, ", side view", avoid, n) for n in range((source.batch or 1) * rounds)]
        began = time.perf_counter()
        results = list(source.generate(many))
        seconds = (time.perf_counter() - began) / len(many)
    cuda = device.startswith("cuda")
    return {
        "size": size,
        "unet_weights": weights,
        "pixels": SIZES[size]["pixels"],
        "steps": steps,
        "device": torch.cuda.get_device_name() if cuda else platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "batch": source.batch,
        "avoid": avoid,
        "kept": sum(not isinstance(result, Rejected) for result in results),
        "of": len(results),
        "seconds_a_picture": seconds,
        "generator": made.generator,
        "peak_gb": torch.cuda.max_memory_allocated() / 1e9 if cuda else None,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--size", action="append", choices=SIZES, help="sd15 and sdxl by default, zimage too on a GPU"
    )
    parser.add_argument("--device", default="auto")
    parser.add_argument("--steps", type=int, help="50, and 9 for zimage, by default")
    parser.add_argument("--batch", type=int, help="as the memory allows by default")
    parser.add_argument("--avoid", default="", help="something to avoid: costs another pass a step")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    device = ("cuda" if torch.cuda.is_available() else "cpu") if given.device == "auto" else given.device
    rows = []
    usual = ["sd15", "sdxl"] + ["zimage"] * device.startswith("cuda")  # 20 GB of weights in half precision
    for size in given.size or usual:
        steps = given.steps or STEPS.get(size, 50)
        row = measure(size, device, steps, given.batch, given.avoid, given.rounds)
        rows.append(row)
        print(
            f"{size:11} {row['unet_weights'] / 1e6:7.0f} M weights  {row['pixels']} px  "
            f"{row['steps']} steps  batch {row['batch']}  {row['seconds_a_picture']:8.2f} s a picture  "
            f"{row['device']}",
            flush=True,
        )
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
