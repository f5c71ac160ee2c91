import tomllib
from pathlib import Path

import pytest

from chorus_recon.categories import nouns, own
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.archetypes.listed import ARCHETYPES
from chorus_recon.categories.families.listed import FAMILIES
from chorus_recon.categories.own import Own
from chorus_recon.errors import ConfigError, PriorError


def test_what_the_user_says_goes_before_the_table():
    broom = nouns.describe("broom")
    assert own.complete("broom", Own()).uses == pytest.approx(broom.uses)
    small = own.complete("broom", Own(size=Extent(0.9, 0.2, 0.05)))
    assert small.size == Extent(0.9, 0.2, 0.05)
    assert small.family == broom.family
    used = own.complete("broom", Own(uses={"lean_on": 1.0}))
    assert (dict(used.uses), used.size) == ({"lean_on": 1.0}, broom.size)


def test_an_unknown_noun_is_like_a_known_one():
    about = own.complete("Snow shovel", Own(like="shovel"))
    shovel = nouns.describe("shovel")
    assert (about.name, about.family, about.size) == ("snow_shovel", shovel.family, shovel.size)
    assert about.hypernym == "shovel"


def test_uses_that_the_size_does_not_allow_are_left_out():
    toy = own.complete("toy horse", Own(like="horse", size=Extent(0.25, 0.08, 0.22)))
    longest = 0.25
    assert toy.uses
    assert sum(toy.uses.values()) == pytest.approx(1.0)
    assert all(ARCHETYPES[use].longest_m[0] <= longest for use in toy.uses)
    with pytest.raises(PriorError, match=r"what is .* m long cannot be used as"):
        own.complete("giant pen", Own(like="pen", size=Extent(5.0, 0.3, 0.3)))


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        (Own(), "its size"),
        (Own(size=Extent(1, 1, 1)), "how people use it"),
        (Own(uses={"kick": 1.0}), "its size"),
    ],
)
def test_what_is_missing_is_named(said, lacks):
    with pytest.raises(PriorError, match=lacks) as caught:
        own.complete("zorblax", said)
    assert "--like" in caught.value.hint


def test_a_noun_to_be_like_must_be_known():
    with pytest.raises(PriorError, match="no such noun") as caught:
        own.complete("zorblax", Own(like="snow shovel"))
    assert "shovel" in caught.value.hint
    assert "--like 'snow shovel'" in str(caught.value)


def test_a_wrong_noun_in_a_file_is_reported_by_key_and_file(tmp_path: Path):
    path = tmp_path / "it.toml"
    path.write_text('like = "snow shovel"')
    with pytest.raises(PriorError, match="no such noun") as caught:
        own.read_file(path)
    assert f"{path}: like 'snow shovel'" in str(caught.value)
    assert "--like" not in str(caught.value)
    assert "shovel" in caught.value.hint


@pytest.mark.parametrize("text", ["1x2", "axbxc", "1x2x-3", "1x2x99", "0x1x1", "1x1x1x1"])
def test_wrong_sizes_are_explained(text):
    with pytest.raises(ConfigError, match="--size"):
        own.read_size(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shaft_two_hand:1", "no archetype 'shaft_two_hand'"),
        ("lean_on:0.3", "sum to 0.3"),
        ("lean_on:0.3,kick:-0.3", "share of kick is -0.3"),
        ("lean_on", "expected ARCHETYPE:SHARE"),
        ("", "sum to 0"),
    ],
)
def test_wrong_uses_are_explained(text, message):
    with pytest.raises(ConfigError, match=message):
        own.read_uses(text)
    with pytest.raises(ConfigError) as caught:
        own.read_uses("shaft_two_hand:1")
    assert "Did you mean 'shaft_two_hands'?" in caught.value.hint


def test_the_shares_of_a_use_that_is_named_twice_are_added():
    assert own.read_uses("kick:0.7,kick:0.2,lean_on:0.1") == pytest.approx({"kick": 0.9, "lean_on": 0.1})


@pytest.mark.parametrize("noun", ["broom", "banana", "zorblax", "car"])
def test_the_file_that_init_writes_says_what_the_table_says(tmp_path: Path, noun):
    path = tmp_path / "it.toml"
    path.write_text(own.template_text(noun), encoding="utf-8")
    said = own.read_file(path)
    about = nouns.describe(nouns.find(noun) or "tool")
    assert said.size == about.size
    assert said.uses == pytest.approx(about.uses)
    assert said.family == (about.family, {**FAMILIES[about.family].proportions, **about.proportions})
    assert set(tomllib.loads(path.read_text())) <= {*own._KEYS, "version"}


def test_the_file_of_an_unknown_noun_starts_from_what_its_last_word_means_and_lists_all_families():
    text = own.template_text("snow shovel")
    assert "These are the values of shovel: change them." in text
    assert 'family = "shaft"' in text
    for name in FAMILIES:
        assert f"# {name}: {own.described(name)}" in text
        assert len(own.described(name)) > 10


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('famly = "rod"', "unknown key 'famly'", "Did you mean 'family'?"),
        ('family = "rodd"', "no shape family 'rodd'", "Did you mean 'rod'?"),
        ('family = "shaft"\n[proportions]\nhaed = 0.1', "no proportion 'haed'", "Did you mean 'head'?"),
        ("[proportions]\nhead = 0.1", "proportions need a family", "family"),
        ("size = 3", 'size is 3, expected a text in quotes, such as "1.4x0.3x0.05"', "init"),
        (
            'family = "shaft"\n[proportions]\nhead = 7',
            "head is 7, expected a number from -1 to 1.5",
            "0.15 is usual",
        ),
        (
            'family = "tub"\n[proportions]\ncorner = 0',
            "corner is 0, expected a number from 1 to 10",
            "3 is usual",
        ),
        ('size = "1x1"', "is not a size", "Such as"),
        ("[uses]\nkick = 0.4", "sum to 0.4", "sum to 1"),
        ("spread = 3.0", "spread is 3", "fraction"),
        ("[uses]\nkick = true", "uses .*kick.*: expected ARCHETYPE:SHARE", "Such as"),
        ('[uses]\nkick = "1"', "uses .*kick.*: expected ARCHETYPE:SHARE", "Such as"),
        ("version = true", "format version True", "prior init"),
        ("like = 3", "like is 3, expected a text in quotes", "prior init"),
        ("size = ", "cannot be read as TOML", "prior init"),
    ],
)
def test_wrong_files_are_explained(tmp_path: Path, text, message, hint):
    path = tmp_path / "it.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        own.read_file(path)
    assert hint in caught.value.hint


def test_options_go_before_the_file_and_its_mesh_lies_beside_it(tmp_path: Path):
    path = tmp_path / "it.toml"
    path.write_text('like = "broom"\nsize = "1x0.2x0.1"\nmesh = "it.obj"')
    whole = own.over(own.read_file(path), Own(size=Extent(2.0, 0.2, 0.1)))
    assert whole == Own(like="broom", size=Extent(2.0, 0.2, 0.1), mesh=tmp_path / "it.obj")


def test_a_description_is_read_back_from_a_priors_file():
    about = own.complete("snow shovel", Own(like="shovel", size=Extent(1.35, 0.5, 0.12)))
    facts = own.as_dict(about)
    again = own.from_dict(facts)
    assert own.as_dict(again) == facts
    for wrong in (
        {},
        facts | {"size_m": [1.0]},
        facts | {"size_m": [1.0, 1.0, 1e9]},
        facts | {"family": "zorblax"},
        facts | {"spread": float("nan")},
        facts | {"noun": None},
        facts | {"uses": 3},
    ):
        assert own.from_dict(wrong) is None
