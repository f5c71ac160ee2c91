"""Words count like a few pictures, as many as predict pictures that are held out best."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.errors import ConfigError
from chorus_recon.priors.aggregation import visibility
from chorus_recon.priors.clustering import words
from chorus_recon.priors.clustering.words import Words
from chorus_recon.types import OccupancyPrior, PriorSet
from tests.priors.aggregation.test_aggregate_rules import GRID, WEIGHTS, blank, rod

AT = (10, 10, 10)
LEAN = torch.nn.functional.normalize(torch.tensor([0.6, 0.8, 0.1]), dim=0)


def cluster(occupancy: float, evidence: float, share: float = 1.0) -> OccupancyPrior:
    full = torch.ones(GRID.shape)
    return OccupancyPrior(
        GRID, occupancy * full, 0.5 * full, "body", "one", share, evidence=evidence * full, smoothed=full
    )


def test_pictures_outvote_words():
    said = Words("w", torch.full(GRID.shape, 0.8))
    for evidence, expected in ((0.0, 0.8), (4.0, 0.4), (396.0, 0.008)):
        mixed = words.with_words(cluster(0.0, evidence), said, 4.0)
        assert mixed.occupancy[AT] == pytest.approx(expected, abs=1e-5)
        assert mixed.evidence[AT] == evidence + 4.0
        assert mixed.low[AT] <= mixed.occupancy[AT] <= mixed.high[AT]
    assert words.with_words(cluster(0.0, 4.0, 0.5), said, 8.0).occupancy[AT] == pytest.approx(0.4)
    alone = cluster(0.3, 4.0)
    assert words.with_words(alone, said, 0.0) is alone


def test_held_out_pictures_tell_good_words_from_bad_ones():
    shots = [rod(6.28 * n / 12 + 0.1, LEAN, 0.2, (0.25, 0.0, 0.0)) for n in range(12)]
    canon = visibility.canon_of(GRID, WEIGHTS)
    many = [rod(6.28 * n / 60 + 0.05, LEAN, 0.2, (0.25, 0.0, 0.0)) for n in range(60)]
    truth = words._prior(words._tally(many, canon), "body").occupancy
    good = words.choose(shots, canon, Words("good", truth), "body")
    bad = words.choose(shots, canon, Words("bad", truth.flip(0)), "body")
    assert good.pictures > bad.pictures
    assert good.scores[good.pictures] == max(good.scores.values())
    assert set(good.scores) == set(words.STRENGTHS)
    assert words.choose([blank(0.1)], canon, Words("few", truth), "body").pictures == 1.0


def test_a_prior_is_added_up_on_the_grid_of_the_build():
    first, second = cluster(0.0, 1.0, 0.25), cluster(0.0, 1.0, 0.75)
    first = replace(first, smoothed=torch.full(GRID.shape, 0.8))
    second = replace(second, cluster="two", smoothed=torch.zeros(GRID.shape))
    prior = PriorSet("box", (first, second), {})
    assert words.words_of("w", prior, GRID, "body").occupancy[AT] == pytest.approx(0.2)
    finer = replace(GRID, voxel_m=GRID.voxel_m / 2)
    assert words.words_of("w", prior, finer, "body").occupancy[AT] == pytest.approx(0.2)
    with pytest.raises(ConfigError, match="of the body body"):
        words.words_of("w", prior, GRID, "other")
