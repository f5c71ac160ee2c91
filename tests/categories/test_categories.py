"""Each category is complete, has its own folder, and its prompts are tied to its interactions."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from chorus_recon.backends.images.rendered.source import RenderedConfig, RenderedPhotos
from chorus_recon.backends.images.rendered.surroundings import SETTINGS
from chorus_recon.backends.images.rendered.wardrobe import OCCASIONS
from chorus_recon.backends.images.scenes import scene
from chorus_recon.backends.language.grammar import during, with_article
from chorus_recon.backends.language.shown import interactions_shown
from chorus_recon.backends.language.verbs import VerbTable
from chorus_recon.categories import index
from chorus_recon.categories.index import categories
from chorus_recon.types import Prompt, Reason, Rejected, Shot
from tests.sweeps import sampled

PROMPTS = 20  # as many as a build asks for by default
FOLDER = Path(index.__file__).parent


def test_each_category_has_a_folder_of_its_name_with_its_shape_and_interactions():
    for file in ("shape.py", "interactions.py"):
        assert sorted(path.parent.name for path in FOLDER.rglob(file)) == list(categories())


def test_two_categories_of_one_name_are_an_error(monkeypatch):
    folder = SimpleNamespace(CATEGORIES=(categories()["cup"],))
    monkeypatch.setattr(index, "importlib", SimpleNamespace(import_module=lambda name: folder))
    with pytest.raises(ValueError, match="'cup' is defined twice"):
        index.categories.__wrapped__()


def _imports(path: Path) -> set[Path]:
    """Folders inside `categories/` that a module imports from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        module = node.module if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("chorus_recon.categories"):
            for alias in node.names:
                place = FOLDER.parent.parent.joinpath(*module.split("."), alias.name)
                while not (place.is_dir() or place.with_suffix(".py").exists()):
                    place = place.parent  # a name in a module
                found.add(place if place.is_dir() else place.parent)
    return found


def test_modules_import_from_their_own_folder_and_those_above_it():
    for path in FOLDER.rglob("*.py"):
        shared = {FOLDER / "archetypes", FOLDER / "families"} if path.parent == FOLDER else set()
        assert _imports(path) <= {path.parent, *path.parent.parents, *shared}, path


def test_every_category_is_complete():
    for name, category in categories().items():
        _check(name, category)


def _check(name, category):
    rows = {row.name for row in category.interactions()}
    assert category.name == name
    assert category.templates
    assert category.predicates
    assert category.settings
    assert category.occasions
    assert set(category.settings) <= set(SETTINGS)
    assert set(category.occasions) <= set(OCCASIONS)
    for predicate in category.predicates:
        assert set(predicate.shows) <= rows, predicate.text


@pytest.mark.parametrize(
    "name", sampled(categories(), lambda name: name in ("bed", "bicycle", "cup", "horse"))
)
def test_every_default_prompt_is_shown_by_its_own_interactions_or_by_none(name, monkeypatch):
    category = categories()[name]
    thing = with_article(category.spoken)
    phrases = {predicate.text.format(it=thing): predicate for predicate in category.predicates}
    tried = []
    monkeypatch.setattr(scene, "make_scenes", lambda rig, row, *rest: tried.append(row.name) or [])
    monkeypatch.setattr(RenderedPhotos, "rig", None)
    source = RenderedPhotos(RenderedConfig((64, 48), samples=1))
    prompts = VerbTable().prompts(name, PROMPTS, 0)
    assert len(prompts) == PROMPTS
    for number, prompt in enumerate(prompts):
        said = [text for text in phrases if prompt.text.endswith((f" {text}", f" {during(text)}"))]
        wanted = set(phrases[max(said, key=len)].shows)
        assert {row.name for row in interactions_shown(category, prompt)} == wanted, prompt.text
        tried.clear()
        assert isinstance(source.stage(Shot(number, prompt, "", "", number)), Rejected)
        assert set(tried) <= wanted, prompt.text
        assert bool(tried) == bool(wanted), prompt.text


def test_the_longest_predicate_in_the_text_decides():
    surfboard = categories()["surfboard"]
    rows = interactions_shown(
        surfboard, Prompt("surfboard", "A man carries a surfboard on the head", "carries")
    )
    assert [row.name for row in rows] == ["carry_on_head"]


def test_other_words_are_matched_by_their_verb():
    horse = categories()["horse"]
    rows = interactions_shown(horse, Prompt("horse", "A man strokes the brown horse", "strokes"))
    assert {row.name for row in rows} == {"pat_left", "pat_right"}
    assert interactions_shown(horse, Prompt("horse", "A man washes the horse", "washes")) == ()


def test_a_prompt_that_no_interaction_shows_is_rejected():
    prompt = Prompt("bicycle", "A man lifts a bicycle", "lifts")
    result = RenderedPhotos(RenderedConfig((64, 48), samples=1)).stage(Shot(0, prompt, "", "", 1))
    assert isinstance(result, Rejected)
    assert result.reason is Reason.NO_POSE
    assert "A man lifts a bicycle" in result.detail
