"""An image source that path-traces scenes of a clothed person with an object, with ground truth.

The person is posed by the category's interactions, so no picture and no network is needed. A prior build
does not use the ground truth: it estimates masks, person and camera from the pictures.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.capabilities import Capability
from chorus_recon.backends.images import view_phrases
from chorus_recon.backends.images.rendered import (
    develop,
    guides,
    person,
    surroundings,
    thing,
    trace,
    wardrobe,
)
from chorus_recon.backends.images.rendered.surfaces import Light, Surface
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.language.shown import interactions_shown
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import nouns
from chorus_recon.categories.schema import Category, Interaction
from chorus_recon.errors import PriorError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import look as look_at
from chorus_recon.geometry.camera import project
from chorus_recon.types import Camera, ObjectShape, Photo, Reason, Rejected, Rigid, Shot, SynthImage

ELEVATION_DEG = (-5.0, 35.0)
FIELD_OF_VIEW_DEG = (32.0, 62.0)  # horizontal
FILL = (0.68, 0.96)  # share of the frame that person and object fill, in the tighter direction
LEAST_EYE_M = 0.3  # least height of the camera above the ground
VIEW_SPREAD_DEG = 20.0  # standard deviation of the azimuth from that of a shot's view phrase
TRIES = 3  # attempts with random interactions before a shot is rejected
FIST_RAD, FLAT_RAD, LOOSE_RAD = 2.7, 0.9, 0.5  # finger closure: around a bar, on a slab, of an empty hand


@dataclass(frozen=True, slots=True)
class RenderedConfig:
    """Picture size and quality; time is proportional to pixels x samples."""

    size_px: tuple[int, int] = (640, 480)
    samples: int = 16  # paths per pixel
    steps: int = ik.STEPS  # steps of inverse kinematics


@dataclass(frozen=True, slots=True)
class Staged:
    """Everything in a picture before it is rendered, in the world (y up, metres)."""

    scene: scenes.Scene
    shape: ObjectShape
    camera: Camera
    cam_from_world: Rigid
    surfaces: tuple[Surface, ...]
    light: Light
    seed: int


_VIEWS = {view.phrase: view for view in (*view_phrases.BODY_VIEWS, *view_phrases.VIEWS)}


class RenderedPhotos:
    """An image source that needs no network: path-traced scenes."""

    name = "rendered-photos"
    capabilities = Capability.PROMPTS
    licences = {  # noqa: RUF012
        "pictures": "Apache-2.0 (made by chorus-recon)",
        "mitsuba": "BSD-3-Clause",
        "Open Image Denoise": "Apache-2.0",
    }

    def __init__(self, config: RenderedConfig | None = None) -> None:
        self.config = config or RenderedConfig()
        self._rig: ik.Rig | None = None

    def knows(self, noun: str) -> bool:
        """Whether the noun is a bundled category, or one of the table of nouns."""
        return nouns.known(noun) is not None

    @property
    def rig(self) -> ik.Rig:
        """The body for inverse kinematics, made on first use."""
        if self._rig is None:
            self._rig = ik.Rig(DefaultBody())
        return self._rig

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """One picture per shot, in order.

        Raises:
            MissingBackend: Mitsuba or Open Image Denoise is not installed.
            PriorError: nothing is known of a category.
        """
        trace.load_mitsuba()  # report a missing library before any work is done
        for shot in shots:
            staged = self.stage(shot)
            if isinstance(staged, Rejected):
                yield staged
                continue
            photo = Photo(torch.from_numpy(take(staged, self.config)), Path(f"{shot.index:08d}.png"))
            yield SynthImage(shot, photo, self.name)

    def stage(self, shot: Shot) -> Staged | Rejected:
        """Build the scene of a shot: person, object, clothes, surroundings and camera.

        The scene is determined by the shot's category, prompt, view and seed.

        Raises:
            PriorError: nothing is known of the category.
        """
        category = nouns.known(shot.prompt.category)
        if category is None:
            raise PriorError(
                f"There is no table of interactions for {shot.prompt.category!r}.",
                "Rendered photos can be made of the nouns that `chorus-recon prior list --possible` lists.",
            )
        draw = torch.Generator().manual_seed(shot.seed)
        rng = np.random.default_rng(shot.seed)
        shapes = TemplateShapes().shapes(category.name)
        rows = interactions_shown(category, shot.prompt)
        if not rows:
            detail = f"no interaction of {category.spoken!r} shows {shot.prompt.text!r}"
            return Rejected(f"{shot.index:08d}", Reason.NO_POSE, detail)
        for _ in range(TRIES):
            interaction = _interaction(rows, rng)
            fitting = scenes.shapes_for(shapes, interaction)
            shape = fitting[int(rng.integers(len(fitting)))]
            made = scenes.make_scenes(
                self.rig, interaction, shape, category.frame, 2, draw, self.config.steps
            )
            if made:
                return self.dressed(category, interaction, shape, made[0], shot, rng)
        return Rejected(f"{shot.index:08d}", Reason.NO_POSE, "no pose satisfies an interaction's contacts")

    def dressed(
        self,
        category: Category,
        interaction: Interaction,
        shape: ObjectShape,
        scene: scenes.Scene,
        shot: Shot,
        rng: np.random.Generator,
    ) -> Staged:
        """Add clothes, surroundings, light and a camera to a person with an object."""
        body = self.rig.body
        posed = body.pose(scenes.placed(scene)).vertices
        held = transforms.apply(scene.world_from_object, scene.object_vertices)
        occasion = str(rng.choice(category.occasions))
        afloat = bool(category.afloat) and interaction.name.startswith(category.afloat)
        setting = "sea" if afloat else str(rng.choice(category.settings))
        figure = person.Figure(
            body.template.double().numpy(),
            posed.double().numpy(),
            body.faces.numpy(),
            _curl(category, interaction),
        )
        made = person.draw(figure, wardrobe.dress(occasion, rng), rng)
        object_vertices = held.double().numpy()
        made += thing.draw(
            object_vertices,
            scene.object_vertices.double().numpy(),
            scene.object_faces.numpy(),
            shape.face_rgb.numpy(),
            category,
            rng,
        )
        points = np.concatenate([surface.vertices for surface in made])
        ground = _ground(points, object_vertices[shape.faces.unique().numpy()], interaction, afloat, rng)
        both = torch.from_numpy(points[:: max(1, len(points) // 4000)]).float()
        away = _away(shot.view, scene.world_from_body, rng)
        camera, cam_from_world = aim(both, away, ground, self.config.size_px, rng)
        eye = transforms.inverse(cam_from_world).translation_m.double().numpy()
        footprint = np.stack([object_vertices[:, [0, 2]].min(0), object_vertices[:, [0, 2]].max(0)])
        stage = surroundings.Stage(
            ground_m=ground,
            middle=(points.min(0) + points.max(0)) / 2,
            eye=eye,
            half_view_rad=math.atan(camera.size_px[0] / 2 / float(camera.focal_px[0])),
            footprint=footprint,
        )
        around, light = surroundings.surround(setting, stage, rng)
        return Staged(scene, shape, camera, cam_from_world, (*made, *around), light, shot.seed)


def take(staged: Staged, config: RenderedConfig) -> UInt8[np.ndarray, "h w 3"]:
    """Render a staged scene to an sRGB picture."""
    seen = guides.render(staged.surfaces, staged.camera, staged.cam_from_world)
    radiance = trace.trace(
        staged.surfaces,
        staged.light,
        staged.camera,
        staged.cam_from_world,
        config.samples,
        staged.seed % 2**31,
        seen,
    )
    subject = seen.parts["person"] + seen.parts["object"] > 0.5
    return develop.develop(radiance, subject, np.random.default_rng(staged.seed + 1))


def true_masks(staged: Staged) -> dict[str, Bool[np.ndarray, "h w"]]:
    """Visible pixels of "person" (with clothes) and "object"."""
    return guides.masks(staged.surfaces, staged.camera, staged.cam_from_world)


def aim(
    points: Float[Tensor, "n 3"],
    away: Float[Tensor, " 3"],
    ground_m: float,
    size_px: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[Camera, Rigid]:
    """A camera in direction `away` (a unit vector) from the points, above the ground, that frames them."""
    width, height = size_px
    half = math.radians(rng.uniform(*FIELD_OF_VIEW_DEG)) / 2
    focal = width / 2 / math.tan(half)
    camera = Camera(torch.tensor([focal, focal]), torch.tensor([width / 2, height / 2]), size_px)
    fill, slide = rng.uniform(*FILL), rng.uniform(-0.4, 0.4, 2)
    target = (points.amin(0) + points.amax(0)) / 2
    distance = float((points - target).norm(dim=-1).max()) / math.sin(half)
    for _ in range(6):
        eye = target + away * distance
        eye[1] = max(float(eye[1]), ground_m + LEAST_EYE_M)
        look = look_at(eye, torch.nn.functional.normalize(target - eye, dim=0))
        pixels, _ = project(camera, transforms.apply(look, points))
        low, high = pixels.amin(0), pixels.amax(0)
        share = float(((high - low) / torch.tensor([width, height])).max())
        spare = (
            (torch.tensor([width, height]) - (high - low)).clamp_min(0) / 2 * torch.from_numpy(slide).float()
        )
        off = (low + high) / 2 - torch.tensor([width / 2, height / 2]) - spare
        shift = torch.cat([off / focal * distance, torch.zeros(1)])
        target = target + look.rotation.mT @ shift
        distance *= share / fill
    return camera, look


def _away(phrase: str, world_from_body: Rigid, rng: np.random.Generator) -> Float[Tensor, " 3"]:
    """Unit vector from the subject to the camera: the view that the phrase names, or a random one."""
    view = _VIEWS.get(phrase, view_phrases.View(phrase))
    azimuth, elevation = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(*ELEVATION_DEG))
    if view.azimuths_deg:
        asked = float(rng.choice(view.azimuths_deg)) + rng.normal(0, VIEW_SPREAD_DEG)
        side = world_from_body.rotation @ torch.tensor([1.0, 0.0, 0.0])  # the person's left is 0 degrees
        azimuth = math.radians(asked) + math.atan2(float(side[2]), float(side[0]))
    if view.elevation_deg is not None:
        elevation = math.radians(view.elevation_deg + rng.normal(0, 0.4 * VIEW_SPREAD_DEG))
    flat = math.cos(elevation)
    return torch.tensor([flat * math.cos(azimuth), math.sin(elevation), flat * math.sin(azimuth)])


def _interaction(rows: Sequence[Interaction], rng: np.random.Generator) -> Interaction:
    """A random interaction, drawn by its share."""
    share = np.array([row.share for row in rows])
    return rows[int(rng.choice(len(rows), p=share / share.sum()))]


def _curl(category: Category, interaction: Interaction) -> dict[str, float]:
    hands = {
        contact.place.removesuffix("_palm")
        for contact in interaction.contacts
        if contact.place.endswith("_palm")
    }
    closed = FLAT_RAD if category.held_by_edge else FIST_RAD
    return {side: closed if side in hands else LOOSE_RAD for side in ("left", "right")}


def _ground(
    points: np.ndarray, held: np.ndarray, interaction: Interaction, afloat: bool, rng: np.random.Generator
) -> float:
    """Height of the ground or, for things afloat, of the water."""
    low, board = float(points[:, 1].min()), float(held[:, 1].min())
    if afloat:
        if interaction.name == "sit":
            return float(held[:, 1].mean()) + 0.02
        return board + float(rng.uniform(0.05, 0.09))
    if interaction.name.startswith(("jump", "grab")):
        return low - float(rng.uniform(0.15, 0.7))
    return low
