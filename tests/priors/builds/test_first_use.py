"""The cache of priors that are built on first use."""

import pytest

from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors import first_use
from tests.ageing import set_days_ago
from tests.scenes import prior_of, world


@pytest.fixture
def begun(monkeypatch):
    """Builds the same small prior of every noun; its calls are kept in `nouns`."""

    def begun(kept, like):
        begun.nouns.append(kept.subject.category.name)
        return lambda *told: None

    begun.nouns = []
    small = prior_of(world())
    monkeypatch.setattr(first_use.rendered, "build", lambda *args, **options: small)
    return begun


def test_a_prior_that_nobody_used_for_a_month_goes_when_another_is_built(begun):
    broom, rake = (first_use.file_of(noun, begun) for noun in ("broom", "rake"))
    mine = save_prior(first_use.folder() / "mine.prior.safetensors", prior_of(world()))
    for path in (broom, rake, mine):
        set_days_ago(path, 40)
    assert first_use.file_of("rake", begun) == rake  # is still used
    assert begun.nouns == ["broom", "rake"]
    assert broom.exists()
    mop = first_use.file_of("mop", begun)
    assert sorted(first_use.folder().glob("*.safetensors")) == sorted([rake, mop, mine])
    assert first_use.file_of("broom", begun) == broom
    assert begun.nouns == ["broom", "rake", "mop", "broom"]
