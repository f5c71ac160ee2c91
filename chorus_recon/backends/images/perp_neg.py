"""Perp-Neg for the Stable Diffusion family: avoid a view without avoiding the object in it.

A plain negative prompt "a person on a chair, front view" also steers away from the person and the chair.
Perp-Neg (Armandpour et al. 2023) uses only the part of the negative direction that is perpendicular to the
prompt's direction:
    eps = eps_0 + g (d - w sum_i perp(d_i, d)),   d = eps(prompt) - eps_0,   d_i = eps(negative_i) - eps_0.
The pipeline computes eps_0 + g (x - eps_0) from the two halves of its batch. A hook on the UNet therefore
replaces the second half by x = eps(prompt) - w sum_i perp(d_i, d).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Avoided:
    """A negative prompt for each picture of a batch: embedding and weight; the weight is 0 for no prompt."""

    embeds: Float[Tensor, "b t c"]
    weight: Float[Tensor, " b"]
    pooled: Float[Tensor, "b p"] | None = None  # SDXL


def perpendicular(vector: Float[Tensor, "b ..."], to: Float[Tensor, "b ..."]) -> Float[Tensor, "b ..."]:
    """The component of each vector that is perpendicular to `to`, in single precision."""
    flat, along = vector.float().flatten(1), to.float().flatten(1)
    share = (flat * along).sum(1) / along.square().sum(1).clamp_min(1e-12)
    return (flat - share[:, None] * along).view(vector.shape)


def encode(
    pipe: Any, texts: Sequence[Sequence[str]], prompts: Sequence[str], weight: float, device: torch.device
) -> list[Avoided]:
    """Embed negative prompts: the first phrase of every picture, then the second of every picture, ...

    Args:
        pipe: a Stable Diffusion or SDXL pipeline.
        texts: each picture's phrases to avoid ("front view").
        prompts: each picture's prompt without its own view phrase.
        weight: total weight of a picture's negative prompts, shared equally.
        device: where the text encoders run.
    """
    made = []
    for turn in range(max(map(len, texts), default=0)):
        has = [turn < len(phrases) for phrases in texts]
        texts_here = [
            f"{prompt}, {phrases[turn]}" if there else ""
            for prompt, phrases, there in zip(prompts, texts, has, strict=True)
        ]
        found = pipe.encode_prompt(
            texts_here, device=device, num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        weights = [weight / len(phrases) if there else 0.0 for phrases, there in zip(texts, has, strict=True)]
        pooled = found[2] if len(found) == 4 else None
        made.append(Avoided(found[0], torch.tensor(weights), pooled))
    return made


@contextmanager
def steering(unet: torch.nn.Module, avoided: Sequence[Avoided]) -> Iterator[None]:
    """Inside the block, the UNet's guided passes are steered away from the negative prompts."""
    inside = False

    def lean(module: torch.nn.Module, args: Any, kwargs: dict[str, Any], output: Any) -> Any:
        nonlocal inside
        if inside or not avoided:
            return output
        noise = output[0]
        unguided, wanted = noise.chunk(2)
        ahead = wanted - unguided
        away = torch.zeros_like(ahead, dtype=torch.float32)
        for negative in avoided:
            inside = True
            try:
                other = module(args[0].chunk(2)[1], *args[1:], **_with_embedding(kwargs, negative, noise))[0]
            finally:
                inside = False
            weight = negative.weight.to(away).view(-1, *[1] * (away.ndim - 1))
            away += weight * perpendicular(other - unguided, ahead)
        return (torch.cat([unguided, (wanted - away).to(noise)]), *output[1:])

    handle = unet.register_forward_hook(lean, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()


def _with_embedding(kwargs: dict[str, Any], negative: Avoided, like: Tensor) -> dict[str, Any]:
    """The UNet's arguments for the prompt's half of the batch, with the negative prompt's embedding."""
    made = {**kwargs, "encoder_hidden_states": negative.embeds.to(like)}
    added = kwargs.get("added_cond_kwargs")
    if added is not None and negative.pooled is not None:
        made["added_cond_kwargs"] = {
            **added,
            "text_embeds": negative.pooled.to(like),
            "time_ids": added["time_ids"].chunk(2)[1],
        }
    return made
