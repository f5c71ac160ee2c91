from dataclasses import replace

import numpy as np
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.grid import cube
from chorus_recon.priors.inspection import picture
from chorus_recon.types import OccupancyPrior, PriorSet
from tests.fakes import FakeBody


def test_a_counted_prior_shows_where_it_is_unsure():
    grid, occupancy = cube(2.4, 12), torch.zeros(12, 12, 12)
    occupancy[8:11, 5:7, 5:7] = 0.9  # beside the person's left
    known = OccupancyPrior(grid, occupancy, torch.ones(12, 12, 12), "fake", "held", 1.0)
    wide = torch.zeros(12, 12, 12)
    wide[10:] = 0.8  # the outer end is unsure; so is the empty space beyond, which is not shown
    counted = replace(known, low=torch.zeros(12, 12, 12), high=wide, evidence=torch.ones(12, 12, 12))
    px, body, renderer = picture.PANEL_PX, FakeBody(), EmbreeRenderer()
    plain = picture.draw(PriorSet("box", (known,), {}), body, renderer)
    assert plain.width == 4 * px
    sheet = np.asarray(picture.draw(PriorSet("box", (counted,), {}), body, renderer)).astype(int)
    assert sheet.shape[1] == 5 * px
    np.testing.assert_array_equal(sheet[:, : 4 * px], np.asarray(plain))
    glow = sheet[..., 0] - sheet[..., 2] > 80
    front, unsure = glow[:, :px].nonzero()[1], glow[:, 4 * px :].nonzero()[1]
    assert len(unsure) > 20
    assert unsure.min() > np.median(front)  # the front view has the person's left at right
    assert unsure.max() <= front.max()
    assert len(unsure) < 0.6 * len(front)
