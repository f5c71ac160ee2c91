"""Gradient descent on a batch of candidates: Adam with a step size for each kind of parameter."""

from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float, Int
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
EPSILON = 1e-8  # of Adam


def descend(
    loss: Callable[[State, float], Float[Tensor, " b"]],
    state: State,
    window: Window,
    steps: int,
    wide: float,
    narrow: float,
    pace: float = 1.0,
    keep: Mapping[int, Callable[[State], Int[Tensor, " k"]]] | None = None,
) -> tuple[State, Int[Tensor, " k"]]:
    """Move every candidate to a lower loss.

    Args:
        loss: of each candidate, given the state and a blur.
        state: the candidates.
        window: its angle sets the size of steps across the picture.
        steps: number of steps.
        wide: the blur of the first step.
        narrow: the blur of the last step.
        pace: scales every step.
        keep: by step, a function that selects the rows of the candidates that continue from there.

    Returns:
        The state after the last step, detached, and the rows of `state` that its candidates come from.
    """
    window_angle = window.size / float(window.camera.focal_px.mean())
    across_rate = WINDOW_RATE * window_angle
    stretch = min(DEPTH_RATE / across_rate, MOST_STRETCH)  # depth moves by its own measure, not the window's
    widths = (3, 3, 1, state.code.shape[1])
    rates = (TURN_RATE_RAD, across_rate, SCALE_RATE, CODE_RATE)
    rate = pace * torch.cat([torch.full((n,), each) for n, each in zip(widths, rates, strict=True)])
    free = torch.cat([state.turn, state.shift, state.log_scale[:, None], state.code], -1).detach()
    mean, square = torch.zeros_like(free), torch.zeros_like(free)
    rows, start = torch.arange(len(free)), state.start

    def current(free: Tensor) -> State:
        turn, shift, log_scale, code = free.split(widths, -1)
        shift = torch.cat([shift[:, :2], shift[:, 2:] * stretch], -1)
        return State(start, turn, shift, log_scale[:, 0], code)

    for step in range(steps):
        if keep is not None and step in keep:
            on = keep[step](current(free))
            free, mean, square, rows, start = free[on], mean[on], square[on], rows[on], start.pick(on)
        along = step / max(1, steps - 1)
        cool = LAST_PACE + (1 - LAST_PACE) * (1 - along)
        free.requires_grad_()
        worth = loss(current(free), wide * (narrow / wide) ** along)
        (slope,) = torch.autograd.grad(worth.sum(), free)
        torch.nan_to_num_(slope, 0.0, 0.0, 0.0)
        mean.lerp_(slope, 1 - BETAS[0])
        square.mul_(BETAS[1]).addcmul_(slope, slope, value=1 - BETAS[1])
        even, size = (1 - beta ** (step + 1) for beta in BETAS)
        free = free.detach() - cool * rate / even * mean / ((square / size).sqrt() + EPSILON)
    return current(free), rows
