"""The free parameters of a batch of candidates, and what stays fixed while they move."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.volumes import Volumes
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.proposals import Candidates, Pivots, SampledShapes
from chorus_recon.pipeline.placement.touches import Touches
from chorus_recon.pipeline.placement.verticals import Verticals
from chorus_recon.types import ObjectShape, Similarity


@dataclass(frozen=True, slots=True)
class Problem:
    """The context, and what is computed from it once for all candidates.

    Attributes:
        context: the inputs.
        sampled: surface samples of the shapes.
        belief: of each cluster, summing to 1.
        expected: probable places (cam, metres) of each cluster.
        orientations: object-to-cam rotations that each cluster's seeds expect, for each shape.
        oriented: where such rotations are known.
        pivots: the point of the object that stays put in use.
        verticals: the axis of the object that points up in use.
        touches: where body and object meet.
        fields: occupancy of the clusters.
        axes: axis tensors of the clusters; None if no cluster has any.
        frames: rotation from each cluster's grid to cam.
        distance: signed distance to the body minus `OUTSIDE_M`, so that it is 0 outside the grid.
        weights: of the terms, by name.
    """

    context: PlacementContext
    sampled: SampledShapes
    belief: Float[Tensor, " c"]
    expected: Float[Tensor, "c k 3"]
    orientations: Float[Tensor, "c s q 3 3"]
    oriented: Bool[Tensor, "c s"]
    pivots: Pivots
    verticals: Verticals
    touches: Touches
    fields: Volumes
    axes: Volumes | None
    frames: Float[Tensor, "c 3 3"]
    distance: Volumes
    weights: dict[str, float]

    def thinned(self, every: int) -> "Problem":
        """The same problem with every `every`-th surface sample."""
        sampled = replace(
            self.sampled,
            points=self.sampled.points[:, ::every],
            normals=self.sampled.normals[:, ::every],
            modes=self.sampled.modes[:, :, ::every],
        )
        return replace(self, sampled=sampled)


@dataclass(frozen=True, slots=True)
class State:
    """Free parameters of `b` candidates about their starting values."""

    start: Candidates
    turn: Float[Tensor, "b 3"]
    shift: Float[Tensor, "b 3"]
    log_scale: Float[Tensor, " b"]
    code: Float[Tensor, "b m"]

    def similarity(self) -> Similarity:
        """Object to cam. `shift` is (across, down, ln depth) so that image and depth decouple."""
        rotation = convert.from_vector(self.turn) @ self.start.rotation
        depth = self.start.translation_m[:, 2:3] * torch.exp(self.shift[:, 2:3])
        across = self.start.translation_m[:, :2] / self.start.translation_m[:, 2:3] + self.shift[:, :2]
        place = torch.cat([across * depth, depth], -1)
        return Similarity(rotation, place, self.start.scale * torch.exp(self.log_scale))

    def farther(self, change: Float[Tensor, " b"]) -> "State":
        """Candidates moved along their rays by ln of the factor of their depth; their outlines stay."""
        along = torch.stack([0 * change, 0 * change, change], -1)
        return State(self.start, self.turn, self.shift + along, self.log_scale + change, self.code)

    def pick(self, index: Tensor) -> "State":
        """A subset, detached."""
        return State(
            self.start.pick(index),
            self.turn[index].detach(),
            self.shift[index].detach(),
            self.log_scale[index].detach(),
            self.code[index].detach(),
        )

    def put(self, index: Int[Tensor, " k"], rows: "State") -> "State":
        """This state with the rows at `index` replaced by those of a state with the same starts there."""
        return State(
            self.start,
            self.turn.index_copy(0, index, rows.turn),
            self.shift.index_copy(0, index, rows.shift),
            self.log_scale.index_copy(0, index, rows.log_scale),
            self.code.index_copy(0, index, rows.code),
        )

    def where(self, chosen: Bool[Tensor, " b"], other: "State") -> "State":
        """Rows of this state where `chosen`, else rows of `other`, which has the same starts."""
        return State(
            self.start,
            torch.where(chosen[:, None], self.turn, other.turn),
            torch.where(chosen[:, None], self.shift, other.shift),
            torch.where(chosen, self.log_scale, other.log_scale),
            torch.where(chosen[:, None], self.code, other.code),
        )


def fresh(start: Candidates, modes: int) -> State:
    """Candidates at their starting values, with mean shapes."""
    count = len(start.shape)
    return State(
        start, torch.zeros(count, 3), torch.zeros(count, 3), torch.zeros(count), torch.zeros(count, modes)
    )


def row_of(pose: Similarity, row: int) -> Similarity:
    """One transform of a batch."""
    return Similarity(pose.rotation[row], pose.translation_m[row], pose.scale[row])


def own_points(problem: Problem, state: State, row: int) -> Float[Tensor, "n 3"]:
    """Surface points of one candidate with its shape code, object frame, metres."""
    kind = int(state.start.shape[row])
    modes = problem.sampled.modes[kind]
    return problem.sampled.points[kind] + torch.einsum("m,mnc->nc", state.code[row], modes)


def points_of(problem: Problem, state: State, pose: Similarity, row: int) -> Float[Tensor, "n 3"]:
    """Surface points of one candidate, cam, metres."""
    return transforms.apply_scale_first(row_of(pose, row), own_points(problem, state, row))


def vertices_of(state: State, pose: Similarity, row: int, shape: ObjectShape) -> Float[Tensor, "v 3"]:
    """The whole mesh of one candidate, cam, metres."""
    local = shape.vertices + torch.einsum("m,mvc->vc", state.code[row][: len(shape.modes)], shape.modes)
    return transforms.apply_scale_first(row_of(pose, row), local)
