import io
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

pytest.importorskip("pyarrow")

from chorus_recon.cli import main
from chorus_recon.io.prior_files import load_prior
from chorus_recon.priors import collect, contact, outfit, page
from chorus_recon.priors.census import Yield
from chorus_recon.priors.shards import Folder
from tests.priors import making


@pytest.fixture
def cli(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(outfit, "plan", lambda chosen: making.plan)
    monkeypatch.setattr(outfit, "eyes", lambda chosen, backends, device: making.eyes)
    monkeypatch.setattr(outfit, "room", lambda chosen, longest: making.room(longest))
    monkeypatch.setattr(outfit, "write_prompts", lambda *asked: making.PROMPTS)
    monkeypatch.setattr(page, "draw", lambda *drawn: Image.new("RGB", (40, 30)))
    return lambda *words: CliRunner().invoke(main, [str(w) for w in ("prior", *words)])


def test_a_build_its_shards_and_its_pages(cli):
    done = cli("build", "box", "--source", "fake", "--images", 70, "--no-balance", "-o", "all")
    assert done.exit_code == 0, done.output
    assert done.stdout == "all/box.prior.safetensors\n"
    assert "pictures 70 of 70" in done.stderr
    assert "many people" in done.stderr
    assert load_prior("all/box.prior.safetensors").provenance["images"] == 70
    text = Path("all/report.html").read_text()
    assert "32 of 40 pictures kept" in text or "kept (" in text
    assert "http" not in text.split("</style>")[1].replace("http://www.w3.org", "")
    assert "{{" not in text

    for shard in ("1/3", "2/3", "3/3"):
        part = cli(
            "build", "box", "--source", "fake", "--images", 70, "--no-balance", "--shard", shard,
            "-o", shard[0], "--executor", "local",
        )  # fmt: skip
        assert part.exit_code == 0, part.output
        assert part.stdout == ""
        assert "prior merge" in part.stderr
    merged = cli("merge", "2", "3", "1", "-o", "whole")
    assert merged.exit_code == 0, merged.output
    name = "box.prior.safetensors"
    assert Path("whole", name).read_bytes() == Path("all", name).read_bytes()
    assert Path("whole/records.parquet").read_bytes() == Path("all/records.parquet").read_bytes()
    assert Path("whole/report.html").read_bytes() == Path("all/report.html").read_bytes()

    alone = cli("merge", "1", "-o", "part", "--records-only")
    assert alone.exit_code == 0, alone.output
    assert "2 pieces of 3 are missing" in alone.stderr
    other = cli("build", "box", "--source", "fake", "--images", 8, "--seed", 1, "--no-balance", "-o", "o")
    assert other.exit_code == 0, other.output
    refused = cli("merge", "1", "o", "-o", "x")
    assert refused.exit_code == 1
    assert "seed 1, not 0" in refused.stderr

    shown = cli("show", "--rejects", "all", "-o", "rejects.png")
    assert shown.exit_code == 0, shown.output
    with Image.open("rejects.png") as sheet:
        assert sheet.width > 300


def test_pictures_may_lie_elsewhere_the_next_time(cli, tmp_path):
    for parent in ("here", "there"):
        (tmp_path / parent / "pictures").mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (64, 64)).save(tmp_path / parent / "pictures" / f"{number}.png")
        done = cli("build", "box", "--source", f"photos:{tmp_path / parent / 'pictures'}", "-o", "built")
        assert done.exit_code == 0, done.output
    assert load_prior("built/box.prior.safetensors").provenance["source"] == "photos:pictures"
    assert str(tmp_path) not in Path("built/build.json").read_text()


def test_the_grid_may_be_finer_without_making_pictures_again(cli):
    assert cli("build", "box", "--source", "fake", "--images", 12, "-o", "all").exit_code == 0
    coarse = load_prior("all/box.prior.safetensors").clusters[0]
    pictures = Path("all/shards/000000-012.tar").stat().st_mtime_ns
    done = cli("build", "box", "--source", "fake", "--images", 12, "--grid", 24, "-o", "all")
    assert done.exit_code == 0, done.output
    fine = load_prior("all/box.prior.safetensors").clusters[0]
    assert (coarse.grid.shape, fine.grid.shape) == ((16, 16, 16), (24, 24, 24))
    litres = [float((one.occupancy > 0.5).sum()) * one.grid.voxel_m**3 for one in (coarse, fine)]
    assert 0.3 < litres[1] / litres[0] < 1.5  # the same thing, with less around it
    assert Path("all/shards/000000-012.tar").stat().st_mtime_ns == pictures


def test_settings_keep_no_place_of_this_machine(tmp_path):
    (tmp_path / "model").mkdir()
    place = tmp_path / "model"
    assert outfit.label(f"diffusers:{place},steps=4") == "diffusers:model,steps=4"
    for kept in ("rendered-photos", "diffusers:someone/model,steps=4", "default"):
        assert outfit.label(kept) == kept


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_shards_are_webdataset_tars(cli, tmp_path):
    assert cli("build", "box", "--source", "fake", "--images", 12, "-o", "all").exit_code == 0
    with tarfile.open("all/shards/000000-012.tar") as tar:
        names = tar.getnames()
        assert names == sorted(names)
        assert {one.mtime for one in tar} == {0}
    wds = pytest.importorskip("webdataset", reason="webdataset is not installed")
    rows = list(wds.WebDataset(str(tmp_path / "all/shards/000000-012.tar"), shardshuffle=False))
    assert [row["__key__"] for row in rows] == [f"{n:08d}" for n in range(12)]
    seen = [row for row in rows if "jpg" in row]
    assert len(seen) == 11  # one was never made
    assert Image.open(io.BytesIO(seen[0]["jpg"])).size == making.SIZE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--shard", "1/2"), "--no-balance"),
        (("--shard", "half", "--no-balance"), "I/N"),
        (("--executor", "process", "-o", "memory://x"), "other processes do not see"),
        (("--backend", "shape=templates"), "chooses segmenter and human"),
    ],
)
def test_what_cannot_be_is_told(cli, words, told):
    done = cli("build", "box", "--source", "fake", "--images", 4, *words)
    assert done.exit_code == 1
    assert told in done.stderr


def test_nothing_usable_is_told(cli, monkeypatch):
    monkeypatch.setattr(outfit, "plan", lambda chosen: lambda a, b, seen: making.hopeless(a, b))
    done = cli("build", "box", "--source", "fake", "--images", 2)
    assert done.exit_code == 1
    assert "no picture could be used (2 many_people)" in done.stderr
    assert "show --rejects box-prior" in done.stderr


def test_an_interrupted_build_says_how_to_go_on(cli, monkeypatch):
    from chorus_recon.priors import build

    def stopped(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(build, "build", stopped)
        done = cli("build", "box", "--source", "fake", "--images", 8, "--no-balance", "-o", "b")
    assert done.exit_code == 130
    assert "The same command goes on" in done.stderr


def test_a_plain_line_is_said_once(monkeypatch, capsys):
    from chorus_recon.commands import prior_progress
    from chorus_recon.priors.build import Progress

    monkeypatch.setattr(prior_progress, "EVERY_S", 0.0)
    monkeypatch.setattr(prior_progress, "verbosity", lambda: 0)
    monkeypatch.setattr(prior_progress, "say", print)
    with prior_progress.build_progress() as watch:
        watch(Progress("counting", 3, 7, Counter()))
        watch(Progress("counting", 7, 7, Counter()))
    assert [line.split(",")[0].strip() for line in capsys.readouterr().out.splitlines()] == [
        "counting 3 of 7",
        "counting 7 of 7",
    ]


def test_the_same_records_are_grouped_by_prompt_or_part(cli):
    words = ("build", "box", "--source", "fake", "--images", 24, "--no-balance", "-o", "a")
    made = cli(*words, "--cluster", "prompts")
    assert made.exit_code == 0, made.output
    prior = load_prior("a/box.prior.safetensors")
    assert [one.cluster for one in prior.clusters] == ["all", *sorted(p.text for p in making.PROMPTS)]
    assert prior.provenance["cluster"] == "prompts"
    again = cli("merge", "a", "-o", "b", "--cluster", "parts", "--aggregation", "paper")
    assert again.exit_code == 0, again.output
    names = [one.cluster for one in load_prior("b/box.prior.safetensors").clusters]
    assert names[0] == "all"
    assert "torso" in names


def test_screening_names_its_rule_and_camera(cli):
    words = ("build", "box", "--source", "fake", "--images", 4, "--no-balance")
    made = cli(*words, "-o", "a", "--screening", "paper:7", "--camera", "estimator")
    assert made.exit_code == 0, made.output
    facts = load_prior("a/box.prior.safetensors").provenance
    assert (facts["screening"], facts["camera"]) == ("paper:7", "estimator")
    wrong = cli(*words, "-o", "b", "--screening", "paper:16")
    assert wrong.exit_code != 0
    assert "paper:1 to paper:15" in wrong.output
    assert not Path("b").exists()


def test_a_page_has_a_bounded_table_and_reads_no_more_pieces_than_it_shows(cli, monkeypatch):
    assert page._yields(()) == ""
    rows = tuple(Yield(f"photo {n:04d}", 1, n % 2) for n in range(1000))
    table = page._yields(rows)
    assert table.count("<tr>") == page.ROWS + 1
    assert "940 others" in table
    assert table.index("photo 0000") < table.index("photo 0059")
    done = cli("build", "box", "--source", "fake", "--images", 96, "--no-balance", "-o", "a")
    assert done.exit_code == 0, done.output
    folder, read = Folder("a"), []
    names = sorted(folder.names("shards", ".parquet"))
    own = collect.read
    monkeypatch.setattr(collect, "read", lambda place, name: read.append(name) or own(place, name))
    contact.sheet(folder, names, True, 4)
    assert read == names[:1]
