"""Words of `prior build` that are wrong are refused before anything is written."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chorus_recon.backends.images.presets import PRESETS
from chorus_recon.cli import main


def run(*words):
    done = CliRunner().invoke(main, ["prior", "build", *map(str, words)])
    return done, " ".join(done.stderr.replace("\u2502", " ").split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cup", "--source", "bogus"), "There is no images backend 'bogus'"),
        (("cup", "--source", "photos"), "needs a folder of pictures"),
        (("cup", "--source", "photos:absent"), "needs a folder of pictures, not 'absent'"),
        (("cup", "--source", "diffusers:sd15", "--shard", "foo"), "foo: expected I/N"),
        (("cup", "--source", "diffusers:sd15", "--shard", "4/3"), "no shard 4 of 3"),
        (("cup", "--source", "diffusers:sd15", "--shard", "1/3", "--until-converged"), "when to stop"),
        (("cup", "--source", "diffusers:sd15", "--backend", "shape=templates"), "segmenter and human"),
        (("cup", "--seed", 99999999999999999999), "99999999999999999999 is not in the range"),
        (("cup", "--seed", -1), "-1 is not in the range"),
        (("../evil",), "'../evil' is no noun"),
        (("..",), "'..' is no noun"),
        ((" ",), "' ' is no noun"),
    ],
)
def test_wrong_words_are_mistakes_of_usage(tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    done, said = run(*words)
    assert (done.exit_code, list(Path().iterdir())) == (2, []), done.output
    assert told in said


def test_a_device_that_is_none_is_told_before_any_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for more in ((), ("--executor", "ray")):
        done, said = run("cup", "--source", "diffusers:sd15", "--device", "bogus", *more)
        assert (done.exit_code, list(Path().iterdir())) == (1, []), done.output
        assert "--device bogus does not work here" in said


def test_the_help_names_the_models_that_have_short_names():
    listed = CliRunner().invoke(main, ["prior", "build", "--help"]).stdout.split("--model")[0]
    for name in PRESETS:
        assert name in "".join(listed.split()), name
