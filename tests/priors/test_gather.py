from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.priors import aggregate, gather, observe
from chorus_recon.priors.cluster import Cluster
from chorus_recon.priors.sightings import Mode
from tests.fakes import FakeBody
from tests.priors.test_aggregate_rules import GRID, WEIGHTS, blank, rod


def group(name: str, twin: int | None) -> Cluster:
    return Cluster(name, torch.zeros(1, dtype=torch.long), 0.5, torch.zeros(24), twin)


def test_twins_share_their_evidence_and_no_picture_counts_twice():
    upright = torch.tensor([0.0, 1.0, 0.0])
    left = aggregate.tally([rod(0.3 + k, upright, middle=(0.3, 0.0, 0.0)) for k in range(3)], GRID, WEIGHTS)
    right = aggregate.tally([rod(0.5 + k, upright, middle=(-0.3, 0.0, 0.0)) for k in range(2)], GRID, WEIGHTS)
    both = gather._both_sides({0: left, 1: right}, [group("left", 1), group("right", 0)])
    assert int(both[0].count.sum()) == int(both[1].count.sum()) == 5
    assert torch.equal(aggregate.mirrored(both[0]).hits, both[1].hits)
    alike = gather._both_sides({0: left}, [group("ridden", 0)])
    assert torch.equal(alike[0].hits, left.hits)
    assert gather._both_sides({0: left}, []) == {0: left}
    alone = gather._both_sides({0: left}, [group("left", None)])
    assert alone[0] is left


def test_the_interval_is_that_of_what_was_counted():
    """All of 40 pictures hit, and 4 % of the pictures of every view saw anything."""
    total = aggregate.tally([blank(0.1)] * 40, GRID, WEIGHTS)
    total = replace(total, mass=total.mass * 25)
    room = gather.Lab(FakeBody(), EmbreeRenderer(), observe.restore, GRID, WEIGHTS)
    one = gather._prior(total, [], 0, room, Mode.OURS)
    at = (10, 10, 10)
    assert (one.occupancy[at], one.high[at]) == (1.0, 1.0)
    assert one.support[at] == pytest.approx(0.04)
    assert one.low[at] == pytest.approx(0.95, abs=0.01)
    assert one.expected[at] == pytest.approx(0.5, abs=0.01)
    assert gather._prior(total, [], 0, room, Mode.PAPER).settled is None
