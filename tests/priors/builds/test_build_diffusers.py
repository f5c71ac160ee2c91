"""From a text-to-image pipeline to a prior file by the command: the real diffusers on tiny random weights.

Its pictures show nobody: who looks at them sees the capsule man on his board whatever is there.
"""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

pytest.importorskip("pyarrow")

from chorus_recon.backends import registry
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.cli import main
from chorus_recon.io.prior_files import load_prior
from chorus_recon.priors.jobs import record_table, storage
from tests import scenes
from tests.fakes import FakeHumanEstimator
from tests.priors.making import parted_body

pytestmark = [
    pytest.mark.named_stack,
    # what the libraries say of each other's versions is not ours to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]
SIZE = (160, 120)


@pytest.fixture
def build(monkeypatch, tmp_path):
    pytest.importorskip("diffusers", reason="needs chorus-recon[synthesis]")
    from tests.backends.tiny_pipelines import save

    monkeypatch.setenv("CHORUS_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    save("sd", tmp_path)
    world, body = scenes.world(SIZE), parted_body()
    human = FakeHumanEstimator([world.human], body=body)
    made = registry.Backends(world.segmenter(), human, body, EmbreeRenderer(), TemplateShapes())
    monkeypatch.setattr(registry, "load", lambda *chosen: made)
    source = f"diffusers:sd,size={SIZE[0]}x{SIZE[1]},steps=2,guidance=2,batch=2"

    def run(out, *more):
        words = ("prior", "build", "skateboard", "--source", source, "-o", out, "--images", *more)
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return Path(done.stdout.strip()).read_bytes()

    return run


def test_pictures_of_a_pipeline_become_a_prior(build):
    written = build("board", 6)
    facts = load_prior("board/skateboard.prior.safetensors").provenance
    assert (facts["images"], facts["kept"], facts["rejected"]) == (6, 6, {})
    assert facts["source"] == "diffusers:sd,size=160x120,steps=2,guidance=2,batch=2"
    assert facts["generators"] == ["diffusers:sd, 2 steps, guidance 2, 160x120, DDIMScheduler"]
    assert facts["licences"]["pictures by sd"] == "see the model's card"
    records = record_table.from_bytes(Path("board/records.parquet").read_bytes()).records
    assert len({record.shot.seed for record in records}) == 6
    pictures = list(storage.pictures(Path("board/shards/000000-006.tar").read_bytes()))
    assert [name for name, _ in pictures] == [f"{n:08d}" for n in range(6)]
    assert {Image.open(io.BytesIO(data)).size for _, data in pictures} == {SIZE}
    assert "6 of 6 pictures kept" in Path("board/report.html").read_text()

    assert build("again", 6) == written
    assert build("grown", 3) != written
    assert build("grown", 6) == written
    for folder in ("again", "grown"):
        assert (
            Path(folder, "shards/000000-006.tar").read_bytes()
            == Path("board/shards/000000-006.tar").read_bytes()
        ), folder
        assert len(list(Path(folder, "shards").iterdir())) == 2
