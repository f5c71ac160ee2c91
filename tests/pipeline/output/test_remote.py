import fsspec
import pytest

from chorus_recon.errors import OutputError
from chorus_recon.io import urls
from chorus_recon.pipeline.output.remote import Remote


@pytest.fixture
def remote(memory, tmp_path):
    return Remote("memory://out", tmp_path / "here", ("failures.jsonl", "index.html"))


def result(directory):
    (directory / "masks").mkdir(parents=True)
    for name in ("overlay.png", "reconstruction.json", "masks/object.png"):
        (directory / name).write_text(name)
    return directory


WHOLE = {"a/overlay.png", "a/reconstruction.json", "a/masks/object.png"}


def test_a_result_is_copied_with_its_record_last(remote, monkeypatch):
    order = []
    put = urls.put
    monkeypatch.setattr(urls, "put", lambda path, url: (order.append(path.name), put(path, url)))
    remote.push(result(remote.folder / "a"))
    assert urls.names_at("memory://out") == WHOLE
    assert order[-1] == "reconstruction.json"
    remote.let_go(remote.folder / "a")
    assert [path.name for path in (remote.folder / "a").iterdir()] == ["reconstruction.json"]


def test_another_run_knows_what_is_finished_and_copies_what_was_not(remote, tmp_path):
    remote.push(result(remote.folder / "a"))
    remote.let_go(remote.folder / "a")
    result(remote.folder / "b")  # a run was killed before it was copied
    (remote.folder / "c").mkdir()
    (remote.folder / "c" / "reconstruction.json").write_text("{}")  # somebody has removed it there
    remote.pull()
    assert urls.names_at("memory://out") == WHOLE | {name.replace("a/", "b/", 1) for name in WHOLE}
    assert not (remote.folder / "c").exists()
    elsewhere = Remote(remote.url, tmp_path / "elsewhere", remote.beside)
    elsewhere.pull()
    found = sorted(path.relative_to(elsewhere.folder).as_posix() for path in elsewhere.folder.rglob("*.*"))
    assert found == ["a/reconstruction.json", "b/reconstruction.json"]
    (elsewhere.folder / "a" / "reconstruction.json").unlink()
    elsewhere.bring(elsewhere.folder / "a")
    assert (elsewhere.folder / "a" / "overlay.png").read_text() == "overlay.png"


def test_files_beside_the_results_follow(remote):
    remote.folder.mkdir()
    (remote.folder / "failures.jsonl").write_text("{}")
    remote.push_beside()
    assert urls.names_at("memory://out") == {"failures.jsonl"}
    (remote.folder / "failures.jsonl").unlink()
    remote.push_beside()
    assert urls.names_at("memory://out") == set()


def test_a_place_that_cannot_be_written_is_noticed(remote, monkeypatch):
    remote.check_writable()
    assert urls.names_at("memory://out") == set()

    def refuse(self, *args, **kwargs):
        raise PermissionError("denied")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "put_file", refuse)
    with pytest.raises(OutputError, match=r"memory://out/\.writable: cannot be written"):
        remote.check_writable()


def test_names_that_lead_out_of_the_folder_are_not_taken(remote, memory, tmp_path, monkeypatch):
    found = ["/out/../../evil/reconstruction.json", "/out/../evil/reconstruction.json"]
    monkeypatch.setattr(type(memory), "find", lambda self, path, **options: found)
    memory.pipe("/out/x", b"")
    remote.pull()
    assert not list(tmp_path.parent.glob("evil"))
    assert not list(tmp_path.glob("evil"))


def test_secrets_of_the_url_are_not_told(tmp_path):
    remote = Remote("https://me:pa55@host/out", tmp_path, ())
    assert remote.shown(tmp_path / "a") == "https://host/out/a"
    assert remote.shown(tmp_path) == "https://host/out"
    assert "pa55" not in repr(remote)
