"""Turn pictures of rendered scenes into records and back, bit for bit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch.nn.functional import max_pool2d

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.images.scenes.scene import Picture
from chorus_recon.backends.protocols import Renderer
from chorus_recon.errors import PriorError
from chorus_recon.priors.jobs import masks
from chorus_recon.priors.jobs.records import Record, SceneTruth, Seen
from chorus_recon.priors.scenes.pieces import Posed
from chorus_recon.priors.scenes.scene_count import Shown
from chorus_recon.types import PosedBody, Reason, Shot

GENERATOR = "rendered"
_FAILED = "no contact, or the thing runs into the body"


def record(shot: Shot, number: int, posed: Posed, picture: Picture) -> Record:
    """The record of a picture of the scene with this number in its piece."""
    scene, observation = posed.scene, picture.observation
    person = torch.isfinite(observation.body_depth) & ~observation.object
    small = max_pool2d(person[None].float(), 2, 2, ceil_mode=True)[0]
    seen = Seen(
        body=scenes.placed(scene, picture.cam_from_world),
        camera=observation.camera,
        object=masks.pack(observation.object.float()),
        human=masks.pack(small),
        object_score=1.0,
        person_score=1.0,
        keypoint_score=1.0,
        residual_px=0.0,
        truncation=0.0,
    )
    truth = SceneTruth(
        number=number,
        world_from_body=scene.world_from_body,
        world_from_object=scene.world_from_object,
        cam_from_world=picture.cam_from_world,
        scale=scene.scale,
    )
    return Record(
        shot=shot,
        generator=GENERATOR,
        size_px=observation.camera.size_px,
        weight=1.0,
        seen=seen,
        scene=truth,
    )


def failed(shot: Shot) -> Record:
    """The record of a picture of a scene that could not be posed."""
    return Record(
        shot=shot,
        generator=GENERATOR,
        size_px=(0, 0),
        weight=0.0,
        seen=None,
        reason=Reason.NO_POSE,
        detail=_FAILED,
    )


def restore(records: Sequence[Record], body: DefaultBody, renderer: Renderer) -> Iterator[Shown]:
    """The scenes of a piece's records, with their pictures.

    Raises:
        PriorError: a record is not of a rendered scene.
    """
    several: list[Record] = []
    for each in records:
        if each.seen is None:
            continue
        if several and _truth(each).number != _truth(several[0]).number:
            yield _shown(several, body, renderer)
            several = []
        several.append(each)
    if several:
        yield _shown(several, body, renderer)


def _shown(records: Sequence[Record], body: DefaultBody, renderer: Renderer) -> Shown:
    first = _truth(records[0])
    world = _posed(records[0], first, body)
    pictures = []
    for each in records:
        assert each.seen is not None
        camera, place = each.seen.camera, _truth(each).cam_from_world
        depth = scenes.depth_of(world, body, camera, place, renderer)
        visible = masks.unpack(each.seen.object) > 0.5
        pictures.append(scenes.observed(world, camera, place, visible, depth))
    return Shown(world.cam_from_canon, world.joints, first.world_from_object, first.scale, tuple(pictures))


def _posed(each: Record, truth: SceneTruth, body: DefaultBody) -> PosedBody:
    assert each.seen is not None
    return body.pose(replace(each.seen.body, cam_from_body=truth.world_from_body))


def _truth(each: Record) -> SceneTruth:
    if each.scene is None:
        raise PriorError(
            f"Picture {each.shot.index} is not of a rendered scene.", "Use the folder of a rendered build."
        )
    return each.scene
