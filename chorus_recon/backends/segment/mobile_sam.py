"""MobileSAM: mask logits for prompts; the network is exported once and runs in OpenVINO."""

from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from chorus_recon.backends.openvino_runtime import Exportable, compile_cpu, exported
from chorus_recon.backends.segment.sam_decoder import (
    BOTTOM_RIGHT,
    POSITIVE,
    TOP_LEFT,
    MaskDecoder,
    PromptEncoder,
)
from chorus_recon.backends.segment.tiny_vit import EMBED_DIM, EMBED_PX, INPUT_PX, TinyViT
from chorus_recon.io import fetch, weights

MEAN = (123.675, 116.28, 103.53)  # ImageNet, in 8-bit units
DEVIATION = (58.395, 57.12, 57.375)
LOGITS_PX = 256


@dataclass(frozen=True, slots=True)
class Embedding:
    """The embedding of a photo; `scale` converts photo pixels to network pixels."""

    values: Float[Tensor, "1 256 64 64"]
    scale: float
    size_px: tuple[int, int]


class SamNetwork(nn.Module):
    """Encoder, prompt encoder and decoder, with the checkpoint's parameter names."""

    def __init__(self) -> None:
        super().__init__()
        self.image_encoder = TinyViT()
        self.prompt_encoder = PromptEncoder()
        self.mask_decoder = MaskDecoder()

    @classmethod
    def load(cls, checkpoint: Path) -> "SamNetwork":
        """The network with the published parameters, loaded strictly."""
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        # The ImageNet classifier that the encoder was pre-trained with is not part of the segmenter.
        classifier = ("image_encoder.norm_head.", "image_encoder.head.")
        network = cls()
        network.load_state_dict({k: v for k, v in state.items() if not k.startswith(classifier)})
        return network.eval()


class Decoder(nn.Module):
    """Decodes an embedding and prompts to mask logits; position encodings are constants of the export."""

    def __init__(self, network: SamNetwork) -> None:
        super().__init__()
        self.prompt_encoder = network.prompt_encoder
        self.mask_decoder = network.mask_decoder

    def forward(
        self,
        embedding: Float[Tensor, "1 256 64 64"],
        points: Float[Tensor, "n p 2"],
        kinds: Int[Tensor, "n p"],
    ) -> tuple[Float[Tensor, "n 4 256 256"], Float[Tensor, "n 4"]]:
        """Decode every prompt row."""
        image = embedding.flatten(2).transpose(-1, -2) + self.prompt_encoder.no_mask_embed.weight
        return self.mask_decoder(
            image, self.prompt_encoder.image_positions(), self.prompt_encoder(points, kinds)
        )


class MobileSam:
    """The compiled encoder and decoder."""

    def __init__(self) -> None:
        key = weights.MOBILE_SAM.sha256[:12]
        self._encoder = compile_cpu(exported("mobile_sam_encoder", key, _build_encoder))
        self._decoder = compile_cpu(exported("mobile_sam_decoder", key, _build_decoder))

    def embed(self, rgb: UInt8[Tensor, "h w 3"]) -> Embedding:
        """Run the encoder on a photo."""
        height, width = rgb.shape[:2]
        picture, scale = prepare(rgb)
        values = torch.from_numpy(self._encoder(picture.numpy())[0].copy())
        self._encoder.release_memory()  # 140 MB that nothing uses before the next photo
        return Embedding(values, scale, (width, height))

    def decode(
        self, embedding: Embedding, points_px: Float[Tensor, "n p 2"], kinds: Int[Tensor, "n p"]
    ) -> tuple[Float[Tensor, "n 4 256 256"], Float[Tensor, "n 4"]]:
        """Logits and predicted IoU of four candidate masks for each row of prompts (in photo pixels).

        The rows are decoded one after another, which takes no longer than together: each more at once would
        take 50 MB.
        """
        image, points = embedding.values.numpy(), (points_px * embedding.scale).numpy()
        rows = [
            self._decoder([image, points[i : i + 1], kinds[i : i + 1].numpy()]) for i in range(len(points))
        ]
        self._decoder.release_memory()
        logits, quality = (torch.cat([torch.from_numpy(row[k]) for row in rows]) for k in range(2))
        return logits, quality


def prepare(rgb: UInt8[Tensor, "h w 3"]) -> tuple[Float[Tensor, "1 3 1024 1024"], float]:
    """The network's input and the scale from photo to network pixels."""
    height, width = rgb.shape[:2]
    scale = INPUT_PX / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    pixels = rgb.permute(2, 0, 1)[None]
    small = nn.functional.interpolate(pixels, size, mode="bilinear", antialias=True, align_corners=False)
    unit = (small.float() - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]
    return nn.functional.pad(unit, (0, INPUT_PX - size[1], 0, INPUT_PX - size[0])), scale


def at_photo_size(logits: Float[Tensor, "n 256 256"], embedding: Embedding) -> Float[Tensor, "n h w"]:
    """Logits resampled to the photo's pixels."""
    width, height = embedding.size_px
    # One photo pixel is `scale / 4` logit pixels. Sample at each photo pixel's centre.
    unit = embedding.scale * LOGITS_PX / INPUT_PX
    v = (torch.arange(height) + 0.5) * unit * 2 / LOGITS_PX - 1
    u = (torch.arange(width) + 0.5) * unit * 2 / LOGITS_PX - 1
    grid = torch.stack(torch.meshgrid(v, u, indexing="ij")[::-1], -1)[None]
    sampled = nn.functional.grid_sample(
        logits[None], grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return sampled[0]


def _build_encoder() -> Exportable:
    network = SamNetwork.load(fetch.ensure(weights.MOBILE_SAM.name))
    shape = (1, 3, INPUT_PX, INPUT_PX)
    return Exportable(network.image_encoder, (torch.zeros(shape),), (shape,))


def _build_decoder() -> Exportable:
    network = SamNetwork.load(fetch.ensure(weights.MOBILE_SAM.name))
    points = torch.tensor([[[100.0, 100.0], [600.0, 800.0], [300.0, 300.0]]] * 2)
    kinds = torch.tensor([[TOP_LEFT, BOTTOM_RIGHT, POSITIVE]] * 2)
    shape = (1, EMBED_DIM, EMBED_PX, EMBED_PX)
    return Exportable(Decoder(network), (torch.randn(shape), points, kinds), (shape, (-1, -1, 2), (-1, -1)))
