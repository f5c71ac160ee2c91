"""A piece's pictures are looked at as they come and judged together, and progress says so."""

from collections import Counter

import pytest

pytest.importorskip("pyarrow")

from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.chunks import Chunk
from chorus_recon.priors.jobs.collect import IN_HAND, KEPT, Collector, Observer
from chorus_recon.priors.jobs.storage import Storage
from tests.priors import making


def test_a_piece_is_judged_at_once_and_every_picture_is_told(tmp_path):
    asked: list[int] = []
    changes: list[Counter[str]] = []

    def look(images):
        several = list(images)
        asked.append(len(several))
        return making.look(several)

    chunk = Chunk("000000", tuple(making.plan(0, 8, Counter())))
    own = making.observer()
    outcome = Collector(Storage(str(tmp_path)), Observer(own.source, look, own.licences), changes.append)(
        chunk
    )
    gave_none = sum(shot.seed % 11 == 10 for shot in chunk.shots)
    assert asked == [8 - gave_none]
    assert [change[IN_HAND] for change in changes] == [1] * 8 + [-8]
    total = sum(changes, Counter())
    assert (total[IN_HAND], total.total()) == (0, 8)
    assert outcome.counts == +total
    records = collect.read(Storage(str(tmp_path)), "000000").records
    assert [record.shot for record in records] == list(chunk.shots)
    assert Counter(map(collect.became, records)) == outcome.counts
    assert outcome.counts[KEPT] > 3
