"""The inputs of placement for the analytic world."""

from dataclasses import replace
from functools import cache

import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.placement.context import PlaceConfig, PlacementContext
from chorus_recon.pipeline.placement.window import make_window
from chorus_recon.types import Evidence
from tests.fakes import FakeBody
from tests.scenes import prior_of, world

SHORT = PlaceConfig(starts=8, drawn=48, points=128, steps=4, keep=4, fine_steps=3, exact=3, sharp_steps=2)


@cache
def _whole() -> PlacementContext:
    truth, model, renderer = world(), FakeBody(), EmbreeRenderer()
    known = (truth.human_mask.alpha < 0.5) | (truth.object_mask.alpha > 0.5)
    evidence = Evidence(truth.object_mask, truth.human_mask, known)
    return PlacementContext(
        clusters=fields.repose(prior_of(truth, seeds=True).clusters, model, truth.body),
        shapes=(truth.shape,),
        window=make_window(truth.camera, evidence, truth.body, renderer),
        evidence=evidence,
        body=truth.body,
        distance=fields.body_distance(truth.body),
        joint_names=model.joint_names,
        canon_joints=model.canonical()[1],
        renderer=renderer,
        camera=truth.camera,
        category=truth.category,
        up_cam=torch.tensor([0.0, -1.0, 0.0]),
        up_sigma_deg=10.0,
        config=SHORT,
    )


def context_of(**changes) -> PlacementContext:
    """The board under the skater, with some inputs replaced."""
    return replace(_whole(), **changes)
