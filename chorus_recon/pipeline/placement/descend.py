"""Gradient descent on a batch of candidates: Adam with a step size for each kind of parameter."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.pipeline.placement.state import State
from chorus_recon.pipeline.placement.window import Window

TURN_RATE_RAD = 0.05  # a step of Adam, at first
WINDOW_RATE = 0.02  # across the picture, of the window's angle: an error of a half takes 25 steps
DEPTH_RATE = 0.02  # ln depth: 2 % of the distance a step, whatever the window's size
MOST_STRETCH = 4.0  # of depth steps over steps across, for very small windows
SCALE_RATE = 0.01  # ln scale: the prior of size is narrow
CODE_RATE = 0.08  # standard deviations of a shape mode
LAST_PACE = 0.15  # of the first step: what the steps shrink to, linearly
BETAS = (0.8, 0.95)  # of Adam: shorter memories than usual, for a few dozen steps and a moving blur


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
        loss: of each candidate, given the state and a blur.
        state: the candidates.
        window: its angle sets the size of steps across the picture.
        steps: number of steps.
        wide: the blur of the first step.
        narrow: the blur of the last step.
        pace: scales every step.

    Returns:
        The state after the last step, detached.
    """
    free = [t.clone().requires_grad_() for t in (state.turn, state.shift, state.log_scale, state.code)]
    window_angle = window.size / float(window.camera.focal_px.mean())
    across_rate = WINDOW_RATE * window_angle
    stretch = min(DEPTH_RATE / across_rate, MOST_STRETCH)  # depth moves by its own measure, not the window's

    def current() -> State:
        shift = torch.cat([free[1][:, :2], free[1][:, 2:] * stretch], -1)
        return State(state.start, free[0], shift, free[2], free[3])

    rates = (TURN_RATE_RAD, across_rate, SCALE_RATE, CODE_RATE)
    adam = torch.optim.Adam(
        [{"params": [tensor], "lr": rate} for tensor, rate in zip(free, rates, strict=True)],
        betas=BETAS,
    )
    for step in range(steps):
        along = step / max(1, steps - 1)
        cool = LAST_PACE + (1 - LAST_PACE) * (1 - along)
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
