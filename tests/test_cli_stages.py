import io
import sys
from dataclasses import replace

import click
import pytest

from chorus_recon.cli import main
from chorus_recon.commands.stages import StageLine
from chorus_recon.pipeline.output.words import also, otherwise, summary
from chorus_recon.pipeline.stages import STAGES, Clock
from chorus_recon.types import Considered
from tests import scenes


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, True), (io.StringIO, False)])
def test_stages_are_shown_on_a_terminal_only(monkeypatch, stream, shown):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream())
    with click.Context(main), StageLine() as line:
        line("detect")
        line("place")
    assert ("placing the object" in sys.stderr.getvalue()) == shown
    assert bool(sys.stderr.getvalue()) == shown


def test_every_stage_is_told_and_has_words():
    told = []
    clock = Clock(told.append)
    with clock.stage("detect"), clock.stage("human"):
        pass
    assert told == ["detect", "human"]
    assert set(scenes.fake_reconstruction((80, 60)).seconds) <= set(STAGES)


def test_what_else_it_could_be_is_named():
    result = scenes.fake_reconstruction((80, 60))
    seen = tuple(
        Considered(name, 0, (0.0, 0.0, 9.0, 9.0), share)
        for name, share in (("skateboard", 0.7), ("tie", 0.2))
    )
    lines = otherwise(replace(result, considered=seen, nothing=0.1))
    assert lines[-2:] == ["20%: tie instead", "10%: nothing is used"]
    assert lines[0].startswith(f"{result.placements[1].probability:.0%}: ")


def test_the_others_of_a_photo_are_told_with_how_sure_each_is():
    result = scenes.fake_reconstruction((80, 60))
    wrong = replace(result.placements[0], probability=0.3)
    doubtful = replace(result, placements=(wrong,), person=2)
    alone = replace(result, placements=(), person=1)
    lines = also(replace(result, others=(doubtful, alone)))
    assert lines == [f"person 2: {summary(doubtful)}", "person 1: person only"]
    maybe = replace(alone, considered=(Considered("cell_phone", 1, (0.0, 0.0, 9.0, 9.0), 0.3),), nothing=0.7)
    (line,) = also(replace(result, others=(maybe,)))
    assert line == "person 1: person only, probably nothing is used (70%); perhaps cell phone 30%"
    assert "unsure (30%)" in lines[0]


def test_nobody_is_unsure_which_object_is_used_where_probably_none_is():
    seen = (Considered("tie", 0, (0.0, 0.0, 9.0, 9.0), 0.1),)
    alone = replace(scenes.fake_reconstruction((80, 60)), placements=(), considered=seen)
    assert summary(replace(alone, nothing=0.9)) == "person only, probably nothing is used (90%)"
    assert summary(replace(alone, nothing=0.3)) == "person only, unsure which object is used"
    assert otherwise(replace(alone, nothing=0.9)) == []
