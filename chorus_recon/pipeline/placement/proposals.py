"""Posed fields + shapes + window -> many candidate placements to optimise from."""

import math
from dataclasses import dataclass

import roma
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project, rays
from chorus_recon.geometry.mesh import SurfaceSamples, sample_surface
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline.placement.window import Window
from chorus_recon.types import ObjectShape, PosedBody, PosedField, Rigid


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
    upright: Float[Tensor, " s"]
    long_axis: Float[Tensor, "s 3"]
    elongation: Float[Tensor, " s"]
    samples: tuple[SurfaceSamples, ...]


def sample_shapes(shapes: list[ObjectShape], count: int, seed: int) -> SampledShapes:
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
    upright = torch.tensor([shape.upright for shape in shapes])
    placed = torch.stack(points)
    spread, axes = torch.linalg.eigh(torch.stack([each.mT.cov() for each in placed]))
    return SampledShapes(
        placed, torch.stack(normals), torch.stack(modes), sd, upright,
        axes[..., 2], 1 - (spread[:, 1] / spread[:, 2]).clamp_min(0).sqrt(), tuple(samples),
    )  # fmt: skip


def agreement(field: PosedField, window: Window) -> float:
    """How well a field explains the mask: best soft IoU over thresholds on known pixels."""
    image, small = fields.splat_image(field, window.camera, window.size)
    width, height = small.size_px
    target = window.target[:height, :width]
    known = window.known[:height, :width]
    best = 0.0
    for threshold in (0.1, 0.2, 0.35, 0.5, 0.7):
        hot = (image >= threshold * max(float(image.max()), 1e-3)).float()
        union = ((hot + target - hot * target) * known).sum()
        best = max(best, float((hot * target * known).sum() / union.clamp_min(1e-6)))
    return best


def _from_seeds(
    field: PosedField, body: PosedBody, joint_names: tuple[str, ...], canon_joints: Float[Tensor, "j 3"]
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
        joint = joint_names.index(seed.joint)
        carry = body.cam_from_canon[joint]
        rotations.append(carry[:3, :3] @ seed.joint_from_object.rotation)
        place = canon_joints[joint] + seed.joint_from_object.translation_m
        translations.append(carry[:3, :3] @ place + carry[:3, 3])
        scales.append(seed.scale)
        weights.append(seed.weight)
        pivots.append(body.joints[joint])
    return (
        torch.stack(rotations),
        torch.stack(translations),
        torch.tensor(scales),
        torch.tensor(weights),
        torch.stack(pivots),
    )


def _from_field(
    field: PosedField, window: Window, count: int, generator: torch.Generator
) -> tuple[Float[Tensor, "k 3 3"], Float[Tensor, "k 3"]]:
    """A rotation cover at places drawn from the field where it falls on the mask."""
    points, probability = fields.points_of(field, 0.03)
    if len(points) == 0:
        points = field.cam_from_grid.translation_m[None]
        probability = torch.ones(1)
    uv, front = project(window.camera, points)
    col = uv[:, 0].long().clamp(0, window.size - 1)
    row = uv[:, 1].long().clamp(0, window.size - 1)
    weight = probability * torch.where(front, 0.02 + window.target[row, col], 0.0) + 1e-9
    chosen = torch.multinomial(weight, count, replacement=True, generator=generator)
    quaternion = torch.randn(count, 4, generator=generator)
    return roma.unitquat_to_rotmat(torch.nn.functional.normalize(quaternion, dim=-1)), points[chosen]


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
    depth = translation[:, 2:3].clamp_min(0.3)
    center, _ = project(window.camera, torch.cat([translation[:, :2], depth], -1))
    ray = rays(window.camera, center + wanted - middle)
    return ray * depth


def make_candidates(
    clusters: tuple[PosedField, ...],
    shapes: list[ObjectShape],
    sampled: SampledShapes,
    window: Window,
    body: PosedBody,
    joint_names: tuple[str, ...],
    canon_joints: Float[Tensor, "j 3"],
    count: int,
    seed: int,
    given: Rigid | None = None,
) -> tuple[Candidates, Float[Tensor, " c"]]:
    """About `count` candidates: prior modes x rotation cover x depth, and a weight a cluster.

    The weight of a cluster is its share times how well its field explains the mask. With a `given`
    pose (cam from object), candidates stay near it.
    """
    generator = torch.Generator().manual_seed(seed)
    fit = torch.tensor([agreement(c, window) for c in clusters])
    share = torch.tensor([max(c.share, 1e-3) for c in clusters])
    belief = torch.softmax(share.log() * 0.5 + 5.0 * fit, 0)
    parts: list[Candidates] = []
    for number, cluster in enumerate(clusters):
        quota = round(float(belief[number]) * count)
        if quota == 0:
            continue
        if given is not None:
            turn = roma.rotvec_to_rotmat(0.15 * torch.randn(quota, 3, generator=generator))
            rotation = turn @ given.rotation
            translation, scales = given.translation_m.expand(quota, 3), torch.ones(quota)
        elif cluster.seeds:
            rot, place, scale, weight, pivot = _from_seeds(cluster, body, joint_names, canon_joints)
            pick = torch.arange(quota) % len(weight)
            order = torch.argsort(weight, descending=True)
            pick = order[pick]
            rotation, translation = rot[pick], place[pick]
            scales, pivots = scale[pick], pivot[pick]
            first = torch.arange(quota) < len(weight)  # every seed once as it is
            spread = torch.where(first, 0.0, torch.rand(quota, generator=generator) * 1.2)
            turn = torch.nn.functional.normalize(torch.randn(quota, 3, generator=generator), dim=-1)
            flip = (~first) & (torch.rand(quota, generator=generator) < 0.25)
            vector = turn * spread[:, None]
            delta = roma.rotvec_to_rotmat(vector)
            axis = int(torch.randint(3, (1,), generator=generator))
            half = roma.rotvec_to_rotmat(math.pi * torch.eye(3)[axis])
            rotation = torch.where(flip[:, None, None], delta @ rotation @ half, delta @ rotation)
            translation = pivots + (delta @ (translation - pivots)[..., None])[..., 0]
        else:
            rotation, translation = _from_field(cluster, window, quota, generator)
            scales = torch.ones(quota)
        near = 1 + 0.08 * torch.randn(quota, 1, generator=generator)
        translation = translation * near.clamp(0.8, 1.25)
        shape = torch.arange(quota) % len(shapes)
        moved = _recentre(rotation, translation, sampled.points[shape] * scales[:, None, None], window)
        keep = torch.rand(quota, 1, generator=generator) < 0.3
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


def known_orientations(
    clusters: tuple[PosedField, ...],
    shapes: list[ObjectShape],
    body: PosedBody,
    joint_names: tuple[str, ...],
    canon_joints: Float[Tensor, "j 3"],
) -> tuple[Float[Tensor, "c s q 3 3"], Bool[Tensor, "c s"]]:
    """Rotations (object to cam) that the seeds of each cluster expect, with each shape's symmetry.

    The mask is False where nothing is known: no seeds, or a shape that looks alike from everywhere.
    """
    banks: list[list[Tensor]] = []
    for cluster in clusters:
        if cluster.seeds:
            base = _from_seeds(cluster, body, joint_names, canon_joints)[0]
        else:
            base = torch.eye(3)[None]
        turns = [transforms.symmetry_rotations(shape.symmetry, 12) for shape in shapes]
        banks.append([(base[:, None] @ turn[None]).reshape(-1, 3, 3) for turn in turns])
    most = max(len(rotations) for row in banks for rotations in row)
    padded = torch.stack([torch.stack([r[torch.arange(most) % len(r)] for r in row]) for row in banks])
    known = torch.tensor([[bool(c.seeds) and s.symmetry != "sphere" for s in shapes] for c in clusters])
    return padded, known


@dataclass(frozen=True, slots=True)
class Pivots:
    """Per cluster, the object's point that stays put in use: a racket's grip, a bicycle's saddle.

    `point` is in the object's frame, once for each of a shape's symmetric twins; `place` in cam;
    `spread_m` how well it stays (+inf where the seeds know no such point).
    """

    point: Float[Tensor, "c s t 3"]
    place: Float[Tensor, "c 3"]
    spread_m: Float[Tensor, " c"]


def find_pivots(
    clusters: tuple[PosedField, ...],
    shapes: list[ObjectShape],
    body: PosedBody,
    joint_names: tuple[str, ...],
    canon_joints: Float[Tensor, "j 3"],
) -> Pivots:
    """The centre that each cluster's seeds turn about, by least squares.

    For seeds (R_k, t_k) of one joint, find x in the object and p at the joint with R_k x + t_k = p.
    Where all seeds agree in rotation x is free along p, and the one nearest the joint is taken.
    """
    turns = [transforms.symmetry_rotations(shape.symmetry, 12) for shape in shapes]
    most = max(len(turn) for turn in turns)
    bank = torch.stack([turn[torch.arange(most) % len(turn)] for turn in turns])
    points, places, spreads = [], [], []
    for cluster in clusters:
        joint = max((s.joint for s in cluster.seeds), key=[s.joint for s in cluster.seeds].count, default="")
        seeds = [s.joint_from_object for s in cluster.seeds if s.joint == joint]
        if len(seeds) < 3:
            points.append(torch.zeros(len(shapes), most, 3))
            places.append(torch.zeros(3))
            spreads.append(torch.inf)
            continue
        eye = torch.eye(3)
        rows = torch.cat([torch.cat([s.rotation, -eye], 1) for s in seeds])
        wanted = torch.cat([-s.translation_m for s in seeds])
        ridge = 0.2 * torch.cat([torch.zeros(3, 3), eye], 1)
        # nearly singular where seeds agree: in single precision the last bits would change from run to run
        solved = torch.linalg.lstsq(
            torch.cat([rows, ridge, 1e-3 * torch.eye(6)]).double(),
            torch.cat([wanted, torch.zeros(9)])[:, None].double(),
        ).solution[:, 0]
        solved = solved.round(decimals=6).float()
        left = (rows @ solved - wanted).reshape(-1, 3).norm(dim=-1)
        number = joint_names.index(joint)
        carry = body.cam_from_canon[number]
        points.append(bank @ solved[:3])
        places.append(carry[:3, :3] @ (canon_joints[number] + solved[3:]) + carry[:3, 3])
        spreads.append(float(left.square().mean().sqrt()))
    return Pivots(torch.stack(points), torch.stack(places), torch.tensor(spreads))
