"""SAM's mask decoder: mask logits and predicted IoU for an embedding and point prompts.

Implemented from the paper (Segment Anything, arXiv 2304.02643, appendix A). Attribute names are those of the
published checkpoint's parameters, so that it loads strictly.
"""

import math
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from chorus_recon.backends.segment.tiny_vit import EMBED_DIM, EMBED_PX, INPUT_PX, ChannelNorm

# Prompt kinds, as rows of the table of learnt embeddings.
NEGATIVE, POSITIVE, TOP_LEFT, BOTTOM_RIGHT, UNUSED = range(5)
CHOICES = 4  # mask 0 answers clear prompts; masks 1-3 are subpart, part and whole


class FourierPosition(nn.Module):
    """Random Fourier features of a position in [0, 1]^2."""

    positional_encoding_gaussian_matrix: Float[Tensor, "2 f"]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.zeros(2, EMBED_DIM // 2))

    def forward(self, xy: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b c"]:
        """Encode positions."""
        phase = 2 * math.pi * ((2 * xy - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([phase.sin(), phase.cos()], -1)


class PromptEncoder(nn.Module):
    """Encodes points with a kind as tokens; a box is given by two corners."""

    def __init__(self) -> None:
        super().__init__()
        self.pe_layer = FourierPosition()
        self.point_embeddings = nn.ModuleList([nn.Embedding(1, EMBED_DIM) for _ in range(4)])
        self.not_a_point_embed = nn.Embedding(1, EMBED_DIM)
        self.no_mask_embed = nn.Embedding(1, EMBED_DIM)
        # Mask prompts are not used here; the layers only let the checkpoint load strictly.
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, 4, 2, 2),
            ChannelNorm(4),
            nn.GELU(),
            nn.Conv2d(4, 16, 2, 2),
            ChannelNorm(16),
            nn.GELU(),
            nn.Conv2d(16, EMBED_DIM, 1),
        )

    def forward(self, points: Float[Tensor, "n p 2"], kinds: Int[Tensor, "n p"]) -> Float[Tensor, "n p c"]:
        """Tokens of points given in input pixels (0 to 1024, corner origin)."""
        table = torch.cat(
            [cast(nn.Embedding, e).weight for e in self.point_embeddings] + [self.not_a_point_embed.weight]
        )
        placed = self.pe_layer(points / INPUT_PX) * (kinds != UNUSED)[..., None]
        return placed + table[kinds]

    def image_positions(self) -> Float[Tensor, "1 m c"]:
        """The encoding of every cell of the embedding, row by row."""
        centre = (torch.arange(EMBED_PX) + 0.5) / EMBED_PX
        v, u = torch.meshgrid(centre, centre, indexing="ij")
        return self.pe_layer(torch.stack([u, v], -1).reshape(1, -1, 2))


class Attention(nn.Module):
    """Eight-head attention between two sets of tokens, `width` channels inside."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.q_proj = nn.Linear(EMBED_DIM, width)
        self.k_proj = nn.Linear(EMBED_DIM, width)
        self.v_proj = nn.Linear(EMBED_DIM, width)
        self.out_proj = nn.Linear(width, EMBED_DIM)

    def forward(
        self, query: Float[Tensor, "n q c"], key: Float[Tensor, "n k c"], value: Float[Tensor, "n k c"]
    ) -> Float[Tensor, "n q c"]:
        """Attend from `query` to `key`."""
        q, k, v = (
            projected.unflatten(-1, (8, -1)).transpose(1, 2)
            for projected in (self.q_proj(query), self.k_proj(key), self.v_proj(value))
        )
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1)
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2))


class Perceptron(nn.Module):
    """A two-layer feed-forward."""

    def __init__(self) -> None:
        super().__init__()
        self.lin1 = nn.Linear(EMBED_DIM, 2048)
        self.lin2 = nn.Linear(2048, EMBED_DIM)

    def forward(self, x: Float[Tensor, "n p c"]) -> Float[Tensor, "n p c"]:
        """Mix channels."""
        return self.lin2(functional.relu(self.lin1(x)))


class TwoWayLayer(nn.Module):
    """Tokens attend to themselves, then to the image; then the image attends to the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention(EMBED_DIM)
        self.norm1 = nn.LayerNorm(EMBED_DIM)
        self.cross_attn_token_to_image = Attention(EMBED_DIM // 2)
        self.norm2 = nn.LayerNorm(EMBED_DIM)
        self.mlp = Perceptron()
        self.norm3 = nn.LayerNorm(EMBED_DIM)
        self.cross_attn_image_to_token = Attention(EMBED_DIM // 2)
        self.norm4 = nn.LayerNorm(EMBED_DIM)

    def forward(
        self,
        attended: Float[Tensor, "n p c"],
        token_position: Float[Tensor, "n p c"],
        image: Float[Tensor, "n m c"],
        image_position: Float[Tensor, "1 m c"],
    ) -> tuple[Float[Tensor, "n p c"], Float[Tensor, "n m c"]]:
        """`attended` are the tokens after their self-attention and its residual."""
        tokens = self.norm1(attended)
        placed = image + image_position
        tokens = self.norm2(tokens + self.cross_attn_token_to_image(tokens + token_position, placed, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(image + self.cross_attn_image_to_token(placed, tokens + token_position, tokens))
        return tokens, image


class TwoWayTransformer(nn.Module):
    """Two layers, then a final attention from the tokens to the image."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([TwoWayLayer(), TwoWayLayer()])
        self.final_attn_token_to_image = Attention(EMBED_DIM // 2)
        self.norm_final_attn = nn.LayerNorm(EMBED_DIM)

    def forward(
        self,
        prompt: Float[Tensor, "n p c"],
        image: Float[Tensor, "n m c"],
        image_position: Float[Tensor, "1 m c"],
    ) -> tuple[Float[Tensor, "n p c"], Float[Tensor, "n m c"]]:
        """Prompt tokens serve as their own positions throughout."""
        first, second = (cast(TwoWayLayer, layer) for layer in self.layers)
        attended = first.self_attn(prompt, prompt, prompt)  # no residual in the first layer
        tokens, image = first(attended, prompt, image, image_position)
        placed = tokens + prompt
        attended = tokens + second.self_attn(placed, placed, tokens)
        tokens, image = second(attended, prompt, image, image_position)
        last = self.final_attn_token_to_image(tokens + prompt, image + image_position, image)
        return self.norm_final_attn(tokens + last), image


class Head(nn.Module):
    """A three-layer perceptron on one token."""

    def __init__(self, outs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(EMBED_DIM, EMBED_DIM), nn.Linear(EMBED_DIM, EMBED_DIM), nn.Linear(EMBED_DIM, outs)]
        )

    def forward(self, x: Float[Tensor, "n c"]) -> Float[Tensor, "n o"]:
        """Read the token."""
        first, second, third = self.layers
        return third(functional.relu(second(functional.relu(first(x)))))


class MaskDecoder(nn.Module):
    """Decodes tokens and an embedding to logits of four 256x256 masks and their predicted IoU."""

    def __init__(self) -> None:
        super().__init__()
        self.transformer = TwoWayTransformer()
        self.iou_token = nn.Embedding(1, EMBED_DIM)
        self.mask_tokens = nn.Embedding(CHOICES, EMBED_DIM)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(EMBED_DIM, 64, 2, 2),
            ChannelNorm(64),
            nn.GELU(),
            nn.ConvTranspose2d(64, 32, 2, 2),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList([Head(32) for _ in range(CHOICES)])
        self.iou_prediction_head = Head(CHOICES)

    def forward(
        self,
        image: Float[Tensor, "1 m c"],
        image_position: Float[Tensor, "1 m c"],
        prompt: Float[Tensor, "n p c"],
    ) -> tuple[Float[Tensor, "n 4 256 256"], Float[Tensor, "n 4"]]:
        """Mask logits and predicted IoU; `image` includes the no-mask embedding."""
        count = prompt.shape[0]
        learnt = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([learnt[None].expand(count, -1, -1), prompt], 1)
        tokens, mixed = self.transformer(tokens, image.expand(count, -1, -1), image_position)
        fine = self.output_upscaling(mixed.transpose(-1, -2).reshape(count, EMBED_DIM, EMBED_PX, EMBED_PX))
        heads = enumerate(self.output_hypernetworks_mlps, start=1)
        kernels = torch.stack([head(tokens[:, i]) for i, head in heads], 1)
        logits = (kernels @ fine.flatten(2)).reshape(count, CHOICES, 4 * EMBED_PX, 4 * EMBED_PX)
        return logits, self.iou_prediction_head(tokens[:, 0])
