"""A piece's pictures are looked at as they come and judged together, and progress says so."""

from collections import Counter

import pytest

pytest.importorskip("pyarrow")

from chorus_recon.priors import collect
from chorus_recon.priors.collect import IN_HAND, KEPT, Collector, Eyes
from chorus_recon.priors.pieces import Piece
from chorus_recon.priors.shards import Folder
from tests.priors import making


def test_a_piece_is_judged_at_once_and_every_picture_is_told(tmp_path):
    asked: list[int] = []
    told: list[Counter[str]] = []

    def look(images):
        several = list(images)
        asked.append(len(several))
        return making.look(several)

    piece = Piece("000000", tuple(making.plan(0, 8, Counter())))
    own = making.eyes()
    outcome = Collector(Folder(str(tmp_path)), Eyes(own.source, look, own.licences), told.append)(piece)
    gave_none = sum(shot.seed % 11 == 10 for shot in piece.shots)
    assert asked == [8 - gave_none]
    assert [one[IN_HAND] for one in told] == [1] * 8 + [-8]
    total = sum(told, Counter())
    assert (total[IN_HAND], total.total()) == (0, 8)
    assert outcome.counts == +total
    records = collect.read(Folder(str(tmp_path)), "000000").records
    assert [one.shot for one in records] == list(piece.shots)
    assert Counter(map(collect.became, records)) == outcome.counts
    assert outcome.counts[KEPT] > 3
