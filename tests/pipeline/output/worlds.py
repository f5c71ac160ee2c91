"""Reconstructions that lean."""

import math
from dataclasses import replace

from chorus_recon.geometry import transforms, upright
from chorus_recon.types import UpWitness, World


def tilted(truth):
    """The result of a camera that looks down by 25 degrees, rolled by 6."""
    up = upright.up_of(math.radians(25.0), math.radians(6.0)).float()
    floor = float((truth.body.vertices @ up).min())
    place = transforms.matrix(upright.world_from_up(up, truth.body.joints[0], floor))
    return replace(truth, world=World(place, 5.0, (UpWitness("person: balance", 7.0, 1.5, 0.98),)))
