"""Make docs/teaser.jpg: one of our own rendered scenes, reconstructed by the pipeline.

The person's pose and the two masks are given (the picture is a drawing, not a photo); where the
bicycle is and how large it is are found by the pipeline.

    python tools/make_teaser.py
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.pipeline import picture, shade
from chorus_recon.pipeline.reconstruct import ReconstructConfig, reconstruct
from chorus_recon.priors import ik, scenes
from chorus_recon.priors.categories import CATEGORIES
from chorus_recon.types import Detection, HumanEstimate, Keypoints, Mask, Photo, Rigid

OUT = Path(__file__).parent.parent / "docs" / "teaser.jpg"
SIZE = (640, 480)
SKIN, SKY, GROUND = (0.55, 0.62, 0.74), (0.80, 0.87, 0.93), (0.72, 0.74, 0.70)


@dataclass
class Given:
    """Stands for the networks: hands out what the drawing knows."""

    detections: list[Detection]
    human: HumanEstimate
    name: str = "given"

    def __post_init__(self) -> None:
        self.licences = {"given": "Apache-2.0"}

    def detect(self, photo, query=None):
        return self.detections

    def segment(self, photo, detections):
        return [seen.mask for seen in detections]

    def estimate(self, photo, people, masks, camera):
        return [self.human]


def main() -> None:
    rig = ik.Rig(DefaultBody())
    row = CATEGORIES["bicycle"]
    shape = TemplateShapes().shapes("bicycle")[0]
    ride, generator = row.interactions()[0], torch.Generator().manual_seed(5)
    scene = scenes.make_scenes(rig, ride, shape, row.frame, 4, generator)[0]
    camera = default_camera(SIZE)
    look = transforms.rotation_about("x", 0.14) @ torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    look = look @ transforms.rotation_about("y", -0.95)
    body = rig.body.pose(scenes.placed(scene))
    thing = transforms.apply(scene.world_from_object, scene.object_vertices * scene.scale)
    both = torch.cat([body.vertices, thing])
    middle = (both.amin(0) + both.amax(0)) / 2
    cam_from_world = Rigid(look, torch.tensor([0.0, 0.0, 3.4]) - look @ middle)
    params = scenes.placed(scene, cam_from_world)
    body = rig.body.pose(params)
    thing = transforms.apply(cam_from_world, thing)

    renderer = EmbreeRenderer()
    near = renderer.render(body.vertices, body.faces, camera).depth
    far = renderer.render(thing, scene.object_faces, camera).depth
    person, object_ = (near <= far) & torch.isfinite(near), (far < near) & torch.isfinite(far)
    horizon = torch.linspace(0, 1, SIZE[1])[:, None, None] > 0.45
    image = torch.where(horizon, torch.tensor(GROUND), torch.tensor(SKY)).expand(SIZE[1], SIZE[0], 3).clone()
    drawn = shade.shade(
        [
            shade.solid(body.vertices, body.faces, torch.tensor(SKIN)),
            shade.solid(thing, scene.object_faces, shape.face_rgb.float() / 255),
        ],
        camera,
        renderer,
        torch.tensor([0.0, -1.0, 0.0]),
    )
    rgb = (shade.over(image, drawn) * 255).round().to(torch.uint8)

    def seen(alpha, label):
        rows, cols = torch.where(alpha)
        box = torch.stack([cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]).float()
        return Detection(box, label, 1.0, Mask(alpha.float(), label, 1.0))

    people, things = seen(person, "person"), seen(object_, "bicycle")
    points, _ = project(camera, body.joints)
    full = torch.ones(len(rig.body.joint_names))
    human = HumanEstimate(
        params, camera, Keypoints(tuple(rig.body.joint_names), points, full), people.box_px, 0.0, full
    )
    given = Given([people, things], human)
    answer = reconstruct(
        Photo(rgb, Path("scene.png"), float(camera.focal_px[0])),
        ReconstructConfig(),
        Backends(given, given, rig.body, renderer, TemplateShapes()),
    )
    picture.overlay(answer, renderer, width_px=1600).convert("RGB").save(OUT, quality=88)


if __name__ == "__main__":
    main()
