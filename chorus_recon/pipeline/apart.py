"""Tell a thing that is merely seen near a person from one that they use.

A prior says where an object is while it is used. An object that is not used, such as a couch behind somebody
who stands, would be drawn to the person all the same. So where the best placement in use fits badly, the
object is also placed by its outline and its real size alone.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from scipy.spatial import KDTree

from chorus_recon.categories.nouns import known
from chorus_recon.errors import NoObject
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry.camera import rays
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.pipeline.placement import objective
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.optimise import optimise
from chorus_recon.pipeline.placement.scoring import with_probabilities
from chorus_recon.types import Placement, PosedBody, PosedField, Rigid, Use, VoxelGrid

CLUSTER = "apart"  # of placements out of use
TEXT = "does not use {it}"
# Cost by which a placement in use must exceed one out of use. It did so by at most 3.7 on rendered scenes,
# where things are used. On 65 labelled photos it was 3.4 at most for things in use but one, and more than 4.2
# for nine things out of use.
MORE = 4.0
LEAST_IOU = 0.6  # of the outline out of use: an outline that nothing fits does not tell the depth
LEAST = 0.5  # cost of nearly every placement out of use
REACH_M = 0.5  # gap up to which a thing may be in use, since limbs are often 10 cm off and sizes 10 %
NEAREST, FARTHEST = 0.3, 1.1  # depths searched; at 1 the outline is as large as the shape
PLACES = 32  # voxels along the longest side of the region searched
SPARSE = 0.05  # occupancy of that region: the object is anywhere in it
STANDS = 0.9  # `ObjectShape.upright` from which a thing out of use stands on the floor
FLOOR_M = 0.2  # error of the floor below the person
SAMPLES = 512  # of the surface, to measure the gap by
# Only what the photo shows and what is physically possible counts.
WEIGHTS = {name: 0.0 for name in ("coverage", "reach", "contact", "cluster")}
WEIGHTS |= {"field": 3.0, "penetration": 60.0}
SEARCH = {"starts": 48, "drawn": 192}
LET_GO = frozenset(("bounces", "catches", "flies", "heads", "hits", "kicks", "shoots", "throws"))


class NotUsed(NoObject):
    """The thing that was found is out of use."""


def placed_apart(context: PlacementContext, in_use: Sequence[Placement]) -> tuple[Placement, ...]:
    """Placements that have the object out of use first; empty if it may be in use.

    Args:
        context: the inputs of the search for a placement in use.
        in_use: what it found, the best first.
    """
    best = in_use[0]
    if context.given is not None or best.losses.total < LEAST + MORE:
        return ()
    weights = {**context.config.weights, **WEIGHTS}
    config = replace(context.config, weights=weights, **SEARCH)
    found = optimise(replace(context, clusters=(_anywhere(context),), config=config))
    unknown = WEIGHTS["field"] * -math.log(SPARSE + objective.FLOOR)  # what the field costs at least
    more = best.losses.total - found[0].losses.total + unknown
    fits = found[0].silhouette_iou >= LEAST_IOU
    if more < MORE or not fits or not _out_of_reach(found[0], context.body):
        return ()
    share = 1 / (1 + math.exp(MORE - more))
    use = None if used_from_afar(context.category) else Use(TEXT, share)
    away = [replace(p, use=use, share=share * p.share) for p in found]
    near = [replace(p, share=(1 - share) * p.share) for p in in_use]
    return tuple(with_probabilities([away[0], near[0], *away[1:]][: context.config.answers]))


def used_from_afar(category: str) -> bool:
    """Whether things of a category are let go of in use, so that they may be anywhere: balls, kites."""
    about = known(category)
    return about is not None and any(row.verb in LET_GO for row in about.interactions())


def _anywhere(context: PlacementContext) -> PosedField:
    """Where an object of this size would look as large as the mask, as a field without other knowledge.

    An object that stands is between the floor and its own height above it, within the error of the vertical.
    """
    pixels, camera = context.window.pixels, context.window.camera
    low, high = pixels.amin(0), pixels.amax(0) + 1
    extents = [float((s.vertices.amax(0) - s.vertices.amin(0)).norm()) for s in context.shapes]
    alike_m = float(camera.focal_px[0]) / float((high - low).norm())
    depths = torch.tensor([NEAREST * min(extents) * alike_m, FARTHEST * max(extents) * alike_m])
    corners = (rays(camera, torch.stack([low, high]))[None] * depths[:, None, None]).reshape(-1, 3)
    start, size = corners.amin(0), corners.amax(0) - corners.amin(0)
    voxel_m = float(size.max()) / PLACES
    shape = tuple(max(1, math.ceil(float(side) / voxel_m)) for side in size)
    grid = VoxelGrid((0.0, 0.0, 0.0), voxel_m, (shape[0], shape[1], shape[2]))
    probability = torch.full(grid.shape, SPARSE)
    if min(s.upright for s in context.shapes) >= STANDS:
        tallest = max(float(s.vertices[:, 1].max() - s.vertices[:, 1].min()) for s in context.shapes)
        away = grids.centers(grid) + start - context.body.joints[0]
        above = away @ context.up_cam
        floor = float(((context.body.vertices - context.body.joints[0]) @ context.up_cam).min())
        level = (away.square().sum(-1) - above.square()).clamp_min(0).sqrt()
        error = FLOOR_M + level * math.tan(math.radians(context.up_sigma_deg))
        probability[(above < floor - error) | (above > floor + tallest + error)] = 0.0
    return PosedField(
        grid=grid,
        cam_from_grid=Rigid(torch.eye(3), start),
        probability=probability,
        cluster=CLUSTER,
        share=1.0,
        seeds=(),
    )


def _out_of_reach(placement: Placement, body: PosedBody) -> bool:
    """Whether the object is too far away to be used.

    An object before the person never is: a child is taken for an adult and placed too far from the camera.
    """
    if float(placement.vertices[:, 2].mean()) < float(body.vertices[:, 2].mean()):
        return False
    vertices = placement.vertices
    points = sample_surface(vertices, placement.shape.faces, SAMPLES).at(vertices)
    return float(KDTree(body.vertices.numpy()).query(points.numpy())[0].min()) >= REACH_M
