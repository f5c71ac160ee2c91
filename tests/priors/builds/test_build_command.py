import io
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

pytest.importorskip("pyarrow")

from chorus_recon.backends import registry
from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.backends.language.verbs import VerbTable
from chorus_recon.categories.index import categories
from chorus_recon.cli import main
from chorus_recon.commands.priors import build
from chorus_recon.io.prior_files import load_prior
from chorus_recon.priors import factory
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering.statistics import Yield
from chorus_recon.priors.inspection import contact, page
from chorus_recon.priors.jobs import collect, settings
from chorus_recon.priors.jobs.collect import Observer
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.prompts.prompts import Fault, Written
from chorus_recon.types import Reason
from tests.priors import making
from tests.priors.conftest import LICENCES


def test_a_build_its_shards_and_its_pages(cli):
    done = cli("build", "box", "--source", "fake", "--images", 70, "--no-balance", "-o", "all")
    assert done.exit_code == 0, done.output
    assert done.stdout == "all/box.prior.safetensors\n"
    assert "pictures 70 of 70" in done.stderr
    assert "many people" in done.stderr
    assert load_prior("all/box.prior.safetensors").provenance["images"] == 70
    text = Path("all/report.html").read_text()
    made = load_prior("all/box.prior.safetensors").provenance
    assert f"{made['kept']} of 70 pictures kept ({made['kept'] / 70:.0%})" in text
    assert "http" not in text.split("</style>")[1].replace("http://www.w3.org", "")
    assert "{{" not in text

    for shard in ("1/3", "2/3", "3/3"):
        part = cli("build", "box", "--source", "fake", "--images", 70, "--shard", shard, "-o", shard[0])
        assert part.exit_code == 0, part.output
        assert "views are not balanced" in part.stderr
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
    assert "2 of 3 chunks are missing" in alone.stderr
    assert load_prior("part/box.prior.safetensors").provenance["missing"] == 38
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


def test_a_picture_that_is_added_is_looked_at_and_no_other_twice(cli, tmp_path, monkeypatch):
    (tmp_path / "p").mkdir()
    for number in range(8):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(tmp_path / "p" / f"p{number}.png")
    looked = []

    def observer(chosen, backends, device):
        def look(images):
            images = list(images)
            looked.extend(image.shot.prompt.text for image in images)
            return [Record(image.shot, "photos", (64, 64), 0.0, None, Reason.NO_PERSON) for image in images]

        return lambda: Observer(PhotoFolder(str(tmp_path / "p"), backends.order), look, {})

    monkeypatch.setattr(factory, "observer", observer)
    chosen = build.chosen_settings
    monkeypatch.setattr(build, "chosen_settings", lambda *asked: replace(chosen(*asked), chunk=4))
    cli("build", "box", "--source", "photos:p", "-o", "b")
    Image.new("RGB", (64, 64), (99, 0, 0)).save(tmp_path / "p" / "a_new.png")
    (tmp_path / "p" / "p3.png").unlink()
    done = cli("build", "box", "--source", "photos:p", "-o", "b")
    assert looked == [*(f"p{n}.png" for n in range(8)), "a_new.png"]
    assert "1 of 9 pictures are gone since they were added to this build (such as p3.png)" in done.stderr


def test_words_join_pictures_and_finished_priors_are_joined(cli):
    assert cli("build", "box", "--source", "fake", "--images", 40, "-o", "many").exit_code == 0
    file = "many/box.prior.safetensors"
    words = ("build", "box", "--source", "fake", "--images", 12, "--cluster", "none")
    assert cli(*words, "-o", "few").exit_code == 0
    done = cli(*words, "--words", file, "-o", "few_and_words")
    assert done.exit_code == 0, done.output
    said = load_prior("few_and_words/box.prior.safetensors").provenance["words"]
    assert said["prior"] == "box.prior.safetensors"
    assert said["pictures"] == float(max(said["held_out"], key=said["held_out"].get)) > 0
    refused = cli(*words, "--words", file, "--aggregation", "paper", "-o", "x")
    assert refused.exit_code == 2
    assert "--words does not apply" in refused.stderr
    both = cli("merge", file, "few/box.prior.safetensors", "--weights", "0.7,0.3", "-o", "joined")
    assert both.stdout == "joined/box.prior.safetensors\n", both.output
    joined = load_prior("joined/box.prior.safetensors")
    assert [part["weight"] for part in joined.provenance["parts"]] == pytest.approx([0.7, 0.3])
    assert sum(cluster.share for cluster in joined.clusters) == pytest.approx(1.0)
    for more, said in (
        (("--weights", "a,b"), "is not numbers such as 0.7,0.3"),
        (("--weights", "1,1", "--records-only"), "--records-only does not apply"),
    ):
        wrong = cli("merge", file, file, "-o", "y", *more)
        assert wrong.exit_code == 2
        assert said in wrong.stderr


def test_two_models_of_one_name_do_not_mix(cli, tmp_path):
    for parent, size in (("here", 3), ("there", 4)):
        (tmp_path / parent / "model").mkdir(parents=True)
        (tmp_path / parent / "model" / "w.safetensors").write_bytes(b"0" * size)
    assert cli("build", "box", "--source", "fake:here/model", "--images", 4, "-o", "b").exit_code == 0
    other = cli("build", "box", "--source", "fake:there/model", "--images", 8, "-o", "b")
    assert other.exit_code == 1
    assert "holds a build with models {'images'" in other.stderr


def test_the_grid_may_be_finer_without_making_pictures_again(cli):
    assert cli("build", "box", "--source", "fake", "--images", 12, "-o", "all").exit_code == 0
    coarse = load_prior("all/box.prior.safetensors").clusters[0]
    pictures = Path("all/shards/000000-012.tar").stat().st_mtime_ns
    done = cli("build", "box", "--source", "fake", "--images", 12, "--grid", 24, "-o", "all")
    assert done.exit_code == 0, done.output
    fine = load_prior("all/box.prior.safetensors").clusters[0]
    assert (coarse.grid.shape, fine.grid.shape) == ((16, 16, 16), (24, 24, 24))
    litres = [float((prior.occupancy > 0.5).sum()) * prior.grid.voxel_m**3 for prior in (coarse, fine)]
    assert 0.3 < litres[1] / litres[0] < 1.5  # the same thing, with less around it
    assert Path("all/shards/000000-012.tar").stat().st_mtime_ns == pictures


@pytest.mark.parametrize(("longest", "shape"), [(None, (48, 48, 48)), (24, (24, 24, 24))])
def test_the_papers_way_counts_on_the_papers_grid(longest, shape):
    cup = settings.Settings("cup", "fake", making.PROMPTS)
    grid = factory.grid(cup, Mode.PAPER, longest)
    assert (grid.shape, grid.origin_m) == (shape, (-1.5, -1.5, -1.5))
    assert grid.voxel_m * shape[0] == pytest.approx(3.0)
    assert factory.grid(cup) == categories()["cup"].grid


def test_settings_keep_no_place_of_this_machine(tmp_path):
    (tmp_path / "model").mkdir()
    place = tmp_path / "model"
    assert factory.label(f"diffusers:{place},steps=4") == "diffusers:model,steps=4"
    for kept in ("rendered-photos", "diffusers:someone/model,steps=4", "default"):
        assert factory.label(kept) == kept


def test_workers_elsewhere_find_what_lies_beside_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("model").mkdir()
    made = factory.observer(
        making.SETTINGS, factory.Chosen("diffusers:model,steps=4", "detectron2:model"), "cpu"
    )
    assert made.args[1] == factory.Chosen(
        f"diffusers:{tmp_path / 'model'},steps=4", f"detectron2:{tmp_path / 'model'}", "default"
    )


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_shards_are_webdataset_tars(cli, tmp_path):
    assert cli("build", "box", "--source", "fake", "--images", 12, "-o", "all").exit_code == 0
    with tarfile.open("all/shards/000000-012.tar") as tar:
        names = tar.getnames()
        assert names == sorted(names)
        assert {member.mtime for member in tar} == {0}
    wds = pytest.importorskip("webdataset", reason="webdataset is not installed")
    rows = list(wds.WebDataset(str(tmp_path / "all/shards/000000-012.tar"), shardshuffle=False))
    assert [row["__key__"] for row in rows] == [f"{n:08d}" for n in range(12)]
    seen = [row for row in rows if "jpg" in row]
    assert len(seen) == 11  # one was never made
    assert Image.open(io.BytesIO(seen[0]["jpg"])).size == making.SIZE


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--shard", "1/2", "--balance"), "--no-balance"),
        (("--executor", "process", "-o", "memory://x"), "other processes cannot see"),
    ],
)
def test_options_that_exclude_each_other_are_an_error(cli, words, message):
    done = cli("build", "box", "--source", "fake", "--images", 4, *words)
    assert done.exit_code == 1
    assert message in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--images", 3), "--images does not apply: --source rendered renders its own scenes"),
        (("--screening", "soft"), "--screening does not apply"),
        (("--prompts", "p.txt"), "--prompts does not apply"),
        (("--no-balance",), "--balance does not apply"),
        (("--device", "cpu"), "--device does not apply"),
        (("--backend", "segmenter=sam3"), "--backend does not apply"),
        (
            ("--source", "fake", "--scenes", 2),
            "--scenes does not apply: it applies to --source rendered only",
        ),
        (
            ("--source", "photos:p", "--writer", "verbs"),
            "--writer does not apply: Prompt options do not apply to existing photos.",
        ),
        (("--source", "photos:p", "--balance"), "--balance does not apply: Views of existing photos"),
        (("--source", "rendered-photos", "--model", "sdxl"), "--model does not apply"),
        (("--source", "diffusers:sd15", "--model", "sdxl"), "already names a model. Name it once"),
        (("--source", "fake", "--prompts", "p.txt", "--prompt-count", 3), "those of --prompts"),
        (("--source", "fake", "--workers", 3), "--workers does not apply"),
        (("--source", "fake", "--executor", "process", "--gpus", 1), "--gpus does not apply"),
    ],
)
def test_an_option_that_does_not_apply_is_an_error(cli, words, message):
    done = cli("build", "box", *words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())
    assert not list(Path().iterdir())


@pytest.mark.parametrize("noun", ["hockey stick", "golf_club"])
def test_a_noun_that_the_segmenter_cannot_find_is_told_before_the_first_picture(tmp_path, monkeypatch, noun):
    monkeypatch.chdir(tmp_path)
    words = ("prior", "build", noun, "--source", "diffusers:sd15", "--images", "4000")
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert f"The segmenter 'default' does not know {noun.replace('_', ' ')!r}" in done.stderr
    assert "segmenter=sam3" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_segmenter_that_does_not_say_what_it_knows_may_know_anything(monkeypatch):
    class Silent:
        name = "silent"

    monkeypatch.setattr(factory.registry, "make", lambda *asked: Silent())
    factory.check("hockey stick", factory.Chosen("diffusers:sd15"))


def test_a_misspelt_source_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["prior", "build", "cup", "--source", "rendred-photos"])
    assert done.exit_code == 2
    assert "Did you mean 'rendered-photos'" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_prior_says_who_wrote_its_prompts_under_which_licence(cli):
    for images in (4, 8):  # the second time they are those of the folder
        done = cli("build", "box", "--source", "fake", "--images", images, "-o", "b")
        assert done.exit_code == 0, done.output
        facts = load_prior("b/box.prior.safetensors").provenance
        assert facts["writer"] == "verbs, 20"
        assert facts["licences"] == {"fake": "Apache-2.0", **LICENCES}


def test_fewer_prompts_than_asked_for_are_told_with_the_reasons(cli, monkeypatch):
    refused = ((making.PROMPTS[0], (Fault.NO_CONTACT,)), (making.PROMPTS[1], (Fault.NO_CONTACT,)))
    monkeypatch.setattr(factory, "write_prompts", lambda *asked: Written(making.PROMPTS, refused))
    done = cli("build", "box", "--source", "fake", "--images", 4, "--prompt-count", 5)
    assert "gave 2 usable prompts, not 5 (2 times no verb in it" in done.stderr


def test_prompts_of_ones_own_are_kept_and_doubts_told(cli):
    lines = ["A man lifts a box", "A dog carries a box", *(f"A man looks at box {n}" for n in range(6))]
    Path("mine.txt").write_text("\n".join(lines))
    done = cli("build", "box", "--source", "fake", "--images", 4, "--prompts", "mine.txt", "-o", "b")
    assert done.exit_code == 0, done.output
    assert "mine.txt: 'A dog carries a box': it names no person; kept as it is." in done.stderr
    assert "A man lifts" not in done.stderr
    assert "mine.txt: 2 more prompts like this (2 times no verb" in done.stderr
    facts = load_prior("b/box.prior.safetensors").provenance
    assert (facts["prompts"], facts["writer"]) == (lines, "file:mine.txt")


def test_shards_need_prompts_that_are_the_same_on_every_machine(cli):
    words = ("build", "box", "--source", "fake", "--images", 8, "--writer", "openai:gpt", "--shard", "1/2")
    done = cli(*words, "-o", "a")
    assert done.exit_code == 1
    assert "may write different prompts on each machine" in done.stderr
    assert "--prompts FILE" in done.stderr
    assert not Path("a").exists()
    whole = cli(*words[:-2], "--no-balance", "-o", "b")
    assert whole.exit_code == 0, whole.output
    Path("a").mkdir()
    Path("a/build.json").write_bytes(Path("b/build.json").read_bytes())
    assert cli(*words, "-o", "a").exit_code == 0


def test_a_local_writer_runs_on_the_device_asked_for(tmp_path):
    made = []

    def make(seam, writer, device):
        made.append((seam, writer, device))
        return VerbTable()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(factory.registry, "make", make)
        factory.write_prompts("transformers:x", "cup", 2, 0, "cuda")
    assert made == [("language", "transformers:x", "cuda")]


def test_a_writers_folder_is_named_without_its_place(tmp_path):
    writer = registry.make("language", f"transformers:{tmp_path}")
    assert writer.licences == {f"text by {tmp_path.name}": "see the model's card"}


def test_nothing_usable_is_told(cli, monkeypatch):
    monkeypatch.setattr(factory, "plan", lambda chosen: lambda a, b, seen: making.hopeless(a, b))
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
    assert "The same command resumes" in done.stderr


def test_a_plain_line_is_said_once(monkeypatch, capsys):
    from chorus_recon.commands.priors import progress
    from chorus_recon.priors.build import Progress

    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    monkeypatch.setattr(progress, "verbosity", lambda: 0)
    monkeypatch.setattr(progress, "say", print)
    with progress.build_progress() as watch:
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
    assert [cluster.cluster for cluster in prior.clusters] == ["all", *sorted(p.text for p in making.PROMPTS)]
    assert prior.provenance["cluster"] == "prompts"
    again = cli("merge", "a", "-o", "b", "--cluster", "parts", "--aggregation", "paper")
    assert again.exit_code == 0, again.output
    names = [cluster.cluster for cluster in load_prior("b/box.prior.safetensors").clusters]
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
    folder, read = Storage("a"), []
    names = sorted(folder.names("shards", ".parquet"))
    own = collect.read
    monkeypatch.setattr(collect, "read", lambda place, name: read.append(name) or own(place, name))
    contact.sheet(folder, names, True, 4)
    assert read == names[:1]
