"""The page of a prior: its scene is the prior's surfaces, and it tells from where pictures were taken."""

import base64
import json

import numpy as np
import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.grid import cube
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.inspection import view_page
from chorus_recon.types import OccupancyPrior, PriorSet
from tests.fakes import FakeBody


def prior(provenance, name="held"):
    occupancy = torch.zeros(24, 24, 24)
    occupancy[17:20, 10:15, 14:17] = 0.9  # beside the person's left, before them
    occupancy[15:21, 10:15, 14:17] += 0.09 * 3
    grid = cube(2.4, 24)
    known = OccupancyPrior(grid, occupancy.clamp(0, 0.9), torch.ones(24, 24, 24), "fake", name, 0.75)
    nothing = OccupancyPrior(grid, torch.zeros(24, 24, 24), torch.ones(24, 24, 24), "fake", "seen", 0.25)
    return PriorSet("box", (known, nothing), provenance)


def made(prior):
    return view_page.page(prior, FakeBody(), EmbreeRenderer())


def points(mesh):
    grid = np.frombuffer(base64.b64decode(mesh["positions"]), "<u2").reshape(-1, 3)
    return np.array(mesh["low"]) + grid / 65535 * np.array(mesh["span"])


def test_its_surfaces_lie_where_the_prior_is_and_the_viewer_sees_the_front():
    text = made(prior({"source": "rendered"}))
    scene = json.loads(text.split('id="scene">')[1].split("</script>")[0])
    likely, nothing = scene["objects"]
    assert nothing is None
    inner, outer = points(likely), points(likely["shell"])
    assert inner[:, 0].min() == pytest.approx(0.5, abs=0.1)  # the left is at right
    assert inner[:, 0].max() == pytest.approx(0.8, abs=0.1)
    assert outer[:, 0].min() < inner[:, 0].min() - 0.1
    body = points(scene["human"])
    assert inner[:, 2].mean() < body[:, 2].mean()  # nearer to who looks
    assert body[:, 1].max() - body[:, 1].min() > 1.4
    joints = FakeBody().canonical()[0]
    head_up = float(joints[joints[:, 1].argmax(), 1])
    assert body[:, 1].min() == pytest.approx(-head_up, abs=1e-3)  # y down
    assert "not from photos" in text
    assert 'class="warning"' not in text


def test_it_tells_from_where_pictures_were_taken():
    share = torch.full((3, 12), 1.0)
    share[:, 3] = 0.0
    known = views.coverage(share.flatten(), 99, views.BANDED_BINS)
    kept = {"views": known.text, "view_share": [round(x, 4) for x in known.share.tolist()], "kept": 99}
    text = made(prior(kept))
    assert "99 pictures from 33 of 36 views" in text
    assert "No picture from the front (90-120 deg)" in text
    assert text.count("<path") == 34
    assert "view_share" not in text


def test_nothing_that_a_prior_says_is_run_and_nothing_is_fetched():
    text = made(prior({"source": "</script><script>alert(1)</script>{{scene}}"}, name="<b>held</b>"))
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert 'src="http' not in text
    assert text.count("</script>") == 2
