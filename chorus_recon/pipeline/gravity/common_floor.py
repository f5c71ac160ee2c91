"""Put the other people of a photo on the floor of the first one."""

import math
from dataclasses import replace

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.backends.registry import Backends
from chorus_recon.geometry.stature import stature_m
from chorus_recon.perception.look import Perceived
from chorus_recon.pipeline.gravity.witnesses import Person
from chorus_recon.pipeline.person.smaller_person import posed_again
from chorus_recon.types import ADULT_HEIGHT, Photo, Reconstruction, Rigid, World

LEAST_M = 0.5  # of the camera over the floor: from lower down, feet tell little of a distance
NEAR_M = 0.06  # feet this near to the floor are on it: the error of a posed foot
LEAST, MOST_SIGMAS = 0.01, 2.0  # of a size: smaller changes are not worth it, larger ones are not believed


def on_floor(
    photo: Photo, seen: Perceived, number: int, first: Reconstruction, backends: Backends
) -> Perceived:
    """What was seen, with a person posed so tall that they stand on the floor of a finished result."""
    if number == first.person or first.world is None or not Person(first.human, first.body).feet_seen:
        return seen
    person = Person(seen.estimates[number], backends.body.pose(seen.estimates[number].body))
    height_m = height_on_floor(person, first.world)
    if height_m is None:
        return seen
    return posed_again(photo, seen, number, height_m, backends, tells=ADULT_HEIGHT)


def settled(other: Reconstruction, first: Reconstruction, model: BodyModel) -> Reconstruction:
    """A further person who uses nothing, with the feet exactly on the floor if they are near it."""
    if other.placements or first.world is None or other.human.body.mesh is not None:
        return other
    up, camera_m = first.world.world_from_cam[1, :3], float(first.world.world_from_cam[1, 3])
    above_m = float((other.body.vertices @ up).min()) + camera_m
    if not Person(other.human, other.body).stands or abs(above_m) > NEAR_M:
        return other
    place = other.human.body.cam_from_body
    lower = Rigid(place.rotation, place.translation_m - above_m * up)
    human = replace(other.human, body=replace(other.human.body, cam_from_body=lower))
    return replace(other, human=human, body=model.pose(human.body))


def height_on_floor(person: Person, world: World) -> float | None:
    """The standing height with which somebody's feet would be on the floor; None where that does not tell.

    A photo does not show how large people are, so each may be too near or too far, with the feet above or
    below the floor that another stands on. Seen from the camera, a larger person farther away looks the same.

    Args:
        person: who stands there.
        world: the vertical and the floor of the scene.
    """
    up, camera_m = world.world_from_cam[1, :3], float(world.world_from_cam[1, 3])
    below_m = -float((person.body.vertices @ up).min())
    if not person.stands or min(camera_m, below_m) < LEAST_M:
        return None
    larger = camera_m / below_m
    if not LEAST <= abs(math.log(larger)) <= MOST_SIGMAS * person.estimate.scale_sigma:
        return None
    return larger * stature_m(person.body)
