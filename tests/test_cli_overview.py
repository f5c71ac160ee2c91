import webbrowser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from PIL import Image

import chorus_recon.commands.reconstruct as command
from chorus_recon.cli import main
from chorus_recon.errors import NoPerson
from chorus_recon.pipeline.attempts import attempt
from chorus_recon.pipeline.batch import Job
from chorus_recon.pipeline.gallery import thumbnails
from chorus_recon.pipeline.photo_worker import Outcome
from tests.pipeline.gallery.results import make_failures, make_result


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Runs the command line in a folder with three photos; the second of them shows nobody."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (64, 48), "gray").save(Path("in") / name)

    def run(plan, watch=None):
        out, config = plan.out, plan.config
        for photo in (job.photo for job in plan.jobs):
            failure = None
            if photo.stem == "b":
                make_failures(out, photo.absolute())
                failure = attempt(lambda: (_ for _ in ()).throw(NoPerson("nobody is in the photo.", "")))
            else:
                make_result(out / photo.stem, photo.absolute())
            yield Outcome(Job(photo, out / photo.stem), failure=failure)
            if photo.stem == config.category:
                raise click.exceptions.Exit(130)

    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(command, "ready", lambda config, slots: None)
    monkeypatch.setattr(command, "with_prior", lambda config: config)
    return lambda *args: CliRunner().invoke(main, [str(a) for a in args])


def rows():
    lines = Path("out/results.csv").read_text().splitlines()[1:]
    return [(Path(line.split(",")[0]).name, line.split(",")[1]) for line in lines]


def test_a_folder_gets_an_overview_and_one_photo_none(cli):
    cli("in/a.png")
    assert not Path("out/index.html").exists()
    assert "overview: out/index.html" in cli("in").stderr
    assert rows() == [("a.png", "ok"), ("b.png", "failed"), ("c.png", "ok")]


def test_an_interrupted_run_leaves_it_right_and_a_single_photo_adds_to_it(cli):
    assert cli("in", "-c", "b").exit_code == 130
    assert rows() == [("a.png", "ok"), ("b.png", "failed")]
    assert "1 photo not done" in Path("out/index.html").read_text()
    cli("in/c.png")
    assert rows()[-1] == ("c.png", "ok")


def test_an_overview_that_cannot_be_made_stops_nothing(cli, monkeypatch):
    monkeypatch.setattr(thumbnails, "of_result", lambda folder, record: 1 / 0)
    done = cli("in")
    assert done.exit_code == 1  # because of b.png
    assert len(list(Path("out").glob("*/reconstruction.json"))) == 2
    assert "index.html is not up to date: unexpected ZeroDivisionError" in done.stderr


def test_view_opens_the_overview_of_a_folder_brought_up_to_date(cli, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    cli("in/a.png")
    done = cli("view", "out")
    assert done.stdout == "out/index.html\n"
    assert opened == [Path("out/index.html").absolute().as_uri()]
    assert rows() == [("a.png", "ok")]
    done = cli("view", "in")
    assert done.exit_code == 1
    assert "in: Not a folder of results." in done.stderr
