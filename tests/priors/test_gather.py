import torch

from chorus_recon.priors import aggregate, gather
from chorus_recon.priors.cluster import Cluster
from tests.priors.test_aggregate_rules import GRID, WEIGHTS, rod


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
