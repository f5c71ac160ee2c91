"""Candidates downhill: Adam on all of them at once, in steps that suit pose, place, size and shape."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.pipeline.placement.energy import State
from chorus_recon.pipeline.placement.window import Window


def descend(
    loss: Callable[[State, float], Float[Tensor, " b"]],
    state: State,
    window: Window,
    steps: int,
    wide: float,
    narrow: float,
    pace: float = 1.0,
) -> State:
    """Move every candidate to a lower loss.

    Args:
        loss: of candidates, for how blurred the outline is.
        state: where they are.
        window: says how far a step across the picture may be.
        steps: of Adam.
        wide: the blur to begin with.
        narrow: the blur to end with.
        pace: scales every step.
    """
    free = [t.clone().requires_grad_() for t in (state.turn, state.shift, state.log_scale, state.code)]
    window_angle = window.size / float(window.camera.focal_px.mean())
    across_rate = 0.02 * window_angle
    stretch = min(0.02 / across_rate, 4.0)  # depth moves by its own measure, not the window's

    def current() -> State:
        shift = torch.cat([free[1][:, :2], free[1][:, 2:] * stretch], -1)
        return State(state.start, free[0], shift, free[2], free[3])

    rates = (0.05, across_rate, 0.01, 0.08)
    adam = torch.optim.Adam(
        [{"params": [tensor], "lr": rate} for tensor, rate in zip(free, rates, strict=True)],
        betas=(0.8, 0.95),
    )
    for step in range(steps):
        along = step / max(1, steps - 1)
        cool = 0.15 + 0.85 * (1 - along)
        for group, rate in zip(adam.param_groups, rates, strict=True):
            group["lr"] = pace * rate * cool
        worth = loss(current(), wide * (narrow / wide) ** along).sum()
        adam.zero_grad()
        worth.backward()
        for tensor in free:
            if tensor.grad is not None:
                torch.nan_to_num_(tensor.grad, 0.0, 0.0, 0.0)
        adam.step()
    return current().pick(torch.arange(len(state.turn)))
