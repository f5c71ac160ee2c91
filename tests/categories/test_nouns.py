import csv
from importlib.resources import files

import numpy as np
import pytest

from chorus_recon.backends.images.rendered.surroundings import SETTINGS
from chorus_recon.backends.segment.coco import NAMES as COCO
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import nouns
from chorus_recon.categories.archetypes.listed import ARCHETYPES
from chorus_recon.categories.description import category_of, template
from chorus_recon.categories.families.listed import FAMILIES
from chorus_recon.categories.index import categories
from chorus_recon.categories.unknown import advice
from chorus_recon.io import category_names

NAMES = nouns.names()


def test_every_line_has_all_fields_and_a_name_of_its_own():
    lines = (files("chorus_recon") / "data" / "nouns.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(lines))
    assert tuple(rows[0]) == nouns.FIELDS
    assert {len(row) for row in rows} == {len(nouns.FIELDS)}
    assert len({row[0] for row in rows}) == len(rows)
    assert all(row[0] == category_names.key(row[0]) for row in rows)


def test_no_word_means_two_nouns():
    words: dict[str, str] = {}
    for name in NAMES:
        for word in (name, *map(category_names.key, nouns.describe(name).synonyms)):
            assert word not in words, (word, name, words.get(word))
            words[word] = name


@pytest.fixture(scope="module")
def described():
    return {name: nouns.describe(name) for name in NAMES}


def sizes_of(about):
    return (about.size.length_m, about.size.width_m, about.size.height_m)


def test_every_noun_is_described_plausibly(described):
    for name, about in described.items():
        _check(name, about)


def _check(name, about):
    sizes = sizes_of(about)
    assert all(0.001 < size < 25 for size in sizes), name
    assert 0.01 < about.spread <= 0.45, name
    assert about.family in FAMILIES, name
    assert about.proportions.keys() <= FAMILIES[about.family].proportions.keys(), name
    assert sum(about.uses.values()) == pytest.approx(1.0, abs=1e-6), name
    assert set(about.settings) <= set(SETTINGS), name
    assert about.hypernym in {"", *NAMES}, name
    for use, share in about.uses.items():
        low, high = ARCHETYPES[use].longest_m
        assert share > 0, (name, use)
        assert low <= max(sizes) <= high, (name, use)


def _check_shape(name, about):
    length, width, height = sizes_of(about)
    made = template(about).build(**{size: mean for size, (mean, _) in template(about).sizes.items()})
    used = np.concatenate(made.vertices)[np.unique(np.concatenate(made.faces))]
    assert (used.max(0) - used.min(0)) == pytest.approx([width, height, length], rel=0.03), name


def test_what_is_worn_around_the_body_has_room_for_it(described):
    for name, about in described.items():
        if {"wear_on_trunk", "wear_on_hips"} & about.uses.keys():
            assert about.size.length_m > 0.2, name
            assert about.size.width_m > 0.3, name


def test_a_noun_of_each_family_has_a_shape_of_its_size(described):
    one = {about.family: (name, about) for name, about in described.items()}
    assert len(one) > 40
    for name, about in one.values():
        _check_shape(name, about)


@pytest.mark.sweep
def test_every_noun_has_a_shape_of_its_size(described):
    for name, about in described.items():
        _check_shape(name, about)


def test_hypernyms_end_at_a_noun_without_one():
    for name in NAMES:
        seen = {name}
        while (name := nouns.describe(name).hypernym) and name not in seen:
            seen.add(name)
        assert name == ""


def test_the_nouns_of_coco_and_the_bundled_categories_are_in_the_table():
    assert {category_names.key(noun) for noun in COCO} - {"person"} <= set(NAMES)
    assert set(categories()) <= set(NAMES)


def test_a_noun_is_found_by_synonym_plural_and_spelling():
    assert nouns.find("Besom") == "broom"
    assert nouns.find("besoms") == "broom"
    assert nouns.find("Fire hydrant") == "fire_hydrant"
    assert nouns.find("knives") == "knife"
    assert nouns.find("strawberries") == "strawberry"
    assert nouns.find("toothbrushes") == "toothbrush"
    assert nouns.find("zorblax") is None


def test_bundled_categories_come_before_the_table():
    assert nouns.known("bicycle") is categories()["bicycle"]
    assert nouns.known("mug") is categories()["cup"]
    broom = nouns.known("broom")
    assert broom is nouns.known("dust broom")
    assert broom is not None
    assert "broom" not in categories()


def test_what_a_line_lacks_is_inherited():
    line = nouns._lines()["pear"]
    assert (line.spread, line.uses) != ("", "")
    assert nouns.parse_shares("a:0.7 b:0.3") == nouns.parse_shares("a:0.7,b:0.3") == {"a": 0.7, "b": 0.3}
    assert nouns.parse_family("shaft head=0.2") == ("shaft", {"head": 0.2})
    for wrong in ("1x2", "1x2x0", "axbxc", "1x-2x3", "1x2xinf"):
        with pytest.raises(ValueError, match=r".*"):
            nouns.parse_size(wrong)


def test_an_unknown_noun_is_told_its_nearest_nouns_by_meaning():
    assert "shovel" in advice("snow shovel")
    assert "hockey stick" in advice("ice hockey stick")
    assert "Did you mean 'bicycle'?" in advice("bicicle")
    for text in (advice("zorblax"), advice("snow shovel")):
        assert all(option in text for option in ("--like", "--size", "--use", "prior init", "your own mesh"))


@pytest.mark.parametrize("name", ["broom", "banana", "stroller", "glasses"])
def test_a_category_of_the_table_is_complete(name):
    about = nouns.describe(name)
    category = category_of(about)
    rows = {row.name for row in category.interactions()}
    assert sum(row.share for row in category.interactions()) == pytest.approx(1.0, abs=1e-4)
    assert len(rows) == len(category.interactions())
    assert category.predicates
    assert all(set(predicate.shows) <= rows for predicate in category.predicates)
    low, high = category.longest_side_m
    assert low < max(about.size.length_m, about.size.width_m, about.size.height_m) < high
    (shape,) = TemplateShapes().shapes(name)
    assert len(shape.modes) == len(shape.mode_names) > 0


def test_round_things_stay_round():
    (plate,) = TemplateShapes().shapes("muffin")
    assert plate.symmetry == "axis_y"
    assert plate.mode_names == ("diameter_m", "height_m")
    (orange,) = TemplateShapes().shapes("soccer_ball")
    assert orange.symmetry == "sphere"
