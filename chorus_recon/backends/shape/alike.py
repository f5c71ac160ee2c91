"""Find the symmetry of a mesh, and the rotation that aligns its axes with a template's."""

import itertools

import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import sample_surface

SAMPLES = 6000
ALIKE = 0.03  # a rotation is a symmetry if 98 % of points move less than this share of the size
CLEARLY = 0.8  # an orientation is accepted if its distance is below this share of the identity's
_AXES = ("axis_x", "axis_y", "axis_z")
_HALF_TURNS = ("xyz180", "x180", "y180", "z180")


def find_symmetry(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> str:
    """The `ObjectShape.symmetry` of a mesh whose bounding box is centred at the origin."""
    points = sample_surface(vertices, faces, SAMPLES).at(vertices)
    limit = ALIKE * float((vertices.amax(0) - vertices.amin(0)).max())
    tree = KDTree(points.double().numpy())

    def holds(symmetry: str) -> bool:
        for turn in transforms.symmetry_rotations(symmetry, 7)[1:]:
            gap = torch.from_numpy(tree.query((points @ turn.mT).double().numpy())[0])
            if float(torch.quantile(gap, 0.98)) > limit:
                return False
        return True

    round_about = [name for name in _AXES if holds(name)]
    if len(round_about) > 1:
        return "sphere"
    return next(iter(round_about), None) or next((name for name in _HALF_TURNS if holds(name)), "none")


def axis_turns(keep_up: bool) -> Float[Tensor, "n 3 3"]:
    """The rotations that map axes to axes, identity first: the four about y, or all 24."""
    turns = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = torch.diag(torch.tensor(signs))[list(order)]
            if torch.linalg.det(turn) > 0 and not (keep_up and turn[1, 1] < 1):
                turns.append(turn)
    turns.sort(key=lambda turn: -float(turn.trace()))
    return torch.stack(turns)


def turn_towards(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    like_vertices: Float[Tensor, "w 3"],
    like_faces: Int[Tensor, "g 3"],
    keep_up: bool,
) -> Float[Tensor, "3 3"]:
    """The rotation that aligns a mesh with a template; the identity unless another is clearly better.

    Both meshes must be centred at the origin; their sizes do not matter. With `keep_up` only rotations
    about y are tried.
    """
    clouds = []
    for v, f in ((vertices, faces), (like_vertices, like_faces)):
        points = sample_surface(v, f, SAMPLES // 4).at(v)
        clouds.append(points / points.norm(dim=-1).square().mean().sqrt())
    mine, other = clouds
    trees = [KDTree(cloud.double().numpy()) for cloud in clouds]
    turns = axis_turns(keep_up)
    gaps = torch.tensor(
        [
            trees[1].query((mine @ turn.mT).double().numpy())[0].mean()
            + trees[0].query((other @ turn).double().numpy())[0].mean()
            for turn in turns
        ]
    )
    best = int(gaps.argmin())
    return turns[best] if gaps[best] < CLEARLY * gaps[0] else turns[0]
