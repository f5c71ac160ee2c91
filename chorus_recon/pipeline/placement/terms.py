"""The table of terms of the placement objective.

The objective, `Losses`, the `losses` of reconstruction.json and the table in docs/conventions.md all
come from `TERMS`. Adding a term means adding a row here and a function, usually in `objective`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.field import OUTSIDE_M
from chorus_recon.pipeline.placement import objective
from chorus_recon.pipeline.placement.state import Problem, State
from chorus_recon.pipeline.placement.window import look_up
from chorus_recon.types import Similarity

SPREAD = 0.8  # of a splat in spacings of the samples: neighbours overlap without filling holes
LEAST_SPREAD_PX = 0.8  # of a splat: a narrower one falls between pixel centres
POINT_COVER = 0.7  # part of its pixel that one splatted point covers, at blur 1
MASKED = 0.5  # alpha above which a pixel counts as person or object
JUDGED = ("touch",)  # terms that choose among candidates but do not move them: limbs are too far off for that
LEAST_BELIEF = 1e-6  # of a cluster, so that the logarithm is finite


@dataclass(frozen=True, slots=True)
class Batch:
    """`b` candidates and what several terms share: points in cam, their pixels, field values.

    `sigma` and `pool` set the blur and the resolution of the splatted silhouette, `beyond` is how far each
    point is off the window (window widths), `behind` and `before` where the photo shows the person or the
    object's camera side. `gap_m` is the distance of each expected place from the object.
    """

    problem: Problem
    state: State
    pose: Similarity
    points: Float[Tensor, "b n 3"]
    uv: Float[Tensor, "b n 2"]
    valid: Bool[Tensor, "b n"]
    sigma: float
    pool: int
    beyond: Float[Tensor, "b n"]
    body_depth: Float[Tensor, "b n"]
    behind: Bool[Tensor, "b n"]
    before: Bool[Tensor, "b n"]
    probability: Float[Tensor, "b n"]
    signed_distance: Float[Tensor, "b n"]
    gap_m: Float[Tensor, "b k"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the objective.

    Attributes:
        name: its key in `Losses` and in reconstruction.json.
        weight: what one unit of it costs. The objective has no unit.
        function: the value for each candidate of a batch.
        doc: what the value is, with its unit.
        reason: why the weight is what it is.
    """

    name: str
    weight: float
    function: Callable[[Batch], Float[Tensor, " b"]]
    doc: str
    reason: str


def make_batch(problem: Problem, state: State, sigma: float, pool: int = 1) -> Batch:
    """Place the surface samples of every candidate and look up what lies under them.

    Args:
        problem: what the candidates are compared with.
        state: `b` candidates.
        sigma: blur of the splatted silhouette, in units of its usual spread.
        pool: window pixels, along one side, that become one pixel of the silhouette.
    """
    window, sampled = problem.context.window, problem.sampled
    pose = state.similarity()
    shape = state.start.shape
    local = sampled.points[shape] + torch.einsum("bm,bmnc->bnc", state.code, sampled.modes[shape])
    points = transforms.apply_scale_first(pose, local)
    uv, valid = project(window.camera, points)
    size = window.size
    facing = ((sampled.normals[shape] @ pose.rotation.mT) * points).sum(-1) < 0
    centre = torch.tensor([size / 2, size / 2])
    beyond = torch.relu((uv - centre).abs() - size / 2).sum(-1).clamp_max(size) / size
    with torch.no_grad():
        human = look_up(window.human, uv) > MASKED
        on_object = look_up(window.target, uv) > MASKED
        body_depth = look_up(window.body_depth, uv)
        body_depth = torch.where(body_depth > 0, body_depth, torch.inf)
    probability = problem.fields.sample(state.start.cluster, points)
    signed = problem.distance.sample(torch.zeros_like(shape), points) + OUTSIDE_M
    return Batch(
        problem=problem,
        state=state,
        pose=pose,
        points=points,
        uv=uv,
        valid=valid,
        sigma=sigma,
        pool=pool,
        beyond=beyond,
        body_depth=body_depth,
        behind=human & ~on_object,
        before=on_object & facing,
        probability=probability,
        signed_distance=signed,
        gap_m=objective.gaps_m(points, problem.expected[state.start.cluster]),
    )


def _silhouette(batch: Batch) -> Float[Tensor, " b"]:
    window, pool, sigma = batch.problem.context.window, batch.pool, batch.sigma
    target, known, small = window.target, window.known, window.size // pool
    if pool > 1:
        target, known = (torch.nn.functional.avg_pool2d(t[None], pool)[0] for t in (target, known))
    spacing = (window.area_px / batch.points.shape[1]) ** 0.5 / pool
    spread = max(LEAST_SPREAD_PX, SPREAD * spacing) * sigma
    cover = POINT_COVER * batch.valid.float() / sigma**2
    soft = objective.splat(batch.uv / pool, (small, small), spread, cover)
    return objective.silhouette(soft, target, known)


def _outside(batch: Batch) -> Float[Tensor, " b"]:
    distance = batch.problem.context.window.distance
    return objective.outside(batch.uv, distance, batch.valid) + batch.beyond.mean(-1)


def _uncovered(batch: Batch) -> Float[Tensor, " b"]:
    window = batch.problem.context.window
    return objective.uncovered(batch.uv, window.pixels, window.size)


def _field(batch: Batch) -> Float[Tensor, " b"]:
    return objective.field_likelihood(batch.probability)


def _coverage(batch: Batch) -> Float[Tensor, " b"]:
    return objective.coverage(batch.gap_m)


def _reach(batch: Batch) -> Float[Tensor, " b"]:
    return objective.reach(batch.gap_m)


def _depth(batch: Batch) -> Float[Tensor, " b"]:
    return objective.depth_order(batch.points[..., 2], batch.body_depth, batch.behind, batch.before)


def _size(batch: Batch) -> Float[Tensor, " b"]:
    state = batch.state
    scale_sd = batch.problem.sampled.scale_sd[state.start.shape]
    return objective.size(state.log_scale + state.start.scale.log(), scale_sd, state.code)


def _penetration(batch: Batch) -> Float[Tensor, " b"]:
    return objective.penetration(batch.signed_distance)


def _contact(batch: Batch) -> Float[Tensor, " b"]:
    return objective.contact(batch.signed_distance)


def _pose(batch: Batch) -> Float[Tensor, " b"]:
    problem, start = batch.problem, batch.state.start
    known = problem.orientations[start.cluster, start.shape]
    return objective.pose_prior(batch.pose.rotation, known) * problem.oriented[start.cluster, start.shape]


def _hold(batch: Batch) -> Float[Tensor, " b"]:
    """Distance of the pivot from its place, over the shape's symmetry."""
    start, pivots = batch.state.start, batch.problem.pivots
    placed = transforms.apply_scale_first(batch.pose, pivots.point[start.cluster, start.shape])
    gap = (placed - pivots.place[start.cluster][:, None]).norm(dim=-1).amin(-1)
    return objective.hold(gap, pivots.spread_m[start.cluster])


def _touch(batch: Batch) -> Float[Tensor, " b"]:
    state, touches = batch.state, batch.problem.touches
    cluster, shape = state.start.cluster, state.start.shape
    moved = torch.einsum("bm,btmkd->btkd", state.code, touches.modes[cluster, shape])
    spots = touches.spot[cluster, shape] + moved
    placed = transforms.apply_scale_first(batch.pose, spots.flatten(1, 2)).unflatten(1, spots.shape[1:3])
    gap = (placed - touches.place[cluster][:, None]).norm(dim=-1)
    return objective.touch(gap, touches.weight[cluster, shape])


def _upright(batch: Batch) -> Float[Tensor, " b"]:
    start, verticals = batch.state.start, batch.problem.verticals
    axis = verticals.axis[start.cluster, start.shape] @ batch.pose.rotation.mT
    free = verticals.free[start.cluster, start.shape]
    lean = objective.upright(axis, batch.problem.context.up_cam, free)
    return lean * verticals.strict[start.cluster, start.shape]


def _axis(batch: Batch) -> Float[Tensor, " b"]:
    """`objective.axis_prior`; it turns the object, never shifts it."""
    problem, start, rotation = batch.problem, batch.state.start, batch.pose.rotation
    if problem.axes is None:
        return torch.zeros(len(rotation))
    seen = problem.axes.mean(start.cluster, batch.points.detach())
    frames = problem.frames[start.cluster]
    own = frames.mT @ rotation @ problem.sampled.long_axis[start.shape][..., None]
    return objective.axis_prior(seen, own[..., 0], problem.sampled.elongation[start.shape])


def _cluster(batch: Batch) -> Float[Tensor, " b"]:
    """Constant while a candidate moves: it keeps its cluster."""
    return -batch.problem.belief[batch.state.start.cluster].clamp_min(LEAST_BELIEF).log()


# The order is the order of summation: results are reproducible to the bit only while it stays.
TERMS: tuple[Term, ...] = (
    Term(
        name="silhouette",
        weight=6.0,
        function=_silhouette,
        doc="1 - IoU of the object's silhouette and mask, pixels that the person may hide left out; the "
        "search uses a soft silhouette, the value reported is exact",
        reason="the scale for all other weights: 10 points of IoU cost 0.6",
    ),
    Term(
        name="outside",
        weight=12.0,
        function=_outside,
        doc="mean distance of the projected points from the mask and from hidden pixels, window widths",
        reason="pulls where silhouettes do not overlap; 5 % of the window costs as much as 10 points of IoU",
    ),
    Term(
        name="uncovered",
        weight=12.0,
        function=_uncovered,
        doc="mean distance of the mask's pixels from the nearest projected point, window widths",
        reason="as `outside`, so that neither shrinking nor growing is cheaper",
    ),
    Term(
        name="field",
        weight=0.35,
        function=_field,
        doc="mean negative log occupancy of the prior at the surface, nats",
        reason="points in the same voxels are not independent, so a nat counts for a third: 6 points of IoU",
    ),
    Term(
        name="coverage",
        weight=0.5,
        function=_coverage,
        doc="mean distance of the prior's probable places from the surface, saturating at 1 beyond .3 m",
        reason="says only roughly where the object is: 8 points of IoU at most",
    ),
    Term(
        name="reach",
        weight=6.0,
        function=_reach,
        doc="metres by which the object is farther than .3 m from every probable place of the prior",
        reason="the terms above saturate; without this a distant object cost no more than one an arm away",
    ),
    Term(
        name="depth",
        weight=6.0,
        function=_depth,
        doc="mean metres by which points break the order of person and object seen in the photo",
        reason="10 cm on the wrong side of the body cost as much as 10 points of IoU",
    ),
    Term(
        name="size",
        weight=0.15,
        function=_size,
        doc="half the squared standard scores of scale and shape modes, steep beyond 2.5",
        reason="a true log prior would weigh 1; at .04 objects grew and shrank by 10 % and left their depth",
    ),
    Term(
        name="penetration",
        weight=15.0,
        function=_penetration,
        doc="mean metres that points lie deeper than 1 cm in the body, over all points",
        reason="small even where a hand is pierced; a mean of 4 cm cost as much as 10 points of IoU",
    ),
    Term(
        name="contact",
        weight=0.3,
        function=_contact,
        doc="gap between object and body: 0 at 2 cm or less, 1 at 15 cm or more",
        reason="things are mostly touched, but not always: 5 points of IoU at most",
    ),
    Term(
        name="pose",
        weight=0.8,
        function=_pose,
        doc="(1 - cos of the angle to the nearest orientation that the seeds expect) / 2",
        reason="decides between orientations with much the same outline: a half turn costs 13 points of IoU",
    ),
    Term(
        name="hold",
        weight=2.0,
        function=_hold,
        doc="how far the point that stays put in use (a grip, a saddle) has left its place, 0 to 1",
        reason="a racket held at its head is wrong though the outline fits better: 33 points of IoU at most",
    ),
    Term(
        name="touch",
        weight=2.0,
        function=_touch,
        doc="mean over the places of the body that touch the object in this use, where they are several, of "
        "how far each is from its spot on the object, 0 to 1",
        reason="decides which way round a thing is ridden or sat on: as `hold`, 33 points of IoU at most",
    ),
    Term(
        name="upright",
        weight=6.0,
        function=_upright,
        doc="1 - cos of the lean from the vertical of the axis that points up in this use, beyond the spread "
        "of both, times how strictly it does",
        reason="things that stand in use do not lie down: that costs as much as missing the mask",
    ),
    Term(
        name="axis",
        weight=0.3,
        function=_axis,
        doc="how far the object's long axis is from the prior's axes where it lies, 0 to 1",
        reason="at 1 it turned motorcycles and boards away from outlines that said otherwise",
    ),
    Term(
        name="cluster",
        weight=0.15,
        function=_cluster,
        doc="negative log belief in the candidate's cluster of the prior, nats",
        reason="the belief follows from the same mask that the other terms see, so it only breaks ties",
    ),
)


def weights_of(overrides: Mapping[str, float]) -> dict[str, float]:
    """The weight of every term, by name, in the order of `TERMS`.

    Raises:
        ValueError: an override names no term.
    """
    weights = {term.name: term.weight for term in TERMS}
    unknown = sorted(overrides.keys() - weights.keys())
    if unknown:
        raise ValueError(f"unknown placement terms {unknown}; there are {list(weights)}")
    return weights | dict(overrides)


def markdown_table() -> str:
    """The table of terms for docs/conventions.md."""
    rows = [f"| `{term.name}` | {term.weight:g} | {term.doc} | {term.reason} |" for term in TERMS]
    return "\n".join(["| term | weight | value | why this weight |", "|---|---|---|---|", *rows])
