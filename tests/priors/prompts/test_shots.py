import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus_recon.backends.images.view_phrases import BODY_VIEWS, VIEWS, View
from chorus_recon.errors import ConfigError
from chorus_recon.priors.prompts import shots
from chorus_recon.types import Prompt

PROMPTS = [
    Prompt("surfboard", text)
    for text in ("A person rides a surfboard", "A man carries a surfboard", "A woman waxes a surfboard")
]
TURN = [View(""), View(", side view", (0.0, 180.0)), View(", back view", (270.0,), avoid="face")]


@given(st.integers(1, 7), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_every_pair_comes_up_once_before_any_comes_again(prompts, views):
    many = [Prompt("cup", f"A person holds a cup {n}") for n in range(prompts)]
    table = [View(f", view {n}") for n in range(views)]
    pairs = [shot.text for shot in shots.plan(many, 2 * prompts * views, 0, table)]
    assert len(set(pairs[: prompts * views])) == prompts * views
    assert set(Counter(pairs).values()) == {2}


def test_a_plan_does_not_depend_on_how_it_is_cut():
    whole = shots.plan(PROMPTS, 100, 5)
    parts = [shots.plan(PROMPTS, 25, 5, start=start) for start in range(0, 100, 25)]
    assert whole == [shot for part in parts for shot in part]
    assert [shot.index for shot in whole] == list(range(100))
    uneven = [3, 0, 9, 40, 0, 0, 1, 2, 3, 4, 5, 6]
    longer = shots.plan(PROMPTS, 90, 5, start=7, kept=uneven)
    assert shots.plan(PROMPTS, 30, 5, start=7, kept=uneven) == longer[:30]


def test_seeds_are_63_bits_all_different_and_written_down():
    made = shots.plan(PROMPTS, 500, 5)
    assert len({shot.seed for shot in made}) == 500
    assert all(0 <= shot.seed < 2**63 for shot in made)
    assert max(shot.seed for shot in made) > 2**60
    assert not {shot.seed for shot in made} & {shot.seed for shot in shots.plan(PROMPTS, 500, 6)}
    # a seed that changes between versions would make builds that cannot be taken up
    assert shots.plan(PROMPTS, 2, 5)[1].seed == 5847646123669112893


def test_what_is_asked_is_the_prompt_then_the_view():
    made = shots.plan(PROMPTS, 9, 0, TURN)
    assert {shot.text for shot in made} >= {"A man carries a surfboard, side view"}
    assert {shot.avoid for shot in made if shot.view == ", back view"} == {"face"}
    assert {shot.avoid for shot in shots.plan(PROMPTS, 66, 0)} == {""}, "the published build avoids nothing"


def test_views_that_fill_thin_bins_are_asked_for_more():
    seen = [20, 20, 100, 100, 20, 20, 20, 20, 0, 0, 20, 20]  # nobody from behind, many from the front
    count = Counter(shot.view for shot in shots.plan(PROMPTS, 440, 0, kept=seen))
    assert count[", back view"] > 30 > 20 > count[", front view"] > 0
    assert set(count) == {view.phrase for view in VIEWS}, "none is dropped"
    assert count[", back view"] + count[", front view"] + count[""] < 200
    even = Counter(shot.view for shot in shots.plan(PROMPTS, 440, 0, kept=[30] * 12))
    assert set(even.values()) == {20}


def test_few_pictures_decide_little_and_a_mapping_will_do():
    few = shots.wanted(VIEWS, [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert 0.8 < min(few) <= max(few) < 1.2
    by_bin = shots.plan(PROMPTS, 50, 0, kept=Counter({2: 90, 3: 80}))
    assert by_bin == shots.plan(PROMPTS, 50, 0, kept=[0, 0, 90, 80, 0, 0, 0, 0, 0, 0, 0, 0])
    extreme = shots.wanted(VIEWS, [10**6] * 11 + [0])
    assert shots.LEAST <= min(extreme) <= max(extreme) <= shots.MOST


def test_balanced_views_still_meet_every_prompt():
    seen = [20, 20, 100, 100, 20, 20, 20, 20, 0, 0, 20, 20]
    made = shots.plan(PROMPTS, 220, 0, BODY_VIEWS, kept=seen)
    per_view = Counter((shot.view, shot.prompt.text) for shot in made)
    for view in BODY_VIEWS:
        counts = [per_view[(view.phrase, prompt.text)] for prompt in PROMPTS]
        assert max(counts) - min(counts) <= 1
    rounds = [shots.plan(PROMPTS, 1, 0, kept=seen, start=32 * n)[0].prompt.text for n in range(20)]
    assert len(set(rounds)) == 3, "rounds do not all begin with the same prompt"


def test_aims_sum_to_one_and_peak_where_they_are_aimed():
    for view in (*VIEWS, *BODY_VIEWS):
        assert math.isclose(sum(shots.aim(view, 12)), 1.0)
    front = shots.aim(View("", (90.0,)), 12)
    assert {n for n, part in enumerate(front) if part == max(front)} == {2, 3}
    across = shots.aim(View("", (0.0,)), 12)
    assert math.isclose(across[0], across[11])


def test_nothing_to_plan_with_is_told():
    with pytest.raises(ConfigError, match="without a prompt"):
        shots.plan([], 3, 0)
