from dataclasses import replace

import torch

from chorus_recon.perception.look import Chosen, look
from chorus_recon.types import Mask
from tests.fakes import FakeHumanEstimator
from tests.scenes import world


class Outliner:
    """Takes everything to have one outline."""

    name = "fake"

    def __init__(self, alpha):
        self.alpha, self.licences = alpha, {}

    def detect(self, photo, query=None):
        return []

    def segment(self, photo, detections):
        return [Mask(self.alpha, found.label, 0.9) for found in detections]


def outline_of(truth, outlined, own, given=False):
    """The outline that the person has after a look, the segmenter's being `outlined`, the network's `own`."""
    mask = Mask(outlined, "person", 1.0) if given else None
    person = replace(truth.detections[0], mask=mask)
    human = FakeHumanEstimator([replace(truth.human, alpha=own)])
    seen = look(
        truth.photo, Outliner(outlined), human, lambda _: Chosen([person], [], [0]), truth.human.camera
    )
    return seen.outlines[0].alpha


def test_an_outline_of_something_else_gives_way_to_the_pose_networks_own():
    truth = world()
    own = truth.detections[0].mask.alpha
    bush = own.roll(60, 1)
    assert torch.equal(outline_of(truth, bush, own), own)
    assert torch.equal(outline_of(truth, bush, own, given=True), bush)
    assert torch.equal(outline_of(truth, own, own.roll(3, 1)), own)
    assert torch.equal(outline_of(truth, bush, None), bush)
