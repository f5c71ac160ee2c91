"""Finished priors are joined by stated weights."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.errors import ConfigError
from chorus_recon.geometry.grid import cube
from chorus_recon.priors.join import join
from chorus_recon.types import ALL, AxisField, OccupancyPrior, PriorSet

GRID = cube(2.0, 8)


def prior(name: str, occupancy: float, grid=GRID, share: float = 1.0) -> PriorSet:
    values = torch.full(grid.shape, occupancy)
    axes = AxisField(torch.tensor([0.0, 0.0, 1.0]).expand(*grid.shape, 3), values)
    made = OccupancyPrior(
        grid, values, values, "body", name, share, evidence=values, smoothed=values, axes=axes
    )
    return PriorSet("box", (made,), {"source": name})


def test_shares_are_the_weights_and_provenance_says_so():
    pictures = prior(ALL, 0.6, cube(2.0, 16), share=0.5)
    joined = join([prior("held", 0.2), pictures], [3.0, 1.0], ["words", "pictures"])
    assert [(c.cluster, c.share) for c in joined.clusters] == [("held", 0.75), ("pictures", 0.25)]
    assert {c.grid for c in joined.clusters} == {GRID}
    second = joined.clusters[1]
    inner = (slice(1, -1),) * 3
    for values in (second.occupancy, second.expected, second.axes.strength, second.evidence):
        assert torch.allclose(values[inner], torch.tensor(0.6))
    parts = joined.provenance["parts"]
    assert [(part["prior"], part["weight"]) for part in parts] == [("words", 0.75), ("pictures", 0.25)]
    assert parts[1]["provenance"] == {"source": ALL}
    same = join([prior("held", 0.2), prior("held", 0.4)], [1, 1], ["a", "b"])
    assert [c.cluster for c in same.clusters] == ["held", "b: held"]


@pytest.mark.parametrize(
    ("other", "weights", "message"),
    [
        (prior("held", 0.1), [1.0], "2 priors need as many weights"),
        (prior("held", 0.1), [1.0, 0.0], "above 0"),
        (replace(prior("held", 0.1), category="cup"), [1.0, 1.0], "box and cup cannot be joined"),
    ],
)
def test_priors_that_do_not_fit_are_refused(other, weights, message):
    with pytest.raises(ConfigError, match=message):
        join([prior("held", 0.1), other], weights, ["a", "b"])
    with pytest.raises(ConfigError, match="nothing to join"):
        join([other], [1.0], ["a"])
