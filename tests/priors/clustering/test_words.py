"""Words count like a few pictures, as many as predict pictures that are held out best."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.errors import ConfigError
from chorus_recon.priors.aggregation import visibility
from chorus_recon.priors.clustering import words
from chorus_recon.priors.clustering.words import Words
from chorus_recon.types import ALL, OccupancyPrior, PriorSet
from tests.priors.aggregation.test_aggregate_rules import GRID, WEIGHTS, blank, rod

AT = (10, 10, 10)
LEAN = torch.nn.functional.normalize(torch.tensor([0.6, 0.8, 0.1]), dim=0)


def cluster(
    occupancy: float | torch.Tensor, evidence: float, share: float = 1.0, name: str = "one"
) -> OccupancyPrior:
    full = torch.ones(GRID.shape)
    here = occupancy * full
    return OccupancyPrior(
        GRID, here, 0.5 * full, "body", name, share, evidence=evidence * full, smoothed=here
    )


def said(*clusters: OccupancyPrior) -> Words:
    return Words("w", clusters)


def slab(x: int) -> torch.Tensor:
    """Occupied in four layers of voxels from x on."""
    values = torch.zeros(GRID.shape)
    values[x : x + 4] = 0.8
    return values


def test_pictures_outvote_words():
    for evidence, expected in ((0.0, 0.8), (4.0, 0.45), (396.0, 0.107)):
        (mixed,) = words.join([cluster(0.1, evidence)], said(cluster(0.8, 1.0)), 4.0, 4)
        assert mixed.occupancy[AT] == pytest.approx(expected, abs=1e-5)
        assert mixed.evidence is not None
        assert mixed.low is not None
        assert mixed.high is not None
        assert mixed.evidence[AT] == evidence + 4.0
        assert mixed.low[AT] <= mixed.occupancy[AT] <= mixed.high[AT]
        assert mixed.share == 1.0
    alone = cluster(0.3, 4.0)
    assert words.join([alone], said(cluster(0.8, 1.0)), 0.0, 4) == (alone,)


def test_words_join_the_pictures_that_they_overlap_or_stay_apart():
    pictures = [cluster(slab(2), 4.0, 0.75, "low"), cluster(slab(10), 4.0, 0.25, "middle")]
    spoken = said(
        cluster(slab(3), 1.0, 0.5, "a"), cluster(slab(10), 1.0, 0.3, "b"), cluster(slab(15), 1.0, 0.2, "low")
    )
    low, middle, apart = words.join(pictures, spoken, 8.0, 8)
    assert [low.share, middle.share, apart.share] == pytest.approx([0.625, 0.275, 0.1])
    assert low.occupancy[:, 0, 0][[2, 3, 6, 10, 15]].tolist() == pytest.approx([0.4, 0.8, 0.4, 0, 0])
    assert middle.occupancy[:, 0, 0][[2, 3, 10, 15]].tolist() == pytest.approx([0, 0, 0.8, 0])
    assert apart.cluster == "w: low"
    assert apart.occupancy.equal(slab(15))
    assert apart.evidence is not None
    assert apart.evidence[AT] == pytest.approx(1.6)
    assert len(words.join(pictures, spoken, 0.5, 8)) == 2  # too rare for a cluster of its own


def test_words_between_two_clusters_are_divided_and_all_pictures_hear_all_words():
    pictures = [cluster(slab(4), 4.0, 0.5, "left"), cluster(slab(8), 4.0, 0.5, "right")]
    left, right = words.join(pictures, said(cluster(slab(6), 1.0)), 4.0, 4)
    assert left.evidence is not None
    assert right.evidence is not None
    assert float(left.evidence[AT]) == float(right.evidence[AT]) == 6.0
    assert left.share == right.share == 0.5
    whole = cluster(slab(4), 4.0, 1.0, ALL)
    first, second = words.join([whole, pictures[1]], said(cluster(slab(8), 1.0)), 4.0, 4)
    assert first.occupancy[:, 0, 0][[4, 8]].tolist() == pytest.approx([0.4, 0.4])
    assert second.occupancy[8, 0, 0] == pytest.approx(0.8)
    (only,) = words.join([whole], said(cluster(slab(15), 1.0)), 4.0, 4)
    assert only.cluster == ALL


def test_held_out_pictures_tell_good_words_from_bad_ones():
    shots = [rod(6.28 * n / 12 + 0.1, LEAN, 0.2, (0.25, 0.0, 0.0)) for n in range(12)]
    canon = visibility.canon_of(GRID, WEIGHTS)
    many = [rod(6.28 * n / 60 + 0.05, LEAN, 0.2, (0.25, 0.0, 0.0)) for n in range(60)]
    truth = words._prior(words._tally(many, canon), "body")
    wrong = replace(truth, occupancy=truth.occupancy.flip(0))
    good = words.choose(shots, canon, said(truth), "body")
    bad = words.choose(shots, canon, said(wrong), "body")
    assert good.pictures > bad.pictures
    assert good.scores[good.pictures] == max(good.scores.values())
    assert set(good.scores) == set(words.STRENGTHS)
    assert words.choose([blank(0.1)], canon, said(truth), "body").pictures == 1.0


def test_a_prior_is_added_up_on_the_grid_of_the_build():
    first, second = cluster(0.8, 1.0, 0.25), cluster(0.0, 1.0, 0.75, "two")
    prior = PriorSet("box", (first, second), {})
    assert words.words_of("w", prior, GRID, "body").occupancy[AT] == pytest.approx(0.2)
    finer = replace(GRID, voxel_m=GRID.voxel_m / 2)
    assert words.words_of("w", prior, finer, "body").occupancy[AT] == pytest.approx(0.2)
    with pytest.raises(ConfigError, match="of the body body"):
        words.words_of("w", prior, GRID, "other")
