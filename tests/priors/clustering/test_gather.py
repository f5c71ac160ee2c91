import math
from dataclasses import replace

import pytest
import torch

pytest.importorskip("pyarrow")

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.grid import cube
from chorus_recon.pipeline.field import whole
from chorus_recon.priors.aggregation import aggregate
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import gather, grouping
from chorus_recon.priors.clustering.cluster import PARTS
from chorus_recon.priors.clustering.grouping import Grouping
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.observations import observe
from chorus_recon.types import ALL, PosedField, Rigid
from tests.fakes import FakeBody
from tests.priors import making
from tests.priors.aggregation.test_aggregate_rules import GRID, WEIGHTS, blank, rod
from tests.priors.builds.test_build import run


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    place = tmp_path_factory.mktemp("built")
    run(place)
    return Storage(str(place))


def gathered(folder: Storage, by: Grouping, mode: Mode = Mode.ROBUST) -> dict:
    names = sorted(folder.names("shards", ".parquet"))
    return {
        cluster.cluster: cluster
        for cluster in gather.gather(folder, names, making.context(), mode, by=by).clusters
    }


def test_twins_share_their_evidence_and_no_picture_counts_twice():
    upright = torch.tensor([0.0, 1.0, 0.0])
    left = aggregate.tally([rod(0.3 + k, upright, middle=(0.3, 0.0, 0.0)) for k in range(3)], GRID, WEIGHTS)
    right = aggregate.tally([rod(0.5 + k, upright, middle=(-0.3, 0.0, 0.0)) for k in range(2)], GRID, WEIGHTS)
    both = [gather._both_sides(left, right), gather._both_sides(right, left)]
    assert int(both[0].count.sum()) == int(both[1].count.sum()) == 5
    assert torch.equal(aggregate.mirrored(both[0]).hits, both[1].hits)
    assert int(left.count.sum()) == 3  # as it was
    assert gather._both_sides(left, None) is left


def test_the_interval_is_that_of_what_was_counted():
    """All of 40 pictures hit, and 4 % of the pictures of every view saw anything."""
    total = aggregate.tally([blank(0.1)] * 40, GRID, WEIGHTS)
    total = replace(total, mass=total.mass * 25)
    context = gather.context(making.parted_body(), EmbreeRenderer(), observe.restore, GRID)
    prior = gather._prior(total, "all", 1.0, context, Mode.ROBUST)
    at = (10, 10, 10)
    assert (prior.occupancy[at], prior.high[at]) == (1.0, 1.0)
    assert prior.support[at] == pytest.approx(0.04)
    assert prior.low[at] == pytest.approx(0.95, abs=0.01)
    assert prior.expected[at] == pytest.approx(0.5, abs=0.01)
    assert gather._prior(total, "all", 1.0, context, Mode.PAPER).smoothed is None


def test_evidence_is_mirrored_only_on_a_body_that_is_alike_left_and_right():
    assert gather.is_symmetric_body(making.parted_body())

    class Leaning(FakeBody):
        def canonical(self):
            vertices, joints = FakeBody.canonical(self)
            return vertices, joints + torch.tensor([0.02, 0.0, 0.0])

    class Unnamed(FakeBody):
        joint_names = tuple(name.replace("right_", "starboard_") for name in FakeBody.joint_names)

    assert not gather.is_symmetric_body(Leaning())
    assert not gather.is_symmetric_body(Unnamed())


def test_prompts_and_parts_are_counted_beside_the_whole(built):
    alone = gathered(built, Grouping.NONE)
    assert [(name, cluster.share) for name, cluster in alone.items()] == [(ALL, 1.0)]
    for mode in Mode:
        prompts = gathered(built, Grouping.PROMPTS, mode)
        assert set(prompts) == {ALL, *(prompt.text for prompt in making.PROMPTS)}
        assert sum(cluster.share for name, cluster in prompts.items() if name != ALL) == pytest.approx(1.0)
        parts = gathered(built, Grouping.PARTS, mode)
        assert {ALL, "torso"} < set(parts) <= {ALL, *grouping.REGIONS}
        assert 0 < parts["torso"].share <= 1.0
        assert torch.equal(prompts[ALL].occupancy, parts[ALL].occupancy)
        fields = [
            PosedField(
                cluster.grid, Rigid(torch.eye(3), torch.zeros(3)), cluster.occupancy, name, cluster.share
            )
            for name, cluster in parts.items()
        ]
        assert whole(fields) is fields[0]
    assert torch.equal(gathered(built, Grouping.PROMPTS)[ALL].occupancy, alone[ALL].occupancy)
    assert list(gathered(built, Grouping.AUTO, Mode.PAPER)) == [ALL]


def test_the_regions_are_all_of_the_parts():
    assert sorted(part for parts in grouping.REGIONS.values() for part in parts) == sorted(PARTS)


def test_a_fine_grid_is_counted_near_the_body_alone(monkeypatch):
    body, grid = making.parted_body(), cube(4.0, 20)
    everywhere = gather.context(body, EmbreeRenderer(), making.restore, grid)
    monkeypatch.setattr(gather, "FINE", 19**3)
    near = gather.context(body, EmbreeRenderer(), making.restore, grid)
    assert len(everywhere.canon.voxels) == 20**3 > 2 * len(near.canon.voxels)
    shot = making.plan(0, 1, {})[0]
    (record,) = making.look([next(making.FakeImages().generate([replace(shot, seed=1)]))])
    context = making.context()
    seen = making.restore(record, body, context.renderer)
    totals = []
    for context in (everywhere, near):
        count = aggregate.begin(context.canon)
        aggregate.add([seen], context.canon, lambda _, count=count: (count,))
        totals.append(aggregate.finish(count.total).occupancy)
    away = (torch.cdist(gather.voxels.centers(grid).reshape(-1, 3), body.canonical()[0])).amin(1)
    inside = (away < gather.FAR_M - math.sqrt(3) * grid.voxel_m).reshape(grid.shape)
    assert torch.equal(totals[0][inside], totals[1][inside])
    assert not totals[1][(away > gather.FAR_M + math.sqrt(3) * grid.voxel_m).reshape(grid.shape)].any()
    aggregate.mirrored(aggregate.begin(near.canon).total)  # alike left and right
