"""Sample posed scenes, with cameras and ground truth, from an interaction and an object shape."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import max_pool2d

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.protocols import Renderer
from chorus_recon.categories.schema import Frame, Interaction, Spot, Vector
from chorus_recon.categories.spots import anchor, axes_of, place_of
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import look
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.rotations.fit import nearest_rotation
from chorus_recon.types import BodyParams, Camera, ObjectShape, Observation, PosedBody, Rigid

IMAGE_PX = 144
SURFACE_POINTS = 160  # points of the object tested for collision with the body; at least 20 per square metre
MOST_POINTS, REACH_M = 1000, 2.5  # of objects with more, only points this close to the contacts are tested
MAX_GAP_M = 0.045  # a scene with a wider gap at a contact is rejected, unless the contact allows more
MAX_DEPTH_M = 0.045  # a scene with deeper penetration is rejected
FIELD_OF_VIEW_DEG = (35.0, 65.0)
ELEVATION_DEG = (-5.0, 35.0)
CHILDHOOD = (0.15, 1.0)  # of children, in the body's unit


@dataclass(frozen=True, slots=True)
class Scene:
    """A person with an object; `object_vertices` are in metres, in the object frame."""

    interaction: str
    shape_name: str
    body: BodyParams
    world_from_body: Rigid
    object_vertices: Float[Tensor, "v 3"]
    object_faces: Int[Tensor, "f 3"]
    scale: float
    world_from_object: Rigid
    gap_m: float
    depth_m: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a scene, with the place of its camera."""

    cam_from_world: Rigid
    observation: Observation


def make_scenes(
    rig: ik.Rig,
    interaction: Interaction,
    shape: ObjectShape,
    frame: Frame,
    count: int,
    generator: torch.Generator,
    steps: int = ik.STEPS,
    children: float = 0.0,
) -> list[Scene]:
    """Up to `count` scenes. Scenes with a wide gap at a contact or deep penetration are rejected.

    `children` is the share of people who are children of any age.
    """
    problem, vertices, scale = _problem(rig, interaction, shape, frame, count, generator, children)
    solution = ik.solve(rig, problem, steps)
    allowed = (2.5 * problem.spot_sigma_m).clamp_min(MAX_GAP_M)
    bad = (solution.gap_m > allowed).any(-1) | (solution.depth_m > MAX_DEPTH_M)
    scenes = []
    for n in range(count):
        if bool(bad[n]):
            continue
        body = BodyParams(rig.body.id, problem.shape[n], solution.pose[n], transforms.identity())
        scenes.append(
            Scene(
                interaction=interaction.name,
                shape_name=shape.name,
                body=body,
                world_from_body=_pick(solution.world_from_body, n),
                object_vertices=vertices[n],
                object_faces=shape.faces,
                scale=float(scale[n]),
                world_from_object=_pick(solution.world_from_object, n),
                gap_m=float(solution.gap_m[n].min()),
                depth_m=float(solution.depth_m[n]),
            )
        )
    return scenes


def placed(scene: Scene, cam_from_world: Rigid | None = None) -> BodyParams:
    """The person's parameters in world coordinates, or in cam if a camera pose is given."""
    place = scene.world_from_body
    if cam_from_world is not None:
        place = transforms.compose(cam_from_world, place)
    return replace(scene.body, cam_from_body=place)


def photograph(
    scene: Scene,
    world: PosedBody,
    body: DefaultBody,
    renderer: Renderer,
    views: int,
    generator: torch.Generator,
    thicken_px: int = 0,
) -> Iterator[Picture]:
    """Pictures from random cameras around the scene, of the object's visible pixels and the body's depth.

    Args:
        scene: the person with the object.
        world: the person, posed in world coordinates (`placed`).
        body: the person's body model.
        renderer: renders depths.
        views: how many pictures.
        generator: of the cameras.
        thicken_px: by how many pixels the object's visible mask is grown.
    """
    thing = transforms.apply(scene.world_from_object, scene.object_vertices)
    for _ in range(views):
        camera, cam_from_world = _camera(torch.cat([world.vertices, thing]), generator)
        body_depth = depth_of(world, body, camera, cam_from_world, renderer)
        thing_depth = renderer.render(
            transforms.apply(cam_from_world, thing), scene.object_faces, camera
        ).depth
        visible = torch.isfinite(thing_depth) & (thing_depth < body_depth)
        if thicken_px:
            near = max_pool2d(visible[None].float(), 2 * thicken_px + 1, 1, thicken_px)
            visible = near[0] > 0
        yield Picture(cam_from_world, observed(world, camera, cam_from_world, visible, body_depth))


def depth_of(
    world: PosedBody, body: DefaultBody, camera: Camera, cam_from_world: Rigid, renderer: Renderer
) -> Float[Tensor, "h w"]:
    """The depth of a person posed in world coordinates, as a camera sees them."""
    vertices = transforms.apply(cam_from_world, world.vertices)
    return renderer.render(vertices, body.low_faces, camera).depth


def observed(
    world: PosedBody,
    camera: Camera,
    cam_from_world: Rigid,
    visible: Bool[Tensor, "h w"],
    body_depth: Float[Tensor, "h w"],
) -> Observation:
    """What a picture shows of a person posed in world coordinates and of an object."""
    return Observation(camera, transforms.matrix(cam_from_world) @ world.cam_from_canon, visible, body_depth)


def _pick(many: Rigid, n: int) -> Rigid:
    return Rigid(many.rotation[n], many.translation_m[n])


def _uniform(low: float, high: float, generator: torch.Generator, *size: int) -> Tensor:
    return low + (high - low) * torch.rand(size or (1,), generator=generator)


def _camera(points: Float[Tensor, "n 3"], generator: torch.Generator) -> tuple[Camera, Rigid]:
    """A random camera that looks at the centre of the points and sees all of them."""
    low, high = points.amin(0), points.amax(0)
    middle = (low + high) / 2
    radius = float((points - middle).norm(dim=-1).max())
    azimuth = float(_uniform(0.0, 2 * math.pi, generator))
    elevation = math.radians(float(_uniform(*ELEVATION_DEG, generator)))
    half = math.radians(float(_uniform(*FIELD_OF_VIEW_DEG, generator))) / 2
    distance = radius / math.sin(half) * float(_uniform(1.0, 1.4, generator))
    flat = math.cos(elevation)
    away = torch.tensor([flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth)])
    focal = IMAGE_PX / 2 / math.tan(half)
    camera = Camera(
        torch.tensor([focal, focal]), torch.tensor([IMAGE_PX / 2, IMAGE_PX / 2]), (IMAGE_PX, IMAGE_PX)
    )
    return camera, look(middle + away * distance, -away)


def _problem(
    rig: ik.Rig,
    interaction: Interaction,
    shape: ObjectShape,
    frame: Frame,
    count: int,
    generator: torch.Generator,
    children: float = 0.0,
) -> tuple[ik.Problem, Float[Tensor, "b v 3"], Float[Tensor, " b"]]:
    """Sample people, objects, key poses and directions; also returns the objects' vertices and scales."""
    vertices, scale = _objects(shape, count, generator)
    axes = axes_of(frame)
    spots = torch.stack([place_of(c.spot, shape, vertices, axes) for c in interaction.contacts], 1)
    if any(c.turning for c in interaction.contacts):
        spots = _turn_cranks(interaction, spots, axes, generator)
    if interaction.shift_m is not None:
        spots = spots + _shift(interaction.shift_m, axes, count, generator)[:, None]
    aims = torch.stack([_spread(a.direction, a.spread_deg, count, generator) for a in interaction.aligns], 1)
    across_spots = [
        next(c.spot for c in interaction.contacts if c.place == hand.replace("hand", "palm"))
        for hand in interaction.across
    ]
    bars = [_bar(spot, shape, axes) for spot in across_spots]
    problem = ik.Problem(
        key=key_poses(rig, interaction, count, generator),
        shape=_people(rig, count, generator, children),
        world_from_object=_start_rotation(interaction, axes, aims),
        points=_surface(shape, vertices, spots, generator),
        spots=spots,
        spot_places=tuple(c.place for c in interaction.contacts),
        spot_lift_m=torch.tensor([c.lift_m for c in interaction.contacts]),
        spot_sigma_m=torch.tensor([c.sigma_m for c in interaction.contacts]),
        axes=torch.stack([axes[a.axis].expand(count, 3) for a in interaction.aligns], 1),
        aims=aims,
        aim_joint=tuple(-1 if a.frame == "world" else rig.joint[a.frame] for a in interaction.aligns),
        aim_sigma=torch.deg2rad(torch.tensor([a.sigma_deg for a in interaction.aligns])),
        bars=torch.stack(bars).expand(count, -1, -1) if bars else torch.zeros(count, 0, 3),
        across=interaction.across,
        ground=interaction.ground,
        own_ground=interaction.own_ground,
        around=interaction.around,
        balance=interaction.balance,
        gaze=_spread(interaction.gaze, 10.0, count, generator),
    )
    return problem, vertices, scale


def _people(
    rig: ik.Rig, count: int, generator: torch.Generator, children: float = 0.0
) -> Float[Tensor, "b s"]:
    """Shape parameters of people of varied stature and build: adults, and a share of children."""
    shape = 0.8 * torch.randn(count, rig.body.num_shape, generator=generator)
    shape = shape.clamp(-1.8, 1.8)
    shape[:, -1] = 0.0  # childhood
    if children > 0:
        young = torch.rand(count, generator=generator) < children
        shape[young, -1] = _uniform(*CHILDHOOD, generator, count)[young]
    return shape


def _objects(
    shape: ObjectShape, count: int, generator: torch.Generator
) -> tuple[Float[Tensor, "b v 3"], Float[Tensor, " b"]]:
    code = torch.randn(count, len(shape.modes), generator=generator).clamp(-2.0, 2.0)
    scale = torch.exp(0.7 * shape.scale_sd * torch.randn(count, generator=generator).clamp(-2.0, 2.0))
    vertices = shape.vertices + torch.einsum("bm,mvd->bvd", code, shape.modes)
    return vertices * scale[:, None, None], scale


def key_poses(
    rig: ik.Rig, interaction: Interaction, count: int, generator: torch.Generator
) -> Float[Tensor, "b j 3"]:
    """Random poses between the interaction's two key poses, with noise, turned about y by its range."""
    ends = []
    for row in (interaction.pose, interaction.other or interaction.pose):
        pose = torch.zeros(len(rig.joint), 3)
        for name, turn in row:
            pose[rig.joint[name]] = torch.tensor(turn)
        ends.append(pose)
    share = torch.rand(count, 1, 1, generator=generator)
    keys = ends[0] + share * (ends[1] - ends[0])
    noise = torch.randn(count, len(rig.joint), 3, generator=generator).clamp(-2, 2)
    keys = keys + interaction.loose_rad * noise * (rig.stiff / 0.45)[:, None]
    yaw = torch.zeros(count, 3)
    yaw[:, 1] = torch.deg2rad(_uniform(*interaction.facing_deg, generator, count))
    root = convert.from_vector(yaw) @ convert.from_vector(keys[:, 0])
    keys = keys.clone()
    keys[:, 0] = convert.to_vector(root)
    return keys


def _spread(
    direction: Vector, degrees: float, count: int, generator: torch.Generator
) -> Float[Tensor, "b 3"]:
    """Random unit vectors around a direction."""
    mean = torch.nn.functional.normalize(torch.tensor(direction), dim=0)
    noise = torch.randn(count, 3, generator=generator).clamp(-2, 2) * math.radians(degrees) / math.sqrt(2)
    return torch.nn.functional.normalize(mean + noise, dim=-1)


def _bar(spot: Spot, shape: ObjectShape, axes: dict[str, Tensor]) -> Float[Tensor, " 3"]:
    """The axis a hand closes around: the anchor's direction, or the shape's long axis."""
    if isinstance(spot, str):
        return anchor(shape, spot)[1]
    extent = shape.vertices.amax(0) - shape.vertices.amin(0)
    return torch.nn.functional.one_hot(extent.argmax(), 3).float()


def _turn_cranks(
    interaction: Interaction,
    spots: Float[Tensor, "b c 3"],
    axes: dict[str, Tensor],
    generator: torch.Generator,
) -> Float[Tensor, "b c 3"]:
    moving = torch.tensor([c.turning for c in interaction.contacts])
    hub = spots[:, moving].mean(1, keepdim=True)
    angle = _uniform(0.0, 2 * math.pi, generator, len(spots))
    turn = convert.from_vector(angle[:, None] * axes["side"])
    turned = hub + (spots - hub) @ turn.mT
    return torch.where(moving[:, None], turned, spots)


def _shift(
    box_m: tuple[Vector, Vector], axes: dict[str, Tensor], count: int, generator: torch.Generator
) -> Float[Tensor, "b 3"]:
    """Random points of a box in the object's axes (forward, up, side)."""
    low, high = torch.tensor(box_m)
    basis = torch.stack([axes["forward"], axes["up"], axes["side"]])
    return (low + (high - low) * torch.rand(count, 3, generator=generator)) @ basis


def _start_rotation(
    interaction: Interaction, axes: dict[str, Tensor], aims: Float[Tensor, "b a 3"]
) -> Float[Tensor, "b 3 3"]:
    """The least-squares rotation for the alignments; those relative to joints have a small weight."""
    total = torch.zeros(len(aims), 3, 3)
    for k, align in enumerate(interaction.aligns):
        weight = 1.0 if align.frame == "world" else 0.05
        total += weight * aims[:, k, :, None] * axes[align.axis]
    return nearest_rotation(total)


def _surface(
    shape: ObjectShape,
    vertices: Float[Tensor, "b v 3"],
    spots: Float[Tensor, "b c 3"],
    generator: torch.Generator,
) -> Float[Tensor, "b n 3"]:
    """Random points of the surface; of a train or an aeroplane, those that its user can touch."""
    corners = shape.vertices[shape.faces]
    area = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).norm(dim=-1)
    count = max(SURFACE_POINTS, int(10 * area.sum()))  # twice a triangle's area
    face = shape.faces[torch.multinomial(area, count, replacement=True, generator=generator)]
    weight = -torch.log(torch.rand(count, 3, generator=generator).clamp_min(1e-6))
    weight = weight / weight.sum(-1, keepdim=True)
    points = torch.einsum("nc,bncd->bnd", weight, vertices[:, face])
    if count <= MOST_POINTS:
        return points
    away = torch.cdist(points.mean(0), spots.mean(0)).amin(-1)
    return points[:, away < max(REACH_M, float(away.kthvalue(SURFACE_POINTS).values))]


def shapes_for(shapes: Sequence[ObjectShape], interaction: Interaction) -> list[ObjectShape]:
    """The shapes that the interaction applies to and that have all of its anchors."""
    spots = [c.spot if isinstance(c.spot, tuple) else (c.spot,) for c in interaction.contacts]
    wanted = {name for spot in spots for name in spot if isinstance(name, str)}
    meant = [s for s in shapes if not interaction.kinds or s.name in interaction.kinds]
    return [s for s in meant if wanted <= {a.name for a in s.anchors}]
