"""What is told while a build goes on."""

from collections import Counter

import pytest

pytest.importorskip("pyarrow")

from chorus_recon.commands.priors import progress
from chorus_recon.priors import build
from chorus_recon.priors.build import Extent, Progress
from chorus_recon.priors.jobs.chunks import Share
from chorus_recon.priors.jobs.storage import Storage
from tests.priors import making


def test_a_share_is_measured_by_its_own_pictures(tmp_path):
    reports: list[Progress] = []
    for number, owned in ((1, 8), (2, 8), (3, 6)):
        folder = Storage(str(tmp_path / str(number)))
        share = Share(number, 3)
        build.build(
            folder,
            making.SETTINGS,
            Extent(22),
            making.plan,
            making.observer,
            making.context(),
            share=share,
            watch=reports.append,
        )
        assert (reports[-1].done, reports[-1].total) == (owned, owned)


def test_the_clock_starts_before_the_first_picture_and_counts_none_that_was_there(tmp_path):
    folder = Storage(str(tmp_path))
    parts = (folder, making.SETTINGS)
    rest = (making.plan, making.observer, making.context())
    build.build(*parts, Extent(8), *rest)
    reports: list[Progress] = []
    build.build(*parts, Extent(12), *rest, watch=reports.append)
    pictures = [report for report in reports if report.stage == "pictures"]
    assert (pictures[0].done, pictures[0].found) == (0, 0)
    assert (pictures[-1].done, pictures[-1].found) == (12, 8)
    rate = progress._Rate(0)
    rate.began -= 2.0
    assert rate.per_second(Progress("pictures", 12, 12, Counter(), 8)) == pytest.approx(2.0, rel=0.1)
