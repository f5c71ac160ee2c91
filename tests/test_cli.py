import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

import chorus_recon.commands.reconstruct as command
import chorus_recon.io.fetch as fetch
import chorus_recon.pipeline.reconstruct as pipeline
from chorus_recon.backends import registry
from chorus_recon.cli import main
from chorus_recon.commands.demo import NAMES
from chorus_recon.errors import NoPerson
from chorus_recon.io.images import load_photo
from chorus_recon.io.weights import EXAMPLES
from chorus_recon.pipeline.config import described
from chorus_recon.version import __version__
from tests import scenes


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Runs the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def photos(tmp_path):
    """A folder of three pictures, one of nobody."""
    for name in ("a.png", "nobody.png", "z.png"):
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.new("RGB", (64, 48), "gray").save(tmp_path / "in" / name)
    return Path("in")


@pytest.fixture
def seen(monkeypatch):
    """The pipeline replaced: what it was asked, while it answers with the analytic world's result."""
    calls = []
    answer = scenes.fake_reconstruction((80, 60))

    def fake(photo, config, backends, *, watch=None):
        calls.append((Path(photo).name, config, backends))
        if Path(photo).stem == "nobody":
            raise NoPerson(f"{photo}: nobody is in the photo.", "Try another.")
        return replace(answer, photo=load_photo(photo), options=described(config, backends[0]))

    def save(self, directory, *, overwrite=False):
        directory.mkdir(parents=True, exist_ok=overwrite)
        facts = {
            "photo": {
                "path": self.photo.url or str(self.photo.source.absolute()),
                "sha256": self.photo.sha256,
            }
        }
        facts |= {"options": self.options}
        facts["versions"] = {"chorus_recon": __version__}
        (directory / "reconstruction.json").write_text(json.dumps(facts))
        return directory

    monkeypatch.setattr(pipeline, "reconstruct", fake)
    monkeypatch.setattr(registry, "load", lambda choices, device: (dict(choices), device))
    monkeypatch.setattr(command, "ready", lambda config, slots: None)
    monkeypatch.setattr(type(answer), "save", save)
    return calls


def test_one_photo_gives_a_path_on_stdout_and_a_line_on_stderr(cli, photos, seen):
    done = cli(photos / "a.png")
    assert done.exit_code == 0, done.output
    assert done.stdout == "out/a\n"
    assert "a.png: skateboard, 83% sure -> out/a/" in done.stderr
    assert "note: more than half" in done.stderr


def test_an_undecided_photo_exits_1_unless_that_is_accepted(cli, photos, seen, monkeypatch):
    undecided = replace(scenes.fake_reconstruction((80, 60)), placements=(), category="", nothing=0.9)
    monkeypatch.setattr(pipeline, "reconstruct", lambda photo, config, backends, *, watch=None: undecided)
    done = cli(photos / "a.png")
    assert done.exit_code == 1
    assert "a.png: person only, probably nothing is used (90%) -> out/a/" in done.stderr
    assert cli(photos / "a.png", "-o", "there", "--accept-unsure").exit_code == 0


def test_a_folder_goes_on_past_failures_and_exits_1(cli, photos, seen):
    done = cli(photos, "-o", "there")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["there/a", "there/z"]
    assert "nobody is in the photo" in done.stderr
    assert "1 of 3 photos failed: see there/failures.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_run_skips_what_is_finished(cli, photos, seen):
    cli(photos)
    done = cli(photos)
    assert [name for name, *_ in seen] == ["a.png", "nobody.png", "z.png"]
    assert "finished before" in done.stderr
    cli(photos / "a.png", "--overwrite")
    assert seen[-1][0] == "a.png"


def test_other_options_are_no_finished_photo(cli, photos, seen):
    cli(photos / "a.png")
    done = cli(photos / "a.png", "--category", "umbrella")
    assert len(seen) == 2
    assert done.stdout == "out/a\n"
    assert "note: its result was made with other options (category)" in done.stderr


def test_two_photos_of_one_name_give_two_results(cli, photos, seen):
    Path("other").mkdir()
    Image.new("RGB", (64, 48), "red").save("other/a.png")
    lines = [cli(path).stdout for path in ("in/a.png", "other/a.png", "in/a.png")]
    assert lines == ["out/a\n", "out/a_2\n", "out/a\n"]
    assert len(seen) == 2


def test_a_place_that_cannot_be_written_is_noticed_first(cli, photos, seen):
    Path("file").touch()
    done = cli(photos, "-o", "file/there")
    assert done.exit_code == 1
    assert "file: is a file" in done.stderr
    assert not seen


def test_json_is_one_object_a_photo(cli, photos, seen):
    rows = [json.loads(line) for line in cli(photos, "--json").stdout.splitlines()]
    assert [row["status"] for row in rows] == ["ok", "failed", "ok"]
    assert rows[0]["directory"] == "out/a"
    assert rows[0]["category"] == "skateboard"
    assert rows[1]["error"] == "NoPerson"


def test_quiet_says_errors_only(cli, photos, seen):
    done = cli(photos, "-q")
    assert done.stderr.splitlines() == ["Error: in/nobody.png: nobody is in the photo.", "  Try another."]


def test_backends_are_made_once_and_flags_arrive(cli, photos, seen):
    cli(photos, "--category", "umbrella", "--person", 2, "--seed", 5, "--backend", "human=other")
    first, last = seen[0], seen[-1]
    assert first[2] is last[2]
    assert first[2] == ({"human": "other"}, "cpu")
    assert (first[1].category, first[1].person, first[1].seed) == ("umbrella", 2, 5)


def test_what_stands_after_a_backends_name_is_no_part_of_the_name(monkeypatch):
    monkeypatch.setattr(command, "fetch_weights", lambda names: None)
    monkeypatch.setattr(command, "fetch_optional_weights", lambda: None)
    command.ready(pipeline.ReconstructConfig(), {"shape": "command:tool {image} {out}"})


def test_flags_of_one_photo(cli, photos, seen):
    done = cli(
        photos / "a.png", "--object-box", "1,2,30,40", "--object-mesh", photos / "z.png", "--mesh-up", "z"
    )
    assert done.exit_code == 0, done.output
    config = seen[0][1]
    assert (config.object_box, config.object_mesh, config.object_up) == (
        (1, 2, 30, 40),
        Path("in/z.png"),
        "z",
    )


def test_a_limit_leaves_photos_and_what_shows_nobody_is_tried_again_on_request(cli, photos, seen):
    done = cli(photos, "--limit", 1)
    assert done.exit_code == 0, done.stderr
    assert [name for name, *_ in seen] == ["a.png"]
    assert "left for another run: 2 photos (--limit 1)" in done.stderr
    assert cli(photos).exit_code == 1
    done = cli(photos)
    assert [name for name, *_ in seen] == ["a.png", "nobody.png", "z.png"]
    assert done.exit_code == 1
    assert "1 photo failed before" in done.stderr
    assert cli(photos, "--retry-failed").exit_code == 1
    assert cli(photos / "nobody.png").exit_code == 1  # named alone, it is tried
    assert len(seen) == 5


def test_photos_come_from_lists_and_from_one_level_of_a_folder(cli, photos, seen):
    Path("list.txt").write_text("# mine\nin/a.png\n\nin/z.png\n")
    Path("list.csv").write_text("person,path\nAnna,in/z.png\n")
    (photos / "deep").mkdir()
    (photos / "a.png").rename(photos / "deep" / "a.png")
    (photos / "z.png").rename(photos / "deep" / "z.png")
    assert cli(photos, "--no-recursive", "-o", "flat").exit_code == 1
    Path("list.txt").write_text("in/deep/a.png\n")
    Path("list.csv").write_text("person,path\nAnna,in/deep/z.png\n")
    assert cli("@list.txt", "list.csv").exit_code == 0
    assert [name for name, *_ in seen] == ["nobody.png", "a.png", "z.png"]


def test_a_photo_that_a_list_names_and_is_not_there_does_not_stop_the_others(cli, photos, seen):
    Path("list.txt").write_bytes(b"# mine\r\nin/gone.png\r\n  in/z.png \r\n")
    done = cli("@list.txt")
    assert done.exit_code == 1
    assert "in/gone.png" in done.stderr
    assert done.stdout.splitlines() == ["out/z"]
    before = len(seen)
    refused = cli("in/gone.png", "in/z.png")  # a typing error
    assert (refused.exit_code, len(seen)) == (2, before)
    assert "in/gone.png: no such file or folder" in refused.stderr


def test_a_usage_error_names_the_command_as_it_was_typed(cli, photos):
    said = cli(photos, "--categroy", "x").stderr
    assert "--help' for help" in said
    assert "reconstruct" not in said


def test_photos_and_results_may_be_at_urls(cli, photos, seen, monkeypatch, tmp_path):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.put(str(photos), "/photos", recursive=True)
    done = cli("memory://photos", "-o", "memory://results")
    assert done.exit_code == 1  # because of nobody.png
    assert done.stdout.splitlines() == ["memory://results/a", "memory://results/z"]
    assert "overview: memory://results/index.html" in done.stderr
    assert "see memory://results/failures.jsonl" in done.stderr
    record = json.loads(files.cat("/results/a/reconstruction.json"))
    assert record["photo"]["path"] == "memory://photos/a.png"
    row = json.loads(files.cat("/results/failures.jsonl"))
    assert (row["path"], len(row["sha256"])) == ("memory://photos/nobody.png", 64)
    count = len(seen)
    shutil.rmtree(tmp_path / "cache")  # as on another machine
    again = cli("memory://photos", "-o", "memory://results")
    assert again.stderr.count("finished before") == 2
    assert "1 photo failed before" in again.stderr
    assert len(seen) == count
    assert sorted(path.name for path in Path().iterdir()) == ["cache", "in"]


def test_a_url_whose_library_is_missing_is_told(cli):
    done = cli("gopher://host/photos/")
    assert done.exit_code == 1
    assert "gopher://host/photos/: Protocol not known: gopher" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_says_how_to_go_on(cli, photos, seen, monkeypatch):
    def stop(photo, config, backends, *, watch):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "reconstruct", stop)
    done = cli(photos)
    assert done.exit_code == 130
    assert "continue" in done.stderr
    assert not list(Path("out").rglob("*")) if Path("out").exists() else True


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_followed_like_ctrl_c(cli, photos, seen, monkeypatch, name):
    number = getattr(signal, name)

    def stop(photo, config, backends, *, watch):
        os.kill(os.getpid(), number)
        time.sleep(5)

    monkeypatch.setattr(pipeline, "reconstruct", stop)
    before = signal.signal(number, signal.SIG_DFL)  # under nohup a hangup is ignored
    try:
        done = cli(photos)
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert done.exit_code == 143
    assert "continue" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_run_that_nohup_started_goes_on_after_a_hangup(cli, photos, seen, monkeypatch):
    whole = pipeline.reconstruct

    def hang_up(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGHUP)
        return whole(*args, **kwargs)

    monkeypatch.setattr(pipeline, "reconstruct", hang_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert cli(photos / "a.png").exit_code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("gone.jpg",), "gone.jpg: no such file"),
        (("demoo",), "Did you mean `chorus-recon demo`?"),
        (("empty",), "No photos in 'empty'"),
        (("in", "--object-box", "1,2,3,4"), "apply to a single photo; 3 were given"),
        (("in", "--workers", "few"), "is not a number of workers"),
        (("in", "--workers", "2", "--executor", "local"), "--workers does not apply"),
        (("in/a.png", "--object-box", "1,2,3"), "is not four numbers"),
        (("in/a.png", "--object-box", "9,2,3,4"), "must lie beyond"),
        (("in/a.png", "--backend", "human"), "is not SLOT=NAME"),
        (("in/a.png", "--mesh-up", "y"), "--object-mesh, which is not given"),
        (("in/a.png", "--human-only", "--object-box", "1,2,3,4"), "options about the object do not apply"),
        (("in/a.png", "--person", "-1"), "-1 is not in the range"),
        (("in/a.png", "--sede", "1"), "--seed"),
        (("demo", "cow"), "'cow' is not one of"),
        (("eval", "gone"), "'gone' does not exist"),
    ],
)
def test_bad_usage_exits_2_with_the_reason(cli, photos, seen, args, words):
    Path("empty").mkdir()
    done = cli(*args)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not seen


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("in/a.png", "--device", "quantum"), "--device quantum does not work here"),
        (("in/a.png", "--backend", "body=bodee"), "There is no body backend 'bodee'"),
        (("in/a.png", "--backend", "bod=default"), "There is no backend slot 'bod'. Did you mean 'body'?"),
        (("in/a.png", "--category", "zeppelin"), "zeppelin"),
        (("in/a.png", "--human-only"), "CHORUS_OFFLINE is set"),
        (("eval", "in"), "nothing to score"),
        (("prior", "show", "zeppelin"), "zeppelin"),
        (("models", "fetch"), "CHORUS_OFFLINE is set"),
        (("demo",), ""),
    ],
)
def test_expected_errors_exit_1_with_a_hint_and_no_traceback(cli, photos, args, words):
    done = cli(*args)
    assert done.exit_code == 1
    assert words in done.stderr
    assert done.stderr.count("Error:") == 1
    assert "Traceback" not in done.output
    assert len(done.stderr.splitlines()) >= 2


def test_very_verbose_shows_the_traceback(cli, photos):
    assert "Traceback" in cli("in/a.png", "--category", "zeppelin", "-vv").stderr


def test_a_photo_called_like_a_command_is_reached_as_a_path(cli, seen):
    Path("demo").mkdir()
    Image.new("RGB", (64, 48)).save("demo/a.png")
    assert cli("./demo").exit_code == 0
    assert seen[0][0] == "a.png"


def test_demo_shows_the_credit_and_the_files(cli, monkeypatch, tmp_path):
    photo = tmp_path / "000.png"
    Image.new("RGB", (64, 48)).save(photo)
    answer = replace(scenes.fake_reconstruction((80, 60)), seconds={"place": 1.25})
    monkeypatch.setattr("chorus_recon.commands.demo.ready", lambda config, slots: None)
    monkeypatch.setattr(fetch, "ensure_example", lambda name, progress: photo)
    monkeypatch.setattr(pipeline, "reconstruct", lambda path, config, *, watch: answer)
    done = cli("demo", "frisbee", "-o", "here")
    assert done.exit_code == 0, done.output
    assert EXAMPLES["frisbee"].credit in done.stderr
    named = {Path(line).name for line in done.stdout.splitlines()}
    assert {"scene.glb", "overlay.png", "report.html", "reconstruction.json"} <= named
    assert all(Path(line).exists() for line in done.stdout.splitlines())
    assert set(NAMES) == set(EXAMPLES)


def test_help_is_quick_and_imports_no_torch():
    code = (
        "import sys\nfrom chorus_recon.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert time.perf_counter() - begun < 5  # the figure to keep is 0.4 s; a busy machine is forgiven
    assert "PHOTO_OR_FOLDER... [OPTIONS]" in done.stdout
    assert "--object-mask" in done.stdout
    assert "\n  doctor " in done.stdout
    assert "reconstruct " not in done.stdout.partition("Commands:")[2]


def test_view_opens_a_result_in_the_browser_and_says_what_it_cannot_show(cli, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)) or True)
    scenes.fake_reconstruction((80, 60)).save(tmp_path / "one")
    done = cli("view", "one")
    assert done.stdout == "one/report.html\n"
    assert opened == [(tmp_path / "one" / "report.html").as_uri()]
    (tmp_path / "empty").mkdir()
    for path in ("one/human.ply", "empty"):
        refused = cli("view", path)
        assert refused.exit_code == 1
        assert "Not a folder of results." in refused.stderr
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    blind = cli("view", "one", "--viewer", "open3d")
    assert blind.exit_code == 1
    assert "no display" in blind.stderr or not sys.platform.startswith("linux")
    assert "no mesh to show" in cli("view", ".", "--viewer", "open3d").stderr


def test_a_reader_that_has_enough_gets_no_error():
    command = [sys.executable, "-m", "chorus_recon.cli", "prior", "list", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout.read(1) == b"["
        run.stdout.close()
        assert run.stderr.read() == b""


def test_version(cli):
    assert cli("--version").stdout.startswith("chorus-recon, version ")


def test_a_prior_is_built_listed_and_drawn(cli, monkeypatch):
    from chorus_recon.geometry.grid import cube
    from chorus_recon.io import prior_files
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.scenes import rendered
    from chorus_recon.types import OccupancyPrior, PriorSet

    def tiny(subject, modes, config, progress):
        progress("ridden", 1, 1)
        grid, low = cube(2.0, 8), torch.zeros(8, 8, 8)
        low[:, 0] = 1.0 - config.seed
        cluster = OccupancyPrior(grid, low, torch.ones(8, 8, 8), "chorus-body-v1", "ridden", 1.0)
        words = subject.category.name.replace("_", " ")
        return {Mode.ROBUST: PriorSet(words, (cluster,), {"scenes": config.scenes})}

    monkeypatch.setattr(rendered, "build_modes", tiny)
    monkeypatch.setattr(prior_files, "_folder", lambda: Path("made").resolve())
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)) or True)
    made = cli("prior", "build", "hockey stick", "--source", "rendered", "--scenes", 3)
    assert made.exit_code == 0, made.output
    assert made.stdout == "hockey_stick.prior.safetensors\n"
    assert "1 of 1: ridden" in made.stderr
    Path("made").mkdir()
    Path("hockey_stick.prior.safetensors").rename("made/hockey_stick.prior.safetensors")
    (row,) = json.loads(cli("prior", "list", "--json").stdout)
    assert (row["category"], row["clusters"], row["provenance"]) == (
        "hockey stick",
        {"ridden": 1.0},
        {"scenes": 3},
    )
    assert "voxel 25.0 cm: ridden 100%" in cli("prior", "list").stdout
    shown = cli("prior", "show", "hockey stick")
    assert shown.stdout == "hockey_stick_prior.png\n"
    pixels = np.asarray(Image.open("hockey_stick_prior.png")).astype(int)
    red = (pixels[..., 0] - pixels[..., 2]) > 80  # a slab at the feet
    front = red[:, :260]
    assert front[:150].sum() == 0
    assert front[150:].sum() > 500
    page = cli("prior", "show", "hockey stick", "--open")
    assert page.exit_code == 0, page.output
    assert page.stdout == "hockey_stick_prior.html\n"
    assert opened == [Path("hockey_stick_prior.html").resolve().as_uri()]
    assert "hockey stick" in Path("hockey_stick_prior.html").read_text().lower()
    assert cli("prior", "show", "made", "-o", "there/x.png").stdout == "there/x.png\n"
    exported = cli("prior", "export", "made", "-o", "x.ply")
    assert exported.stdout == "x.ply\n"
    assert Path("x.ply").read_bytes().startswith(b"ply")
    for words, said in {
        ("export", "made", "-o", "x.ply", "--format", "glb"): "does not end in .glb",
        ("show", "made", "--rejects", "--kept"): "pass only one",
    }.items():
        done = cli("prior", *words)
        assert done.exit_code == 2
        assert said in done.stderr
    nowhere = cli("prior", "show", "made", "--rejects")
    assert nowhere.exit_code == 1
    assert "no build is in this folder" in nowhere.stderr
    refused = cli("prior", "show", "hockey stick", "-o", "board.obj")
    assert refused.exit_code == 2
    assert ".png" in refused.stderr


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "chorus_recon", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"chorus-recon, version {__version__}\n")
