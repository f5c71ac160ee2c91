"""Compare contact on bodies of different topology: carry touched vertices to the embedded body.

The embedded body is fitted to the other body's joints. Each of its vertices then takes the contact of the
nearest vertex of the other mesh whose normal points the same way, so that a hand on a thigh does not mix
with it.
"""

from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.joints import fit_joints
from chorus_recon.evaluation.metrics import ContactScore, score_of_counts
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.mesh import vertex_normals

NEIGHBOURS = 12  # of the other mesh, among which the normal decides
FAR_M = 0.08  # a vertex that has no neighbour this near takes no contact
LEAST_TOUCHED = 0.02  # share of a part's vertices from which the part is touched


class ContactTransfer:
    """Carries contact from any mesh with the 24 joints to the embedded body's vertices."""

    @cached_property
    def body(self) -> DefaultBody:
        """The embedded body."""
        return DefaultBody()

    def carry(
        self, mesh: Mesh, joints_cam: Float[Tensor, "24 3"], touched: Bool[Tensor, " v"]
    ) -> Bool[Tensor, " w"]:
        """Which vertices of the embedded body are touched.

        Args:
            mesh: the posed mesh in cam, metres, of any topology.
            joints_cam: its 24 joints in cam, metres.
            touched: its touched vertices.
        """
        if mesh.faces.shape == self.body.faces.shape and bool((mesh.faces == self.body.faces).all()):
            return touched
        posed = self.body.pose(fit_joints(self.body, joints_cam.float())).vertices
        mine = vertex_normals(posed.double(), self.body.faces)
        other = vertex_normals(mesh.vertices.double(), mesh.faces)
        distance, index = _neighbours(posed, mesh.vertices)
        agrees = (other[index] * mine[:, None]).sum(-1) > 0
        distance = distance.masked_fill(~agrees, torch.inf)
        nearest = distance.argmin(-1, keepdim=True)
        near = distance.gather(1, nearest)[:, 0] < FAR_M
        return near & touched[index.gather(1, nearest)[:, 0]]

    def parts(self, touched: Bool[Tensor, " w"]) -> set[str]:
        """Names of the parts of the embedded body that are touched; fingers and toes count as their limb."""
        groups: dict[str, list[Int[Tensor, " n"]]] = {}
        for name, rows in self.body.parts.items():
            groups.setdefault(_limb(name), []).append(rows)
        return {
            name
            for name, rows in groups.items()
            if float(touched[torch.cat(rows)].double().mean()) >= LEAST_TOUCHED
        }


def part_score(predicted: set[str], true: set[str]) -> ContactScore:
    """Precision, recall and F1 over the touched parts of the body; None where nothing could be right."""
    return score_of_counts(len(predicted & true), len(predicted), len(true))


def _limb(part: str) -> str:
    return part.removesuffix("Index1").replace("ToeBase", "Foot")


def _neighbours(
    points: Float[Tensor, "n 3"], targets: Float[Tensor, "m 3"]
) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    count = min(NEIGHBOURS, len(targets))
    distance, index = KDTree(targets.double().numpy()).query(points.double().numpy(), count)
    return torch.from_numpy(distance).view(len(points), count), torch.from_numpy(index).view(
        len(points), count
    )
