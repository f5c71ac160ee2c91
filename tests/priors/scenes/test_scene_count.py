import math
from dataclasses import replace

import pytest
import torch

from chorus_recon.categories.frisbee.interactions import frisbee
from chorus_recon.priors.aggregation import aggregate, orientation
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.scenes import repeats
from chorus_recon.priors.scenes.scene_count import PerInteraction, Pooled, Typical, mirror
from chorus_recon.types import AxisField
from tests.priors.aggregation.test_aggregate_rules import GRID, WEIGHTS, blank, rod

AT = (10, 10, 10)
LEAN = torch.nn.functional.normalize(torch.tensor([0.6, 0.8, 0.1]), dim=0)


def leaning(count: int):
    """Scenes of one view each, from all around, of a rod that leans to the left."""
    return [[rod(6.28 * n / count + 0.1, LEAN, 0.2, (0.25, 0.0, 0.0))] for n in range(count)]


def hand(twin: str = "", share: float = 0.5):
    return replace(frisbee()[0], name="other" if twin else "one", twin_of=twin, share=share)


def test_evidence_is_of_scenes_not_of_their_pictures():
    alone = [[blank(0.5 * n)] for n in range(8)]
    fourfold = [several * 4 for several in alone]
    for taken in (alone, fourfold):
        count = PerInteraction(GRID, WEIGHTS)
        count.add(hand(), taken, Typical())
        (prior,) = count.clusters("body")
        assert prior.occupancy[AT] == 1.0
        flat = aggregate.finish(aggregate.tally([shot for s in taken for shot in s], GRID, WEIGHTS))
        assert prior.evidence[AT] == pytest.approx(float(flat.evidence[AT]) / len(taken[0]), rel=1e-5)
        assert prior.low[AT] < flat.low[AT] or taken is alone


def test_views_that_do_not_see_a_voxel_repeat_nothing():
    hidden = replace(blank(0.1), body_depth=torch.full((96, 96), 1.0))
    taken = [[blank(0.1), hidden, hidden]] * 5 + [[blank(0.3), blank(0.3), blank(0.3)]] * 5
    found = repeats.of(taken, GRID, WEIGHTS)
    assert found[AT] == pytest.approx((5 * 1 + 5 * 9) / (5 * 1 + 5 * 3))
    assert repeats.of([[hidden]], GRID, WEIGHTS)[AT] == 1.0


def test_a_mirrored_interaction_has_evidence_interval_and_axis():
    count = PerInteraction(GRID, WEIGHTS)
    count.add(hand(share=0.3), leaning(24), Typical())
    count.mirror(hand("one", 0.6))
    first, second = count.clusters("body")
    assert (first.share, second.share) == pytest.approx((1 / 3, 2 / 3))
    for name in ("occupancy", "support", "evidence", "low", "high", "smoothed"):
        assert torch.equal(getattr(second, name), getattr(first, name).flip(0))
    strong = second.axes.strength > 0.5
    assert torch.equal(strong, first.axes.strength.flip(0) > 0.5)
    assert strong.any()
    expected = LEAN * torch.tensor([-1.0, 1.0, 1.0])
    assert (second.axes.axis[strong] @ expected).abs().min() > math.cos(math.radians(15))
    assert torch.equal(second.axes.axis, orientation.forwards(second.axes.axis))
    plain = mirror(replace(first, axes=None, evidence=None, low=None, high=None, smoothed=None), "x", 1.0)
    assert (plain.axes, plain.evidence, plain.smoothed) == (None, None, None)
    assert isinstance(first.axes, AxisField)


def test_the_published_way_adds_pictures_up_before_dividing():
    hits, misses = [[blank(0.1)] * 2] * 3, [[blank(0.1, level=0.0)]] * 18
    hidden = [[replace(blank(0.1), camera=replace(blank(0.1).camera, center_px=torch.tensor([900.0, 48.0])))]]
    count = Pooled(GRID, WEIGHTS)
    count.add(hand(share=0.25), hits, Typical())
    count.add(hand(share=0.75), misses, Typical())
    (prior,) = count.clusters("body")
    assert (prior.cluster, prior.share, prior.smoothed, prior.evidence) == ("all", 1.0, None, None)
    assert prior.occupancy[AT] == pytest.approx(0.25)
    # where the second interaction's pictures do not show the voxel they are no evidence against it
    count = Pooled(GRID, WEIGHTS)
    count.add(hand(share=0.25), hits, Typical())
    count.add(hand(share=0.75), hidden * 18, Typical())
    (prior,) = count.clusters("body")
    assert prior.occupancy[AT] == 1.0


def test_the_published_way_counts_a_mirrored_interaction_too():
    count = Pooled(GRID, WEIGHTS)
    count.add(hand(), leaning(12), Typical())
    count.mirror(hand("one"))
    (both,) = count.clusters("body")
    assert torch.allclose(both.occupancy, both.occupancy.flip(0), atol=1e-6)
    shots = [shot for several in leaning(12) for shot in several]
    alone = aggregate.tally(shots, GRID, WEIGHTS, mode=Mode.PAPER)
    pooled = aggregate.finish(alone + aggregate.mirrored(alone), Mode.PAPER)
    assert torch.allclose(both.occupancy, pooled.occupancy)
