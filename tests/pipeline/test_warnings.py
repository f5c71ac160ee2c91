"""What a result warns of."""

from dataclasses import replace

from chorus_recon.pipeline.warnings import placement_warnings, undecided
from chorus_recon.types import Considered
from tests.scenes import fake_reconstruction


def test_an_improbable_placement_and_one_of_many_are_told():
    sure = replace(fake_reconstruction().placements[0], probability=0.9, spread_m=0.02)
    assert placement_warnings((sure, sure)) == []
    (unsure,) = placement_warnings((replace(sure, probability=0.42),))
    assert "42%" in unsure
    (open_,) = placement_warnings((replace(sure, spread_m=0.114),))
    assert "11 cm away" in open_


def test_what_is_as_good_as_ruled_out_is_not_named():
    box = (0.0, 0.0, 9.0, 9.0)
    seen = (Considered("handbag", 0, box, 0.16), Considered("bench", 0, box, 0.004))
    assert "(84%; handbag 16%)" in undecided(seen, 0.84)
    assert "bench 0%" in undecided(seen[1:], 0.996)  # all that was seen
