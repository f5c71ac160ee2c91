"""`prior build` of nouns without a category: options that describe them, and the source chosen for them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from chorus_recon.backends import hub_models
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.own import Own
from chorus_recon.cli import main
from chorus_recon.commands import reconstruct
from chorus_recon.commands.priors import ready, source
from chorus_recon.io.prior_files import load_prior, save_prior
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.priors import first_use

OPTIONS = {"model": None, "backends": ()}


@pytest.fixture
def cli(tmp_path, monkeypatch, hasty_scenes):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(main, ["prior", *map(str, words)])


def test_a_noun_of_the_table_is_built_without_a_model(cli):
    done = cli("build", "dust broom", "--scenes", 2, "--views", 1, "--grid", 12, "--use", "lean_on:1")
    assert done.exit_code == 0, done.output
    assert done.stdout == "dust_broom.prior.safetensors\n"
    assert "--source rendered: the options describe the thing." in done.stderr
    assert {c.cluster for c in load_prior(Path(done.stdout.strip())).clusters} == {
        "lean_on_right",
        "lean_on_left",
    }


def test_a_folder_keeps_records_of_rendered_scenes_and_a_report(cli):
    pytest.importorskip("pyarrow")
    words = ("build", "dust broom", "--scenes", 2, "--views", 1, "--grid", 12, "--use", "shaft_one_hand:1")
    alone, kept = cli(*words), cli(*words, "-o", "kept")
    assert (alone.exit_code, kept.exit_code) == (0, 0), kept.output
    assert kept.stdout == "kept/dust_broom.prior.safetensors\n"
    assert Path(kept.stdout.strip()).read_bytes() == Path(alone.stdout.strip()).read_bytes()
    assert "2 of 2 pictures kept" in Path("kept/report.html").read_text()
    assert Path("kept/records.parquet").is_file()
    sheet = cli("show", "kept", "--kept", "-o", "sheet.png")
    assert sheet.exit_code == 0, sheet.output
    pixels = np.asarray(Image.open("sheet.png")).astype(int)
    assert ((pixels[..., 0] - pixels[..., 2]) > 100).any()  # the thing is red


@pytest.mark.sweep  # the same without the command line is tested always
def test_shards_of_rendered_scenes_merge(cli):
    pytest.importorskip("pyarrow")
    words = ("build", "dust broom", "--scenes", 2, "--views", 1, "--use", "shaft_one_hand:0.5,lean_on:0.5")
    for number in (1, 2):
        part = cli(*words, "--shard", f"{number}/2", "-o", f"part{number}")
        assert (part.exit_code, part.stdout) == (0, ""), part.output
        assert "1 chunk of other shards is missing" in part.stderr
    whole = cli("merge", "part1", "part2", "-o", "whole", "--grid", 12)
    assert whole.exit_code == 0, whole.output
    alone = cli(*words, "--grid", 12)
    assert Path(whole.stdout.strip()).read_bytes() == Path(alone.stdout.strip()).read_bytes()


def test_a_file_that_init_wrote_builds_the_noun(cli):
    assert cli("init", "snow shovel").stdout == "snow_shovel.toml\n"
    assert cli("init", "snow shovel").exit_code == 2  # it exists
    text = Path("snow_shovel.toml").read_text()
    head, _, _ = text.partition("[uses]")
    Path("snow_shovel.toml").write_text(head + "[uses]\nshaft_one_hand = 1.0\n")
    done = cli(
        "build", "snow shovel", "--description", "snow_shovel.toml", "--scenes", 2, "--views", 1, "--grid", 12
    )
    assert done.exit_code == 0, done.output
    prior = load_prior(Path("snow_shovel.prior.safetensors"))
    assert {c.cluster for c in prior.clusters} == {"shaft_one_hand_right", "shaft_one_hand_left"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("snow shovel",), "Nearest in meaning: shovel"),
        (("zorblax",), "Nothing is known of 'zorblax'"),
        (("broom", "--use", "lean_on:0.2"), "the shares sum to 0.2"),
        (("broom", "--mesh-up", "z"), "--mesh, which is not given"),
        (("broom", "--size", "1x1"), "is not a size"),
        (("broom", "--size", ""), "is not a size"),
        (("broom", "--use", ""), "the shares sum to 0"),
    ],
)
def test_wrong_descriptions_are_errors_before_any_work(cli, words, message):
    done = cli("build", *words)
    assert done.exit_code == 1
    assert message in " ".join(done.stderr.split())
    assert list(Path().glob("*.safetensors")) == []


def test_a_file_of_a_prior_that_is_missing_is_no_noun(cli):
    done = cli("merge", "absent.safetensors", "other.safetensors", "--weights", "1,1", "-o", "joined")
    assert done.exit_code == 2
    assert "absent.safetensors: no such file" in done.stderr


def test_descriptions_apply_to_rendered_scenes_only(cli):
    Path("p").mkdir()
    done = cli("build", "broom", "--size", "1x1x1", "--source", "photos:p")
    assert done.exit_code == 2
    assert "--size does not apply" in done.stderr


def test_auto_takes_pictures_only_where_model_segmenter_and_gpu_are(monkeypatch):
    def at_hand(gpu: bool, library: bool, cached: bool) -> None:
        monkeypatch.setattr("torch.cuda.is_available", lambda: gpu)
        monkeypatch.setattr(source.importlib.util, "find_spec", lambda name: object() if library else None)
        monkeypatch.setattr(hub_models, "is_cached", lambda repo: cached)

    at_hand(True, True, True)
    assert source.choose("scissors", OPTIONS, False).source == "diffusers"
    assert source.choose("scissors", OPTIONS, True).source == "rendered"
    assert source.choose("bicycle", OPTIONS, False).source == "rendered"  # bundled
    no_segmenter = source.choose("broom", OPTIONS, False)
    assert (no_segmenter.source, "a segmenter that knows" in no_segmenter.why) == ("rendered", True)
    assert source.choose("broom", {**OPTIONS, "backends": ("segmenter=sam3",)}, False).source == "diffusers"
    for gpu, library, cached, lacks in (
        (False, True, True, "a GPU"),
        (True, False, True, "a text-to-image model"),
        (True, True, False, "a text-to-image model"),
    ):
        at_hand(gpu, library, cached)
        chosen = source.choose("scissors", OPTIONS, False)
        assert (chosen.source, lacks in chosen.why) == ("rendered", True)
    assert source.choose("scissors", {**OPTIONS, "model": "sd15"}, False).source == "diffusers"


def test_the_list_tells_bundled_cached_and_possible(cli):
    nouns = cli("list", "--possible").stdout.splitlines()
    assert "broom" in nouns
    assert "bicycle" not in nouns
    done = cli("list")
    assert "bicycle" in done.stdout
    assert "other nouns can be built" in done.stderr
    assert "(cached)" not in done.stdout
    kept = first_use.place("broom")
    save_prior(kept.path, replace(load_prior("hat"), category="broom"))
    assert "broom            body chorus-body-v1" in cli("list").stdout
    assert "(cached)" in cli("list").stdout


def test_the_main_command_builds_a_missing_prior_once(cli, monkeypatch, tmp_path):
    built = []

    def build(kept, config=None, progress=None):
        built.append(kept.subject.category.name)
        progress("held", 1, 1)
        return kept.path

    monkeypatch.setattr(first_use, "build", build)
    monkeypatch.setattr(ready, "say", lambda text: None)
    config = reconstruct.with_prior(ReconstructConfig(category="dust broom"))
    assert config.prior is not None
    assert config.prior.parent == tmp_path / "cache" / "priors"
    assert built == ["broom"]
    for same in (
        ReconstructConfig(category="bicycle"),
        ReconstructConfig(category="broom", human_only=True),
        ReconstructConfig(category="broom", prior=Path("mine.prior.safetensors")),
        ReconstructConfig(),
    ):
        assert reconstruct.with_prior(same) == same
    assert built == ["broom"]


def test_the_main_command_builds_what_is_described(cli, monkeypatch):
    built = []

    def build(kept, config=None, progress=None):
        built.append(kept.subject.about)
        return kept.path

    monkeypatch.setattr(first_use, "build", build)
    monkeypatch.setattr(ready, "say", lambda text: None)
    longer = Own(like="golf club", size=Extent(1.4, 0.1, 0.1))
    plain, described, again, bundled = (
        reconstruct.with_prior(ReconstructConfig(category=noun, thing=thing)).prior
        for noun, thing in (
            ("broom", None),
            ("broom", longer),
            ("broom", longer),
            ("golf club", Own(uses={"lean_on": 1.0})),
        )
    )
    assert described == again
    assert len({plain, described, bundled}) == 3
    assert built[1]["size_m"] == [1.4, 0.1, 0.1]
    assert built[-1]["uses"] == {"lean_on": 1.0}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--like", "golf_club"), 2, "describe the thing that --category names: add it"),
        (("-c", "broom", "--prior", "p.safetensors", "--size", "1x1x1"), 2, "--prior is built already"),
        (("-c", "broom", "--size", "1x1"), 1, "--size '1x1' is not a size"),
        (("-c", "broom", "--use", "lean_on:0.2"), 1, "the shares sum to 0.2"),
        (("-c", "broom", "--use", "lean_onn:1"), 1, "Did you mean 'lean_on'?"),
        (("-c", "zorblax", "--size", "1x1x1"), 1, "it lacks how people use it"),
        (("-c", "zorblax", "--like", "snow shovel"), 1, "the table of nouns has no such noun"),
        (("-c", "a/b", "--like", "broom"), 2, "Invalid category name"),
        (("-c", "broom", "--description", "t.toml"), 1, "unknown key 'sise'. Did you mean 'size'?"),
        (("-c", "broom", "--like", "broom", "--human-only"), 2, "--human-only"),
    ],
)
def test_the_main_command_says_what_is_wrong_before_any_work(tmp_path, monkeypatch, words, code, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    Image.new("RGB", (64, 64)).save("photo.jpg")
    Path("p.safetensors").touch()
    Path("t.toml").write_text('sise = "1x1x1"\n')
    done = CliRunner().invoke(main, ["photo.jpg", *words])
    assert done.exit_code == code, done.output
    assert message in " ".join(done.stderr.replace("\u2502", " ").split())
    assert not Path("cache").exists()
    assert not list(Path().glob("out/*/*"))
