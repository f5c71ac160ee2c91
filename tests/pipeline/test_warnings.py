"""What a result warns of."""

from dataclasses import replace

from chorus_recon.pipeline.warnings import placement_warnings
from tests.scenes import fake_reconstruction


def test_an_improbable_placement_and_one_of_many_are_told():
    sure = replace(fake_reconstruction().placements[0], probability=0.9, spread_m=0.02)
    assert placement_warnings((sure, sure)) == []
    (unsure,) = placement_warnings((replace(sure, probability=0.42),))
    assert "42%" in unsure
    (open_,) = placement_warnings((replace(sure, spread_m=0.114),))
    assert "11 cm away" in open_
