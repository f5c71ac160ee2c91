"""Refine a few candidates against the exact outline of the object.

The search compares a few hundred surface points; the refinement renders every triangle.
"""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import SoftRenderer
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.pipeline.placement import energy, objective
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.state import Problem, State, vertices_of
from chorus_recon.pipeline.placement.window import make_window
from chorus_recon.types import ObjectShape

SIDE_PX = 160  # of the window: an edge falls within a hundredth of the object
WIDE_PX, NARROW_PX = 3.0, 0.8  # blur of the outline at the first and the last step
PACE = 0.6  # of the steps of the search
SIGMA = 0.8  # blur of the splats that the other terms are evaluated with


def sharpen(
    problem: Problem,
    state: State,
    surfaces: list[ObjectShape],
) -> State:
    """Move candidates so that their meshes fill the outline; a candidate that gets worse stays.

    Args:
        problem: the problem of the search; all terms but the silhouette are as there. Gradients of a
            renderer that has its own are used.
        state: candidates.
        surfaces: the mesh of each shape of the context.
    """
    context, renderer = problem.context, problem.context.renderer
    outline = (
        renderer.soft_silhouette
        if isinstance(renderer, SoftRenderer)
        else partial(swept_silhouette, renderer)
    )
    window = make_window(context.camera, context.evidence, context.body, renderer, SIDE_PX)

    def loss(state: State, blur_px: float) -> Float[Tensor, " b"]:
        pose = state.similarity()
        outlines = torch.stack(
            [
                outline(
                    vertices_of(state, pose, row, surfaces[kind]),
                    surfaces[kind].faces,
                    window.camera,
                    blur_px,
                ).cpu()
                for row, kind in enumerate(state.start.shape.tolist())
            ]
        )
        # the cluster does not change with the state
        others = energy.terms_of(problem, state, SIGMA, without=("silhouette", "cluster"))
        fit = {"silhouette": objective.silhouette(outlines, window.target, window.known)}
        return energy.total(problem.weights, fit | others)

    moved, _ = descend(loss, state, window, context.config.sharp_steps, WIDE_PX, NARROW_PX, PACE)
    with torch.no_grad():
        better = loss(moved, NARROW_PX) < loss(state, NARROW_PX)
    return moved.where(better, state)
