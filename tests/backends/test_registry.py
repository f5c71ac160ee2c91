import sys
from importlib import metadata
from types import ModuleType

import pytest

from chorus_recon.backends import registry
from chorus_recon.errors import MissingBackend


class Pen:
    def __init__(self, argument="black", device="cpu"):
        self.made_of = (argument, device)


@pytest.fixture
def plugin(monkeypatch):
    """A package that registers a renderer."""
    module = ModuleType("a_plugin")
    module.Drawer = type("Drawer", (), {"name": "drawer"})
    module.Pen = Pen
    module.OtherBody = type("OtherBody", (), {"id": "other"})
    monkeypatch.setitem(sys.modules, "a_plugin", module)
    points = [
        metadata.EntryPoint("render.drawer", "a_plugin:Drawer", registry.GROUP),
        metadata.EntryPoint("render.pen", "a_plugin:Pen", registry.GROUP),
        metadata.EntryPoint("body.other", "a_plugin:OtherBody", registry.GROUP),
        metadata.EntryPoint("render.gone", "no_such_package:Drawer", registry.GROUP),
        metadata.EntryPoint("render.stale", "a_plugin:Pencil", registry.GROUP),
        metadata.EntryPoint("render.embree", "a_plugin:Drawer", registry.GROUP),
    ]
    monkeypatch.setattr(registry.metadata, "entry_points", lambda group: points)


def test_defaults_satisfy_their_protocols():
    backends = registry.load()
    assert isinstance(backends.segmenter, registry.Segmenter)
    assert isinstance(backends.human, registry.HumanEstimator)
    assert isinstance(backends.body, registry.BodyModel)
    assert isinstance(backends.renderer, registry.Renderer)
    assert isinstance(backends.shapes, registry.ShapeSource)


def test_an_installed_package_adds_a_name_but_cannot_take_a_built_in_one(plugin):
    assert registry.find("render", "drawer").__name__ == "Drawer"
    assert registry.names("render")["embree"] == registry.BUILT_IN["render"]["embree"]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"render": "embre"}, "Did you mean 'embree'?"),
        ({"segmentor": "default"}, "Did you mean 'segmenter'?"),
        ({"body": "zzz"}, "Known: default, smpl"),
    ],
)
def test_an_unknown_name_suggests_the_near_match(choices, words):
    with pytest.raises(MissingBackend) as caught:
        registry.load(choices)
    assert words in str(caught.value)


def test_a_missing_library_names_what_to_install(plugin):
    with pytest.raises(MissingBackend) as caught:
        registry.find("render", "gone")
    assert "pip install no_such_package" in caught.value.hint


def test_a_stale_registration_is_reported(plugin):
    with pytest.raises(MissingBackend, match="does not exist"):
        registry.find("render", "stale")


def test_what_stands_after_the_colon_and_the_device_reach_those_who_take_them(plugin):
    assert registry.make("render", "pen").made_of == ("black", "cpu")
    assert registry.make("render", "pen:red: dark", "cuda").made_of == ("red: dark", "cuda")
    assert registry.make("render", "drawer", "cuda").name == "drawer"
    with pytest.raises(MissingBackend, match="takes no argument \\('red'\\)"):
        registry.make("render", "drawer:red")


def test_a_body_that_cannot_be_fitted_is_reported(plugin):
    assert registry.load({"body": "default"}).body.id == registry.load().body.id
    with pytest.raises(MissingBackend, match="poses the body 'chorus-body-v1', and 'other' cannot be fitted"):
        registry.load({"body": "other"})
