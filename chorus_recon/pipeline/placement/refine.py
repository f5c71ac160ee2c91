"""Answers nearly found, sharpened against the whole outline.

The search compares a few hundred points; here every triangle counts.
"""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import Renderer, SoftRenderer
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.pipeline.placement import energy, objective
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.window import make_window
from chorus_recon.types import Camera, Evidence, ObjectShape, PosedBody

SIDE_PX = 160  # of the window: an edge falls within a hundredth of the object
WIDE_PX, NARROW_PX = 3.0, 0.8
PACE = 0.6  # of the steps of the search


def sharpen(
    problem: energy.Problem,
    state: energy.State,
    surfaces: list[ObjectShape],
    evidence: Evidence,
    body: PosedBody,
    renderer: Renderer,
    camera: Camera,
) -> energy.State:
    """Candidates moved to where their meshes fill the outline, unless that is worse.

    Args:
        problem: what the search looked at; every term but the outline is taken from it.
        state: candidates.
        surfaces: their meshes.
        evidence: the photo split into object, not object and unknown.
        body: the posed person.
        renderer: its own gradients are used where it has them.
        camera: the photo's camera.
    """
    outline = (
        renderer.soft_silhouette
        if isinstance(renderer, SoftRenderer)
        else partial(swept_silhouette, renderer)
    )
    window = make_window(camera, evidence, body, renderer, SIDE_PX)
    config = problem.config

    def loss(state: energy.State, blur_px: float) -> Float[Tensor, " b"]:
        pose = state.similarity()
        outlines = torch.stack(
            [
                outline(
                    energy.vertices_of(state, pose, row, surfaces[kind]),
                    surfaces[kind].faces,
                    window.camera,
                    blur_px,
                ).cpu()
                for row, kind in enumerate(state.start.shape.tolist())
            ]
        )
        terms = energy.terms_of(problem, state, 0.8)
        return energy.total(
            config, terms | {"silhouette": objective.silhouette(outlines, window.target, window.known)}
        )

    moved = descend(loss, state, window, config.sharp_steps, WIDE_PX, NARROW_PX, PACE)
    with torch.no_grad():
        better = loss(moved, NARROW_PX) < loss(state, NARROW_PX)
    return moved.where(better, state)
