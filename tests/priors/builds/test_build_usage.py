"""Words of `prior build` that are wrong are refused before anything is written."""

from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from click.testing import CliRunner

from chorus_recon.backends.images.presets import PRESETS
from chorus_recon.cli import main


def run(*words):
    done = CliRunner().invoke(main, ["prior", "build", *map(str, words)])
    return done, " ".join(done.stderr.replace("\u2502", " ").split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("cup", "--source", "bogus"), "There is no images backend 'bogus'"),
        (("cup", "--source", "rendered:x"), "There is no images backend 'rendered'"),
        (("cup", "--source", "photos"), "needs a folder of pictures"),
        (("cup", "--source", "photos:absent"), "needs a folder of pictures, not 'absent'"),
        (("cup", "--source", "diffusers:sd15", "--shard", "foo"), "foo: expected I/N"),
        (("cup", "--source", "diffusers:sd15", "--shard", "4/3"), "no shard 4 of 3"),
        (
            ("cup", "--source", "diffusers:sd15", "--shard", "1/3", "--until-converged"),
            "cannot detect convergence",
        ),
        (("cup", "--source", "diffusers:sd15", "--backend", "shape=templates"), "segmenter and human"),
        (("cup", "--seed", 99999999999999999999), "99999999999999999999 is not in the range"),
        (("cup", "--seed", -1), "-1 is not in the range"),
        (("../evil",), "Invalid category name: '../evil'."),
        (("..",), "Invalid category name: '..'."),
        ((" ",), "Invalid category name: ' '."),
        (("x" * 101,), "a noun has at most 100 letters"),
    ],
)
def test_wrong_options_are_usage_errors(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    done, said = run(*words)
    assert (done.exit_code, list(Path().iterdir())) == (2, []), done.output
    assert message in said


def test_a_device_that_does_not_work_is_an_error_before_any_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for more in ((), ("--executor", "ray")):
        done, said = run("cup", "--source", "diffusers:sd15", "--device", "bogus", *more)
        assert (done.exit_code, list(Path().iterdir())) == (1, []), done.output
        assert "--device bogus does not work here" in said


def test_the_help_names_the_models_that_have_short_names():
    listed = CliRunner().invoke(main, ["prior", "build", "--help"]).stdout.split("--model")[0]
    for name in PRESETS:
        assert name in "".join(listed.split()), name


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("cup", "--source", "diffusers:sd15", "--backend", "human=bogus"), "no human backend 'bogus'"),
        (("cup", "--source", "diffusers:sd15,steps=many"), "steps"),
        (("zorblax", "--source", "rendered-photos"), "has no template for 'zorblax'"),
        (("zorblax",), "Nothing is known of 'zorblax'"),
    ],
)
def test_a_build_that_cannot_start_creates_no_folder(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    done, said = run(*words, "-o", "b")
    assert (done.exit_code, list(Path().iterdir())) == (1, []), done.output
    assert message in said


def test_a_build_that_finished_nothing_makes_way(cli, monkeypatch):
    from chorus_recon.errors import WeightsError
    from chorus_recon.priors import factory

    def broken(chosen, backends, device):
        def fail():
            raise WeightsError("No such model.")

        return fail

    words = ("build", "box", "--images", 4, "-o", "b", "--source")
    with monkeypatch.context() as patched:
        patched.setattr(factory, "observer", broken)
        assert cli(*words, "fake:misspelt").exit_code == 1
    done = cli(*words, "fake")
    assert done.exit_code == 0, done.output
    assert "Replacing an unfinished build that used other settings." in done.stderr
    refused = cli(*words, "fake", "--seed", 1)
    assert "holds a build with seed 0, not 1" in refused.stderr


def test_a_folder_taken_by_another_build_meanwhile_is_left_to_it(tmp_path):
    from dataclasses import replace

    from chorus_recon.errors import ConfigError
    from chorus_recon.priors import build
    from chorus_recon.priors.jobs import collect, settings
    from chorus_recon.priors.jobs.storage import Storage
    from tests.priors import making

    folder = Storage(str(tmp_path / "b"))

    def observer():
        settings.start_or_resume(folder, replace(making.SETTINGS, seed=1), 4)
        return making.observer()

    with pytest.raises(ConfigError, match="holds a build with seed 1, not 0"):
        build.build(folder, making.SETTINGS, build.Extent(8), making.plan, observer, making.context())
    assert not collect.finished(folder)


def test_an_output_that_is_a_file_is_told_before_any_work(cli):
    Path("b").write_text("mine")
    for where in ("b", "b/c"):
        for words in (("box", "--source", "fake", "--images", 4), ("skateboard",)):
            done = cli("build", *words, "-o", where)
            assert done.exit_code == 1
            assert "b: is a file, not a folder." in done.stderr
            assert " of " not in done.stderr, "no work was begun"
    assert Path("b").read_text() == "mine"


def test_no_hidden_name_is_told_where_a_file_cannot_be_written(tmp_path):
    from chorus_recon.errors import OutputError
    from chorus_recon.priors.jobs.storage import Storage

    (tmp_path / "b").write_text("")
    with pytest.raises(OutputError, match=r"b/c/x: cannot be written") as error:
        Storage(str(tmp_path / "b")).write("c/x", b"")
    assert ".part" not in str(error.value)


def test_a_damaged_build_file_costs_no_picture(cli):
    words = ("build", "box", "--source", "fake", "--images", 4, "-o", "b")
    assert cli(*words).exit_code == 0
    Path("b/build.json").write_text("{")
    done = cli(*words)
    assert "b/build.json: not a valid build file" in done.stderr
    assert "Remove this file and run the same command" in done.stderr
    Path("b/build.json").unlink()
    made = Path("b/shards/000000-004.tar").stat().st_mtime_ns
    assert cli(*words).exit_code == 0
    assert Path("b/shards/000000-004.tar").stat().st_mtime_ns == made


def test_the_old_name_of_the_aggregation_still_works_and_says_so(cli):
    words = ("build", "box", "--source", "fake", "--images", 4)
    made = {}
    for name in ("robust", "ours"):
        done = cli(*words, "--aggregation", name, "-o", name)
        assert done.exit_code == 0, done.output
        assert done.stderr.count("deprecated") == (name == "ours")
        made[name] = Path(name, "box.prior.safetensors").read_bytes()
    assert made["robust"] == made["ours"]
    assert "[robust|paper]" in cli("build", "--help").stdout
    assert cli(*words, "--aggregation", "other").exit_code == 2


def test_sources_declare_what_they_can_do(monkeypatch):
    from chorus_recon.backends import registry
    from chorus_recon.backends.capabilities import DEFAULT_CAPABILITIES, Capability
    from chorus_recon.errors import MissingBackend

    monkeypatch.setitem(registry.BUILT_IN["images"], "fake", "tests.priors.making:FakeImages")
    monkeypatch.setitem(registry.BUILT_IN["images"], "absent", "no_such_package:Source")
    assert registry.capabilities("rendered") == Capability.TRUE_SCENES
    assert registry.capabilities("rendered-photos") == Capability.PROMPTS
    assert registry.capabilities("photos:absent") == Capability.FIXED_PICTURES
    assert registry.capabilities("diffusers:sd15") == Capability.PROMPTS | Capability.MODEL
    assert registry.capabilities("fake") == registry.capabilities("absent") == DEFAULT_CAPABILITIES
    with pytest.raises(MissingBackend):
        registry.capabilities("bogus")
