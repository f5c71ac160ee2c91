"""Refine a few candidates against the exact outline of the object.

The search compares a few hundred surface points; the refinement renders every triangle.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.pipeline.placement import energy, objective
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.state import Problem, State
from chorus_recon.pipeline.placement.surfaces import Surface
from chorus_recon.pipeline.placement.terms import JUDGED
from chorus_recon.pipeline.placement.window import make_window

SIDE_PX = 160  # of the window: an edge falls within a hundredth of the object
WIDE_PX, NARROW_PX = 3.0, 0.8  # blur of the outline at the first and the last step
PACE = 0.6  # of the steps of the search
POLISH_PACE = 1.0  # of the second descent, which begins as wide again
SIGMA = 0.8  # blur of the splats that the other terms are evaluated with


def sharpen(
    problem: Problem,
    state: State,
    surfaces: list[Surface],
) -> State:
    """Move candidates so that their meshes fill the outline; a candidate that gets worse stays.

    Args:
        problem: the problem of the search; all terms but the silhouette are as there.
        state: candidates.
        surfaces: the mesh of each shape of the context.
    """
    context = problem.context
    window = make_window(context.camera, context.evidence, context.body, context.renderer, SIDE_PX)

    def loss(state: State, blur_px: float) -> Float[Tensor, " b"]:
        pose = state.similarity()
        outlines = torch.stack(
            [
                surfaces[kind].outline(state, pose, row, window.camera, blur_px)
                for row, kind in enumerate(state.start.shape.tolist())
            ]
        )
        # the cluster does not change with the state
        others = energy.terms_of(problem, state, SIGMA, without=("silhouette", "cluster", *JUDGED))
        fit = {"silhouette": objective.silhouette(outlines, window.target, window.known)}
        return energy.total(problem.weights, fit | others)

    config = context.config
    moved, _ = descend(loss, state, window, config.sharp_steps, WIDE_PX, NARROW_PX, PACE)
    with torch.no_grad():
        before, after = loss(state, NARROW_PX), loss(moved, NARROW_PX)
    moved = moved.where(after < before, state)
    best = torch.argsort(torch.minimum(before, after))[: config.polished]
    begun = moved.pick(best)
    polished, _ = descend(loss, begun, window, config.polish_steps, WIDE_PX, NARROW_PX, POLISH_PACE)
    with torch.no_grad():
        better = loss(polished, NARROW_PX) < loss(begun, NARROW_PX)
    return moved.put(best, polished.where(better, begun))
