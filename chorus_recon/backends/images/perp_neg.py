"""Perp-Neg for the Stable Diffusion family: avoid a view without avoiding the thing it is a view of.

A plain negative prompt "a person on a chair, front view" pushes away from the person and the chair too.
Perp-Neg (Armandpour et al. 2023) keeps of the negative direction only what is perpendicular to the prompt's:
    eps = eps_0 + g (d - w sum_i perp(d_i, d)),   d = eps(prompt) - eps_0,   d_i = eps(negative_i) - eps_0.
The pipeline computes eps_0 + g (x - eps_0) from the two halves of its batch; so it is enough to hand it
x = eps(prompt) - w sum_i perp(d_i, d) in the second half, which a hook on the UNet does.
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
    """One negative prompt of each picture in a batch: its embedding, and 0 where a picture has none."""

    embeds: Float[Tensor, "b t c"]
    weight: Float[Tensor, " b"]
    pooled: Float[Tensor, "b p"] | None = None  # SDXL


def perpendicular(vector: Float[Tensor, "b ..."], to: Float[Tensor, "b ..."]) -> Float[Tensor, "b ..."]:
    """What of each vector is perpendicular to the other, in single precision."""
    flat, along = vector.float().flatten(1), to.float().flatten(1)
    share = (flat * along).sum(1) / along.square().sum(1).clamp_min(1e-12)
    return (flat - share[:, None] * along).view(vector.shape)


def encode(
    pipe: Any, texts: Sequence[Sequence[str]], prompts: Sequence[str], weight: float, device: torch.device
) -> list[Avoided]:
    """The embeddings of what each picture avoids: the first phrases of all, then the second, ...

    Args:
        pipe: a Stable Diffusion or SDXL pipeline.
        texts: each picture's phrases ("front view").
        prompts: each picture's prompt without its own view phrase.
        weight: of a negative; those of one picture share it.
        device: where the text encoders run.
    """
    made = []
    for turn in range(max(map(len, texts), default=0)):
        has = [turn < len(phrases) for phrases in texts]
        said = [
            f"{prompt}, {phrases[turn]}" if there else ""
            for prompt, phrases, there in zip(prompts, texts, has, strict=True)
        ]
        found = pipe.encode_prompt(
            said, device=device, num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        weights = [weight / len(phrases) if there else 0.0 for phrases, there in zip(texts, has, strict=True)]
        pooled = found[2] if len(found) == 4 else None
        made.append(Avoided(found[0], torch.tensor(weights), pooled))
    return made


@contextmanager
def steering(unet: torch.nn.Module, avoided: Sequence[Avoided]) -> Iterator[None]:
    """While open, the UNet's guided passes lean away from what is to be avoided."""
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
                other = module(args[0].chunk(2)[1], *args[1:], **_said_instead(kwargs, negative, noise))[0]
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


def _said_instead(kwargs: dict[str, Any], negative: Avoided, like: Tensor) -> dict[str, Any]:
    """The arguments of the prompt's half, with the negative's words in place of the prompt's."""
    made = {**kwargs, "encoder_hidden_states": negative.embeds.to(like)}
    added = kwargs.get("added_cond_kwargs")
    if added is not None and negative.pooled is not None:
        made["added_cond_kwargs"] = {
            **added, "text_embeds": negative.pooled.to(like), "time_ids": added["time_ids"].chunk(2)[1],
        }  # fmt: skip
    return made
