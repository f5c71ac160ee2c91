import pytest

from chorus_recon.backends.segment import coco
from chorus_recon.categories.index import categories
from chorus_recon.errors import PriorError
from chorus_recon.io import category_names
from chorus_recon.io.category_names import did_you_mean, key, resolve, suggestions
from chorus_recon.io.prior_files import bundled, load_prior, locate


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        ("bike", "bicycle"),
        ("Bikes", "bicycle"),
        ("a bicycle", "bicycle"),
        ("skis", "skis"),
        ("ski", "skis"),
        ("cellphone", "cell_phone"),
        ("Cell-Phones", "cell_phone"),
        ("mobile phone", "cell_phone"),
        ("sofa", "couch"),
        ("couches", "couch"),
        ("wineglass", "wine_glass"),
        ("wine-glasses", "wine_glass"),
        ("surf board", "surfboard"),
        ("tennisracket", "tennis_racket"),
        ("benches", "bench"),
        ("rucksacks", "backpack"),
    ],
)
def test_a_noun_means_its_category_for_photos_priors_and_the_detector(noun, name):
    assert resolve(noun) == resolve(noun, loosely=False) == name
    assert locate(noun) == locate(name)
    if category_names.words(name) in coco.NAMES:
        assert coco.canonical(noun) == category_names.words(name)


def test_wider_and_narrower_nouns_count_for_photos_only():
    for noun, name in (("mug", "cup"), ("bags", "handbag"), ("tennis ball", "sports_ball")):
        assert resolve(noun) == name
        assert resolve(noun, loosely=False) == key(noun) or noun == "bags"
    assert resolve("bags", loosely=False) == "bags"


def test_other_nouns_stay_as_they_are():
    assert resolve("Hover Board") == "hover_board"
    assert resolve("zeppelin") == "zeppelin"
    assert key("  Tennis - racket ") == "tennis_racket"


@pytest.mark.parametrize(
    ("noun", "names"),
    [
        ("mountain unicycle", ["bicycle"]),
        ("red umbrella", ["umbrella"]),
        ("helmet", ["hat"]),
        ("ukuleles", ["guitar"]),
        ("golf ball", ["sports_ball"]),
        ("donkey", ["horse"]),
        ("frisbe", ["frisbee"]),
        ("umbrela", ["umbrella"]),
        ("zeppelin", []),
    ],
)
def test_suggestions_are_by_meaning_then_by_spelling(noun, names):
    assert suggestions(noun, bundled()) == names


def test_an_unknown_noun_gets_two_lines():
    with pytest.raises(PriorError) as caught:
        load_prior("helmet")
    assert caught.value.message == "There is no bundled prior for 'helmet'. Did you mean 'hat'?"
    assert "prior list" in caught.value.hint
    assert "prior build helmet" in caught.value.hint
    assert len(caught.value.hint) < 120
    assert did_you_mean("zeppelin", bundled()) == ""
    assert suggestions("helmet", ["horse"]) == []


def test_no_noun_belongs_to_two_categories():
    named = [category_names.squeezed(noun) for row in categories().values() for noun in row.synonyms]
    loose = [category_names.squeezed(noun) for row in categories().values() for noun in row.loosely]
    names = [category_names.squeezed(name) for name in categories()]
    assert len({*named, *loose, *names}) == len(named) + len(loose) + len(names)
    for row in categories().values():
        assert not {resolve(noun) for noun in row.related} & {row.name}, row.name
