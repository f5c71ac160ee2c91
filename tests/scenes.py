"""The analytic world: a capsule man on a board before a perfect camera, every answer known."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.mesh import face_normals
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline.placement.contacts import with_contacts
from chorus_recon.types import (
    Anchor,
    BodyParams,
    BodyRig,
    Camera,
    Detection,
    Evidence,
    HumanEstimate,
    Keypoints,
    Losses,
    Mask,
    ObjectShape,
    OccupancyPrior,
    Photo,
    Placement,
    PlacementSeed,
    PosedBody,
    PriorSet,
    Reconstruction,
    Rigid,
    Similarity,
)
from tests.capsules import HEIGHT_M, JOINT_NAMES, PARENTS, box, capsule, capsule_person, sphere
from tests.fakes import FakeBody, FakeHumanEstimator, FakeSegmenter

__all__ = [
    "HEIGHT_M", "JOINT_NAMES", "PARENTS", "World", "board", "box", "camera", "capsule", "capsule_person",
    "fake_reconstruction", "prior_of", "skater", "sphere", "world",
]  # fmt: skip

LOSSES = {"silhouette": 0.02, "field": 0.3, "coverage": 0.1, "penetration": 0.01, "contact": 0.05}


@dataclass(frozen=True, slots=True)
class World:
    """A photo and the truth behind it. Masks are the visible pixels."""

    photo: Photo
    camera: Camera
    human: HumanEstimate
    body: PosedBody
    shape: ObjectShape
    cam_from_object: Similarity
    object_vertices: torch.Tensor
    human_mask: Mask
    object_mask: Mask
    category: str

    @property
    def detections(self) -> list[Detection]:
        """The person and the thing, with their masks."""
        return [
            Detection(_mask_box(m.alpha), m.label, m.score, m) for m in (self.human_mask, self.object_mask)
        ]

    def segmenter(self, noise: float = 0.0) -> FakeSegmenter:
        return FakeSegmenter(self.detections, noise)

    def estimator(self, noise_rad: float = 0.0, noise_m: float = 0.0) -> FakeHumanEstimator:
        return FakeHumanEstimator([self.human], noise_rad, noise_m)


def camera(size_px: tuple[int, int] = (320, 240), focal_px: float = 300.0) -> Camera:
    """A camera with its centre in the middle of the picture."""
    width, height = size_px
    return Camera(torch.tensor([focal_px, focal_px]), torch.tensor([width / 2, height / 2]), size_px)


def board(length_m: float = 0.8, width_m: float = 0.22, thickness_m: float = 0.09) -> ObjectShape:
    """A deck along x with a dark nose (+x) and one shape mode, its length."""
    deck, faces = box((length_m * 0.8, thickness_m * 0.4, width_m))
    nose, nose_faces = box((length_m * 0.2, thickness_m * 0.4, width_m * 0.7))
    vertices = torch.cat(
        [deck - torch.tensor([length_m * 0.1, 0, 0]), nose + torch.tensor([length_m * 0.4, 0, 0])]
    )
    vertices = vertices - torch.tensor([0.0, thickness_m * 0.3, 0.0])
    mode = torch.zeros(1, len(vertices), 3)
    mode[0, :, 0] = 0.08 * vertices[:, 0]
    rgb = torch.tensor([[214, 138, 60]] * 12 + [[60, 54, 50]] * 12, dtype=torch.uint8)
    top = (vertices[:, 1] > vertices[:, 1].mean()).nonzero()[:, 0]
    return ObjectShape(
        name="board",
        vertices=vertices,
        faces=torch.cat([faces, nose_faces + 8]),
        face_rgb=rgb,
        modes=mode,
        mode_names=("length",),
        symmetry="none",
        scale_sd=0.1,
        source="tests (Apache-2.0)",
        anchors=(Anchor("deck", top, torch.tensor([0.0, 1.0, 0.0])),),
    )


def skater(yaw_rad: float = 0.6, position_m: tuple[float, float, float] = (0.0, 0.1, 3.2)) -> BodyParams:
    """Standing with bent knees and one arm raised; yaw 0 looks at the camera."""
    pose = torch.eye(3).repeat(len(JOINT_NAMES), 1, 1)
    for name, turn in {
        "left_hip": (-0.6, 0.0, 0.15), "right_hip": (-0.6, 0.0, -0.15),
        "left_knee": (1.1, 0.0, 0.0), "right_knee": (1.1, 0.0, 0.0),
        "left_ankle": (-0.5, 0.0, -0.15), "right_ankle": (-0.5, 0.0, 0.15),
        "left_shoulder": (0.0, 0.0, -0.9), "right_shoulder": (0.0, 0.0, -0.4),
        "left_elbow": (0.0, -0.7, 0.0), "spine1": (0.15, 0.0, 0.0), "head": (0.0, 0.3, 0.0),
    }.items():  # fmt: skip
        pose[JOINT_NAMES.index(name)] = convert.from_vector(torch.tensor(turn))
    facing = torch.diag(torch.tensor([-1.0, -1.0, 1.0]))  # y down again; +z looks away from the camera
    facing = facing @ transforms.rotation_about("y", math.pi + yaw_rad)
    return BodyParams(FakeBody.id, torch.tensor([0.3]), pose, Rigid(facing, torch.tensor(position_m)))


@cache
def world(size_px: tuple[int, int] = (320, 240)) -> World:
    """The man on his board, seen from the front."""
    view = camera(size_px, 0.95 * size_px[0])
    params, shape = skater(), board()
    body = FakeBody().pose(params)
    place = _under_the_feet(body, params)
    things = transforms.apply(place, shape.vertices)
    rgb, human_alpha, object_alpha = _photograph(body, things, shape, view)
    human_mask, object_mask = Mask(human_alpha, "person", 0.97), Mask(object_alpha, "skateboard", 0.9)
    photo = Photo(rgb, Path("skater.png"), float(view.focal_px[0]))
    points, _ = project(view, body.joints)
    seen = torch.ones(len(JOINT_NAMES))
    human = HumanEstimate(
        params, view, Keypoints(JOINT_NAMES, points, seen), _mask_box(human_alpha), 0.0, seen
    )
    return World(photo, view, human, body, shape, place, things, human_mask, object_mask, "skateboard")


def fake_reconstruction(size_px: tuple[int, int] = (320, 240)) -> Reconstruction:
    """The true answer first, then the board turned round and shifted."""
    truth = world(size_px)
    turned = Similarity(
        truth.cam_from_object.rotation @ transforms.rotation_about("y", math.pi),
        truth.cam_from_object.translation_m + torch.tensor([0.05, 0.0, 0.1]),
        torch.tensor(1.1),
    )
    alpha = truth.human_mask.alpha
    known = (alpha < 0.5) | (truth.object_mask.alpha > 0.5)
    return Reconstruction(
        photo=truth.photo,
        camera=truth.camera,
        human=truth.human,
        body=truth.body,
        human_mask=truth.human_mask,
        evidence=Evidence(truth.object_mask, truth.human_mask, known),
        category=truth.category,
        placements=(
            _placement(truth, truth.cam_from_object, 0.83, 0.97),
            _placement(truth, turned, 0.17, 0.78),
        ),
        prior=None,
        warnings=("more than half of the person's joints are hidden; their pose there is a guess",),
        seconds={"detect": 0.03, "human": 0.41, "place": 1.2},
        versions={"chorus_recon": "0.1.0"},
        licences={"fake": "Apache-2.0", FakeBody.id: FakeBody.licence},
        seed=7,
        rig=BodyRig(FakeBody.joint_names, FakeBody.parents, FakeBody().skin_weights, torch.zeros(3)),
    )


def _placement(truth: World, place: Similarity, probability: float, iou: float) -> Placement:
    code = torch.tensor([0.0])
    vertices = transforms.apply(place, truth.shape.vertices)
    nothing, none_m = torch.zeros(0, dtype=torch.long), torch.zeros(0)
    placed = Placement(
        shape=truth.shape,
        cam_from_object=place,
        shape_code=code,
        vertices=vertices,
        losses=Losses(LOSSES, dict.fromkeys(LOSSES, 1.0), sum(LOSSES.values())),
        silhouette_iou=iou,
        probability=probability,
        cluster="all",
        body_contacts=nothing,
        object_contacts=nothing,
        body_gaps_m=none_m,
        object_gaps_m=none_m,
        converged=True,
    )
    return with_contacts(placed, truth.body)


def _under_the_feet(body: PosedBody, params: BodyParams) -> Similarity:
    """Deck touching the soles, nose towards the person's left, up as the body's up."""
    up = torch.tensor([0.0, -1.0, 0.0])
    left = params.cam_from_body.rotation[:, 0]
    axis_x = torch.nn.functional.normalize(left - (left @ up) * up, dim=0)
    rotation = torch.stack([axis_x, up, torch.linalg.cross(axis_x, up)], 1)
    feet = body.joints[[JOINT_NAMES.index(f"{s}_foot") for s in ("left", "right")]].mean(0)
    soles = float(body.vertices[:, 1].max())
    return Similarity(rotation, torch.tensor([float(feet[0]), soles, float(feet[2])]), torch.tensor(1.0))


def _photograph(
    body: PosedBody, things: torch.Tensor, shape: ObjectShape, view: Camera
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A flat-shaded picture before a pale gradient, and the two visible masks."""
    vertices = torch.cat([body.vertices, things])
    faces = torch.cat([body.faces, shape.faces + len(body.vertices)])
    seen = EmbreeRenderer().render(vertices, faces, view)
    normal = torch.nn.functional.normalize(face_normals(vertices, faces), dim=-1)
    skin = torch.tensor([[168.0, 132.0, 112.0]]).expand(len(body.faces), 3)
    color = torch.cat([skin, shape.face_rgb.float()]) * (0.45 + 0.55 * normal[:, 2:].abs())
    human = (seen.face >= 0) & (seen.face < len(body.faces))
    thing = seen.face >= len(body.faces)
    width, height = view.size_px
    sky = torch.linspace(225, 165, height)[:, None, None].expand(height, width, 3)
    rgb = torch.where((seen.face >= 0)[..., None], color[seen.face.clamp_min(0)], sky)
    return rgb.round().to(torch.uint8), human.float(), thing.float()


def _mask_box(alpha: torch.Tensor) -> torch.Tensor:
    rows, columns = (alpha > 0.5).any(1).nonzero()[:, 0], (alpha > 0.5).any(0).nonzero()[:, 0]
    return torch.tensor([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], dtype=torch.float32)


def prior_of(truth: World, seeds: bool = False) -> PriorSet:
    """Occupancy of the true board, carried to canonical space by the left foot."""
    body = FakeBody()
    joint = body.joint_names.index("left_foot")
    canon_from_cam = torch.linalg.inv(truth.body.cam_from_canon[joint])
    place = Rigid(
        canon_from_cam[:3, :3] @ truth.cam_from_object.rotation,
        canon_from_cam[:3, :3] @ truth.cam_from_object.translation_m + canon_from_cam[:3, 3],
    )
    centre = transforms.apply(transforms.inverse(place), grids.centers(grids.PAPER_GRID).reshape(-1, 3))
    half = torch.tensor([0.45, 0.06, 0.15])
    solid = ((centre / half).abs() < 1).all(-1).float().reshape(grids.PAPER_GRID.shape)
    foot = body.canonical()[1][joint]
    near = Rigid(
        transforms.rotation_about("y", 0.3) @ place.rotation,
        place.translation_m - foot + torch.tensor([0.05, 0.0, 0.04]),
    )
    seed = (PlacementSeed("left_foot", near, 1.0, 1.0),) if seeds else ()
    cluster = OccupancyPrior(grids.PAPER_GRID, solid, torch.ones_like(solid), FakeBody.id, "ride", 1.0, seed)
    return PriorSet("skateboard", (cluster,), {"source": "tests"})
