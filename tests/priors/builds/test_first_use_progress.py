"""What is shown while a missing prior is built on first use."""

import io
from pathlib import Path

import click
import pytest

from chorus_recon.commands.priors import ready
from chorus_recon.priors import first_use


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def builds(monkeypatch):
    """A build of two interactions that takes no time."""

    def build(kept, config=None, progress=None) -> Path:
        progress("shaft_two_hands_right", 1, 2)
        progress("lean_on_right", 2, 2)
        return kept.path

    monkeypatch.setattr(first_use, "build", build)


@pytest.fixture(autouse=True)
def command():
    """The command whose options say how much is printed."""
    with click.Context(click.Command("chorus-recon")) as context:
        yield context


def test_elsewhere_each_interaction_is_a_line(builds, capsys):
    assert ready.prior_file("broom").name.startswith("broom-")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Building the prior of 'broom' (once")
    assert lines[1:] == ["  1 of 2: shaft_two_hands_right", "  2 of 2: lean_on_right"]


def test_a_terminal_shows_a_bar_that_is_taken_away(builds, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = _Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    ready.prior_file("broom")
    text = screen.getvalue()
    assert "2/2" in text
    assert "lean on right done" in text
    assert "2 of 2" not in text
    assert text.endswith("\x1b[2K")  # the bar's line is erased


def test_what_is_bundled_shows_nothing(builds, monkeypatch):
    screen = _Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    assert ready.prior_file("skateboard") is None
    assert screen.getvalue() == ""
