import math
from dataclasses import replace

import torch

from chorus_recon.geometry import transforms
from chorus_recon.pipeline.placement.deduplicate import best_kind_a_place
from chorus_recon.types import Similarity
from tests.scenes import fake_reconstruction


def moved(placement, name, shift_m, turn_rad=0.0):
    old = placement.cam_from_object
    place = Similarity(
        old.rotation @ transforms.rotation_about("y", turn_rad),
        old.translation_m + torch.tensor(shift_m),
        old.scale,
    )
    shape = replace(placement.shape, name=name)
    return replace(
        placement, shape=shape, cam_from_object=place, vertices=transforms.apply(place, shape.vertices)
    )


def test_another_kind_in_the_same_place_is_no_alternative():
    best = fake_reconstruction().placements[0]
    ranked = [
        best,
        moved(best, "longboard", (0.03, 0.0, 0.0), 0.1),
        moved(best, "longboard", (0.4, 0.0, 0.0)),
        moved(best, "longboard", (0.0, 0.0, 0.0), math.pi),
        moved(best, best.shape.name, (0.03, 0.0, 0.0)),
    ]
    kept = best_kind_a_place(ranked)
    assert [next(i for i, each in enumerate(ranked) if each is one) for one in kept] == [0, 2, 3, 4]
