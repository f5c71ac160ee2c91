"""The TinyViT-5M image encoder of MobileSAM, from a 1024 px picture to a 64x64 embedding.

Implemented from the papers (TinyViT, arXiv 2207.10666; MobileSAM, arXiv 2306.14289). Attribute names are
those of the published checkpoint's parameters, so that it loads strictly.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

INPUT_PX = 1024
EMBED_PX = 64
EMBED_DIM = 256


class ConvNorm(nn.Module):
    """A convolution without bias and its batch norm."""

    def __init__(self, ins: int, outs: int, size: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.c = nn.Conv2d(ins, outs, size, stride, size // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outs)

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o y x"]:
        """Convolve and normalise."""
        return self.bn(self.c(x))


class PatchEmbed(nn.Module):
    """Two strided convolutions: a quarter of the picture's size."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.seq = nn.Sequential(ConvNorm(3, width // 2, 3, 2), nn.GELU(), ConvNorm(width // 2, width, 3, 2))

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b c y x"]:
        """Embed the picture."""
        return self.seq(x)


class MobileConv(nn.Module):
    """An inverted residual: expand four times, depthwise 3x3, project, add."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(width, 4 * width)
        self.conv2 = ConvNorm(4 * width, 4 * width, 3, groups=4 * width)
        self.conv3 = ConvNorm(4 * width, width)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """One residual step."""
        inner = functional.gelu(self.conv2(functional.gelu(self.conv1(x))))
        return functional.gelu(x + self.conv3(inner))


class Merge(nn.Module):
    """Change the width between stages, halving the size where `stride` is 2."""

    def __init__(self, ins: int, outs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(ins, outs)
        self.conv2 = ConvNorm(outs, outs, 3, stride, groups=outs)
        self.conv3 = ConvNorm(outs, outs)

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o y x"]:
        """Merge patches."""
        return self.conv3(functional.gelu(self.conv2(functional.gelu(self.conv1(x)))))


class WindowAttention(nn.Module):
    """Multi-head attention inside a window, with a learnt bias for each absolute offset."""

    offset_index: Int[Tensor, "n n"]

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(heads, window * window))
        row, column = torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
        down = (row.flatten()[:, None] - row.flatten()[None]).abs()
        across = (column.flatten()[:, None] - column.flatten()[None]).abs()
        self.register_buffer("offset_index", down * window + across, persistent=False)

    def forward(self, x: Float[Tensor, "w n c"]) -> Float[Tensor, "w n c"]:
        """Attend among the tokens of each window."""
        windows, tokens, width = x.shape
        # The checkpoint keeps query, key and value of a head side by side.
        qkv = self.qkv(self.norm(x)).reshape(windows, tokens, self.heads, 3, width // self.heads)
        query, key, value = qkv.permute(3, 0, 2, 1, 4).unbind(0)
        logits = (
            query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5
            + self.attention_biases[:, self.offset_index]
        )
        mixed = logits.softmax(-1) @ value
        return self.proj(mixed.transpose(1, 2).reshape(windows, tokens, width))


class FeedForward(nn.Module):
    """Norm, widen four times, narrow."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """Mix channels."""
        return self.fc2(functional.gelu(self.fc1(self.norm(x))))


class Block(nn.Module):
    """Window attention, a depthwise 3x3 convolution that connects windows, and a feed-forward."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.attn = WindowAttention(width, heads, window)
        self.local_conv = ConvNorm(width, width, 3, groups=width)
        self.mlp = FeedForward(width)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """One transformer step on a map."""
        x = x + self._attend(x)
        x = self.local_conv(x)
        tokens = x.flatten(2).transpose(-1, -2)
        return (tokens + self.mlp(tokens)).transpose(-1, -2).reshape(x.shape)

    def _attend(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        batch, width, high, wide = x.shape
        size = self.window
        padded = functional.pad(x, (0, -wide % size, 0, -high % size))
        rows, columns = padded.shape[2] // size, padded.shape[3] // size
        tiles = padded.reshape(batch, width, rows, size, columns, size).permute(0, 2, 4, 3, 5, 1)
        mixed = self.attn(tiles.reshape(batch * rows * columns, size * size, width))
        tiles = mixed.reshape(batch, rows, columns, size, size, width).permute(0, 5, 1, 3, 2, 4)
        return tiles.reshape(padded.shape)[:, :, :high, :wide]


class Stage(nn.Module):
    """Blocks of one width, then a merge to the next."""

    def __init__(self, blocks: list[nn.Module], downsample: nn.Module) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*blocks)
        self.downsample = downsample

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o y x"]:
        """Run the stage."""
        return self.downsample(self.blocks(x))


class ChannelNorm(nn.Module):
    """Layer norm over the channels of a map."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Normalise each pixel."""
        centred = x - x.mean(1, keepdim=True)
        unit = centred / (centred.square().mean(1, keepdim=True) + 1e-6).sqrt()
        return unit * self.weight[:, None, None] + self.bias[:, None, None]


class TinyViT(nn.Module):
    """The encoder: four stages (64, 128, 160, 320 wide), then SAM's two-convolution neck."""

    def __init__(self) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(64)
        self.layers = nn.ModuleList(
            [
                Stage([MobileConv(64) for _ in range(2)], Merge(64, 128, stride=2)),
                Stage([Block(128, 4, 7) for _ in range(2)], Merge(128, 160, stride=2)),
                # The last merge keeps the size, because SAM's decoder expects a map of 64x64.
                Stage([Block(160, 5, 14) for _ in range(6)], Merge(160, 320, stride=1)),
                Stage([Block(320, 10, 7) for _ in range(2)], nn.Identity()),
            ]
        )
        self.neck = nn.Sequential(
            nn.Conv2d(320, EMBED_DIM, 1, bias=False),
            ChannelNorm(EMBED_DIM),
            nn.Conv2d(EMBED_DIM, EMBED_DIM, 3, padding=1, bias=False),
            ChannelNorm(EMBED_DIM),
        )

    def forward(self, picture: Float[Tensor, "b 3 1024 1024"]) -> Float[Tensor, "b 256 64 64"]:
        """Embed a normalised picture, padded to a square."""
        x = self.patch_embed(picture)
        for layer in self.layers:
            x = layer(x)
        return self.neck(x)
