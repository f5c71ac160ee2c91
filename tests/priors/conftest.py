"""The commands of priors on pictures whose truth is known."""

import pytest
from click.testing import CliRunner
from PIL import Image

from tests.priors import making

LICENCES = {"text by tests": "Apache-2.0"}


@pytest.fixture
def cli(monkeypatch, tmp_path):
    from chorus_recon.backends import registry
    from chorus_recon.cli import main
    from chorus_recon.priors import factory
    from chorus_recon.priors.inspection import page
    from chorus_recon.priors.prompts.prompts import Written

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(registry.BUILT_IN["images"], "fake", "tests.priors.making:FakeImages")
    monkeypatch.setattr(factory, "plan", lambda chosen: making.plan)
    monkeypatch.setattr(factory, "observer", lambda chosen, backends, device: making.observer)
    monkeypatch.setattr(factory, "check", lambda *checked, **more: None)
    monkeypatch.setattr(factory, "context", lambda chosen, mode, longest: making.context(longest))
    monkeypatch.setattr(factory, "write_prompts", lambda *asked: Written(making.PROMPTS, (), LICENCES))
    monkeypatch.setattr(page, "draw", lambda *drawn: Image.new("RGB", (40, 30)))
    return lambda *words: CliRunner().invoke(main, [str(w) for w in ("prior", *words)])
