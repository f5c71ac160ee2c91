"""Candidate placements to start from, and what the prior's seeds say about orientation and pivot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.geometry import rig, transforms
from chorus_recon.geometry.camera import project, rays
from chorus_recon.geometry.mesh import SurfaceSamples, sample_surface
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.window import Window
from chorus_recon.types import ObjectShape, PosedField

HOT = (0.1, 0.2, 0.35, 0.5, 0.7)  # of a field's largest value: thresholds whose outline is compared
LEAST_HOT = 1e-3  # largest value taken for a field that is empty in the window
LEAST_SHARE = 1e-3  # of a cluster
SHARE_POWER = 0.5  # of a cluster's share in its belief; below 1 it tempers the shares
FIT_SLOPE = 5.0  # log belief for 1 of soft IoU
GIVEN_SPREAD_RAD = 0.15  # of each part of the rotation vector about a given pose
SEED_SPREAD_RAD = 1.2  # largest turn about a seed: seeds sample orientations sparsely
FLIPPED = 0.25  # share of candidates turned by half about an axis of the object
DEPTH_SPREAD = 0.08  # standard deviation of the distance, relative
DEPTH_RANGE = (0.8, 1.25)  # limits of the relative distance
KEPT_PLACE = 0.3  # share of candidates that are not slid onto the mask
LEAST_DEPTH_M = 0.3  # of a candidate that is slid across the image
LEAST_PROBABILITY = 0.03  # of a voxel that a candidate is drawn from
OFF_MASK_WEIGHT = 0.02  # of a voxel off the mask, against 1.02 on it: the mask may be wrong
LEAST_WEIGHT = 1e-9  # of a voxel, so that there is something to draw
UPRIGHT = (0.0, 1.0, 0.0)  # y is up in the axes of shapes
SYMMETRY_STEPS = 12  # turns that a continuous axis of symmetry is sampled in: 30 degrees apart
LEAST_SEEDS = 3  # that a pivot is fitted to
PIVOT_RIDGE = 0.2  # weight of the pivot's distance from the joint against the seeds' residuals
RIDGE = 1e-3  # weight of all unknowns: makes the solution unique
PIVOT_DECIMALS = 6  # of a metre: the last bits of a nearly singular solution change from run to run


@dataclass(frozen=True, slots=True)
class Candidates:
    """`b` placements: which shape and cluster each uses, and its similarity from object to cam."""

    shape: Int[Tensor, " b"]
    cluster: Int[Tensor, " b"]
    rotation: Float[Tensor, "b 3 3"]
    translation_m: Float[Tensor, "b 3"]
    scale: Float[Tensor, " b"]

    def pick(self, index: Int[Tensor, " k"]) -> "Candidates":
        """A subset, in order."""
        return Candidates(
            self.shape[index],
            self.cluster[index],
            self.rotation[index],
            self.translation_m[index],
            self.scale[index],
        )


@dataclass(frozen=True, slots=True)
class SampledShapes:
    """Surface samples of several shapes, padded to one number of modes."""

    points: Float[Tensor, "s n 3"]
    normals: Float[Tensor, "s n 3"]
    modes: Float[Tensor, "s m n 3"]
    scale_sd: Float[Tensor, " s"]
    long_axis: Float[Tensor, "s 3"]
    elongation: Float[Tensor, " s"]
    samples: tuple[SurfaceSamples, ...]


def sample_shapes(shapes: tuple[ObjectShape, ...], count: int, seed: int) -> SampledShapes:
    """Points, outward normals and shape modes at the points of every shape."""
    most = max([len(s.modes) for s in shapes] + [1])
    points, normals, modes, samples = [], [], [], []
    for shape in shapes:
        sample = sample_surface(shape.vertices, shape.faces, count, seed)
        a, b, c = shape.vertices[sample.corners].unbind(1)
        padded = torch.zeros(most, count, 3)
        if len(shape.modes):
            padded[: len(shape.modes)] = sample.at(shape.modes)
        points.append(sample.at(shape.vertices))
        normals.append(torch.nn.functional.normalize(torch.linalg.cross(b - a, c - a), dim=-1))
        modes.append(padded)
        samples.append(sample)
    sd = torch.tensor([shape.scale_sd for shape in shapes])
    placed = torch.stack(points)
    spread, axes = torch.linalg.eigh(torch.stack([each.mT.cov() for each in placed]))
    return SampledShapes(
        points=placed,
        normals=torch.stack(normals),
        modes=torch.stack(modes),
        scale_sd=sd,
        long_axis=axes[..., 2],
        elongation=1 - (spread[:, 1] / spread[:, 2]).clamp_min(0).sqrt(),
        samples=tuple(samples),
    )


def agreement(field: PosedField, window: Window) -> float:
    """How well a field explains the mask: best soft IoU over thresholds on known pixels."""
    image, small = fields.splat_image(field, window.camera, window.size)
    width, height = small.size_px
    target = window.target[:height, :width]
    known = window.known[:height, :width]
    best = 0.0
    for threshold in HOT:
        hot = (image >= threshold * max(float(image.max()), LEAST_HOT)).float()
        union = ((hot + target - hot * target) * known).sum()
        best = max(best, float((hot * target * known).sum() / union.clamp_min(1e-6)))
    return best


def _from_seeds(
    field: PosedField, context: PlacementContext
) -> tuple[
    Float[Tensor, "k 3 3"],
    Float[Tensor, "k 3"],
    Float[Tensor, " k"],
    Float[Tensor, " k"],
    Float[Tensor, "k 3"],
]:
    """Object poses in cam, scales, weights and pivot joints that a cluster's seeds predict."""
    rotations, translations, scales, weights, pivots = [], [], [], [], []
    for seed in field.seeds:
        joint = context.joint_names.index(seed.joint)
        carry = context.body.cam_from_canon[joint]
        rotations.append(carry[:3, :3] @ seed.joint_from_object.rotation)
        translations.append(in_cam(context, joint, seed.joint_from_object.translation_m))
        scales.append(seed.scale)
        weights.append(seed.weight)
        pivots.append(context.body.joints[joint])
    return (
        torch.stack(rotations),
        torch.stack(translations),
        torch.tensor(scales),
        torch.tensor(weights),
        torch.stack(pivots),
    )


def in_cam(context: PlacementContext, joint: int, offset_m: Float[Tensor, " 3"]) -> Float[Tensor, " 3"]:
    """A point given by its canonical offset from a joint, carried to cam with that joint."""
    carry = context.body.cam_from_canon[joint]
    return carry[:3, :3] @ (context.canon_joints[joint] + offset_m) + carry[:3, 3]


def _from_field(
    field: PosedField,
    context: PlacementContext,
    shape: Int[Tensor, " k"],
    generator: torch.Generator,
) -> tuple[Float[Tensor, "k 3 3"], Float[Tensor, "k 3"]]:
    """Rotations at places drawn from the field where it falls on the mask.

    Shapes that stand are upright in any direction, as often as they stand; the others are turned anyhow.
    """
    window, count = context.window, len(shape)
    points, probability = fields.points_of(field, LEAST_PROBABILITY)
    if len(points) == 0:
        points = field.cam_from_grid.translation_m[None]
        probability = torch.ones(1)
    uv, front = project(window.camera, points)
    col = uv[:, 0].long().clamp(0, window.size - 1)
    row = uv[:, 1].long().clamp(0, window.size - 1)
    weight = probability * torch.where(front, OFF_MASK_WEIGHT + window.target[row, col], 0.0) + LEAST_WEIGHT
    chosen = torch.multinomial(weight, count, replacement=True, generator=generator)
    quaternion = torch.randn(count, 4, generator=generator)
    turned = convert.from_quaternion(torch.nn.functional.normalize(quaternion, dim=-1))
    stands = torch.tensor([s.upright for s in context.shapes])[shape]
    around = torch.rand(count, generator=generator)[:, None] * 2 * math.pi * torch.tensor(UPRIGHT)
    standing = rig.least_turn(torch.tensor(UPRIGHT), context.up_cam) @ convert.from_vector(around)
    upright = torch.rand(count, generator=generator) < stands
    return torch.where(upright[:, None, None], standing, turned), points[chosen]


def _recentre(
    rotation: Float[Tensor, "b 3 3"],
    translation: Float[Tensor, "b 3"],
    points: Float[Tensor, "b n 3"],
    window: Window,
) -> Float[Tensor, "b 3"]:
    """Slide each candidate across the image so that its points' box meets the mask's box."""
    placed = points @ rotation.mT + translation[:, None]
    uv, _ = project(window.camera, placed)
    middle = (uv.amin(1) + uv.amax(1)) / 2
    spots = window.pixels
    wanted = (spots.amin(0) + spots.amax(0)) / 2
    depth = translation[:, 2:3].clamp_min(LEAST_DEPTH_M)
    center, _ = project(window.camera, torch.cat([translation[:, :2], depth], -1))
    ray = rays(window.camera, center + wanted - middle)
    return ray * depth


def make_candidates(
    context: PlacementContext, sampled: SampledShapes
) -> tuple[Candidates, Float[Tensor, " c"]]:
    """Draw about `config.drawn` candidates: prior modes x rotation cover x depth.

    With a given pose, candidates stay near it.

    Args:
        context: the inputs of placement.
        sampled: surface samples of its shapes.

    Returns:
        The candidates, and the belief in each cluster: it grows with the cluster's share and with how
        well its field explains the mask, and sums to 1.
    """
    clusters, window, given = context.clusters, context.window, context.given
    count = context.config.drawn
    generator = torch.Generator().manual_seed(context.seed)
    fit = torch.tensor([agreement(c, window) for c in clusters])
    share = torch.tensor([max(c.share, LEAST_SHARE) for c in clusters])
    belief = torch.softmax(share.log() * SHARE_POWER + FIT_SLOPE * fit, 0)
    parts: list[Candidates] = []
    for number, cluster in enumerate(clusters):
        quota = round(float(belief[number]) * count)
        if quota == 0:
            continue
        shape = torch.arange(quota) % len(context.shapes)
        if given is not None:
            turn = convert.from_vector(GIVEN_SPREAD_RAD * torch.randn(quota, 3, generator=generator))
            rotation = turn @ given.rotation
            translation, scales = given.translation_m.expand(quota, 3), torch.ones(quota)
        elif cluster.seeds:
            rot, place, scale, weight, pivot = _from_seeds(cluster, context)
            pick = torch.arange(quota) % len(weight)
            order = torch.argsort(weight, descending=True)
            pick = order[pick]
            rotation, translation = rot[pick], place[pick]
            scales, pivots = scale[pick], pivot[pick]
            first = torch.arange(quota) < len(weight)  # every seed once as it is
            spread = torch.where(first, 0.0, torch.rand(quota, generator=generator) * SEED_SPREAD_RAD)
            turn = torch.nn.functional.normalize(torch.randn(quota, 3, generator=generator), dim=-1)
            flip = (~first) & (torch.rand(quota, generator=generator) < FLIPPED)
            vector = turn * spread[:, None]
            delta = convert.from_vector(vector)
            axis = int(torch.randint(3, (1,), generator=generator))
            half = convert.from_vector(math.pi * torch.eye(3)[axis])
            rotation = torch.where(flip[:, None, None], delta @ rotation @ half, delta @ rotation)
            translation = pivots + (delta @ (translation - pivots)[..., None])[..., 0]
        else:
            rotation, translation = _from_field(cluster, context, shape, generator)
            scales = torch.ones(quota)
        near = 1 + DEPTH_SPREAD * torch.randn(quota, 1, generator=generator)
        translation = translation * near.clamp(*DEPTH_RANGE)
        moved = _recentre(rotation, translation, sampled.points[shape] * scales[:, None, None], window)
        keep = torch.rand(quota, 1, generator=generator) < KEPT_PLACE
        translation = torch.where(keep, translation, moved)
        parts.append(Candidates(shape, torch.full((quota,), number), rotation, translation, scales))
    merged = Candidates(
        torch.cat([p.shape for p in parts]),
        torch.cat([p.cluster for p in parts]),
        torch.cat([p.rotation for p in parts]),
        torch.cat([p.translation_m for p in parts]),
        torch.cat([p.scale for p in parts]),
    )
    return merged, belief


def untempered(belief: Float[Tensor, " c"], clusters: Sequence[PosedField]) -> Float[Tensor, " c"]:
    """The probability of each cluster given its share and the mask, from the belief that the search goes by.

    The search tempers the shares, so that it also tries what is rarely done. As probabilities, untempered
    shares are nearer to the truth.
    """
    share = torch.tensor([max(cluster.share, LEAST_SHARE) for cluster in clusters])
    weight = belief * share ** (1 - SHARE_POWER)
    return weight / weight.sum()


def twins(shapes: Sequence[ObjectShape]) -> Float[Tensor, "s t 3 3"]:
    """The rotations that leave each shape unchanged, repeated up to the largest number among the shapes."""
    turns = [transforms.symmetry_rotations(shape.symmetry, SYMMETRY_STEPS) for shape in shapes]
    most = max(len(turn) for turn in turns)
    return torch.stack([turn[torch.arange(most) % len(turn)] for turn in turns])


def known_orientations(
    context: PlacementContext,
) -> tuple[Float[Tensor, "c s q 3 3"], Bool[Tensor, "c s"]]:
    """Rotations (object to cam) that the seeds of each cluster expect, with each shape's symmetry.

    The mask is False where nothing is known: no seeds, or a shape that looks alike from everywhere.
    """
    clusters, shapes = context.clusters, context.shapes
    banks: list[list[Tensor]] = []
    for cluster in clusters:
        if cluster.seeds:
            base = _from_seeds(cluster, context)[0]
        else:
            base = torch.eye(3)[None]
        turns = [transforms.symmetry_rotations(shape.symmetry, SYMMETRY_STEPS) for shape in shapes]
        banks.append([(base[:, None] @ turn[None]).reshape(-1, 3, 3) for turn in turns])
    most = max(len(rotations) for row in banks for rotations in row)
    padded = torch.stack([torch.stack([r[torch.arange(most) % len(r)] for r in row]) for row in banks])
    known = torch.tensor([[bool(c.seeds) and s.symmetry != "sphere" for s in shapes] for c in clusters])
    return padded, known


@dataclass(frozen=True, slots=True)
class Pivots:
    """Per cluster, the object's point that keeps its place in use: a racket's grip, a bicycle's saddle.

    `point` is in the object's frame, once for each of a shape's symmetric twins; `place` in cam;
    `spread_m` how well it stays (+inf where the seeds know no such point).
    """

    point: Float[Tensor, "c s t 3"]
    place: Float[Tensor, "c 3"]
    spread_m: Float[Tensor, " c"]


def find_pivots(
    context: PlacementContext,
) -> Pivots:
    """The centre that each cluster's seeds turn about, by least squares.

    For seeds (R_k, t_k) of one joint, find x in the object and p at the joint with R_k x + t_k = p.
    Where all seeds agree in rotation x is free along p, and the one nearest the joint is taken.
    """
    shapes = context.shapes
    bank = twins(shapes)
    points, places, spreads = [], [], []
    for cluster in context.clusters:
        joint = max((s.joint for s in cluster.seeds), key=[s.joint for s in cluster.seeds].count, default="")
        seeds = [s.joint_from_object for s in cluster.seeds if s.joint == joint]
        if len(seeds) < LEAST_SEEDS:
            points.append(torch.zeros(*bank.shape[:2], 3))
            places.append(torch.zeros(3))
            spreads.append(torch.inf)
            continue
        eye = torch.eye(3)
        rows = torch.cat([torch.cat([s.rotation, -eye], 1) for s in seeds])
        wanted = torch.cat([-s.translation_m for s in seeds])
        ridge = PIVOT_RIDGE * torch.cat([torch.zeros(3, 3), eye], 1)
        # double precision: the system is nearly singular where seeds agree
        solved = torch.linalg.lstsq(
            torch.cat([rows, ridge, RIDGE * torch.eye(6)]).double(),
            torch.cat([wanted, torch.zeros(9)])[:, None].double(),
        ).solution[:, 0]
        solved = solved.round(decimals=PIVOT_DECIMALS).float()
        left = (rows @ solved - wanted).reshape(-1, 3).norm(dim=-1)
        number = context.joint_names.index(joint)
        points.append(bank @ solved[:3])
        places.append(in_cam(context, number, solved[3:]))
        spreads.append(float(left.square().mean().sqrt()))
    return Pivots(torch.stack(points), torch.stack(places), torch.tensor(spreads))
