import functools
import http.server
import threading
from pathlib import Path

import pytest
from PIL import Image

from chorus_recon.errors import InputError, MissingBackend, OutputError
from chorus_recon.io import urls
from chorus_recon.io.photo_lists import is_list, read_list


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path):
    """A folder that is served, and its URL."""
    served = tmp_path / "served"
    served.mkdir()
    handler = functools.partial(_Quiet, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as http_server:
        thread = threading.Thread(target=http_server.serve_forever)
        thread.start()
        yield served, f"http://127.0.0.1:{http_server.server_port}"
        http_server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("url", "told", "path"),
    [
        ("s3://bucket/a/b.jpg", "s3://bucket/a/b.jpg", "bucket/a/b.jpg"),
        ("https://me:secret@host/a%20b.jpg?key=secret", "https://host/a%20b.jpg", "host/a b.jpg"),
        ("memory://x/../../y.png", "memory://x/../../y.png", "x/y.png"),
        ("http://host/?id=1", "http://host/", "host"),
    ],
)
def test_what_is_told_of_a_url_holds_no_secret(url, told, path):
    assert urls.is_url(url)
    assert urls.shown(url) == told
    assert urls.path_of(url) == Path(path)


def test_drives_and_paths_are_no_urls():
    assert not any(map(urls.is_url, ("C:/a.jpg", "C:\\a.jpg", "a.jpg", "/a://b", "http:/a")))
    assert urls.local_or_url("file:///a/b%20c.jpg") == Path("/a/b c.jpg")


def test_photos_in_a_folder_at_a_url(memory):
    for name in ("b.png", "a.JPG", "deep/c.jpg", "a.person_mask.png", ".d.jpg", "done/overlay.png", "x.txt"):
        memory.pipe(f"/in/{name}", b"x")
    memory.pipe("/in/done/reconstruction.json", b"{}")
    found = urls.photos_at("memory://in")
    assert found == ["memory://in/a.JPG", "memory://in/b.png", "memory://in/deep/c.jpg"]
    assert urls.photos_at("memory://in/", recursive=False) == ["memory://in/a.JPG", "memory://in/b.png"]
    assert urls.photos_at("memory://in/b.png") is None
    assert urls.photos_at("memory://gone") is None  # reading it will say why


def test_a_file_is_here_while_it_is_needed(memory):
    memory.pipe("/in/a.jpg", b"photo")
    with urls.at_hand("memory://in/a.jpg") as path:
        assert (path.name, path.read_bytes()) == ("a.jpg", b"photo")
    assert not path.parent.exists()
    with pytest.raises(InputError, match=r"memory://in/b\.jpg: cannot be read"):
        urls.at_hand("memory://in/b.jpg").__enter__()


def test_over_http(server):
    pytest.importorskip("aiohttp", reason="comes with the extra urls")
    served, url = server
    Image.new("RGB", (64, 48), "red").save(served / "a.png")
    secret = url.replace("http://", "http://me:secret@") + "/a.png?key=secret"
    with urls.at_hand(secret) as path:
        assert path.read_bytes() == (served / "a.png").read_bytes()
    with pytest.raises(InputError) as error:
        urls.at_hand(secret.replace("a.png", "gone.png")).__enter__()
    assert f"{url}/gone.png: cannot be read" in error.value.message
    assert "secret" not in str(error.value)
    assert urls.photos_at(f"{url}/") == [f"{url}/a.png"]


def test_what_is_not_installed_or_known_is_named(monkeypatch):
    def lacking(url):
        raise ImportError("Install s3fs to access S3")

    with pytest.raises(MissingBackend, match="Protocol not known: gopher"):
        urls.photos_at("gopher://host/a/")
    monkeypatch.setattr("fsspec.core.url_to_fs", lacking)
    with pytest.raises(MissingBackend, match="Install s3fs") as error:
        urls.at_hand("s3://key@b/a.jpg").__enter__()
    assert "chorus-recon[urls]" in error.value.hint
    assert "key" not in str(error.value)


def test_files_are_written_listed_and_removed(memory, tmp_path):
    (tmp_path / "a").write_text("content")
    assert urls.names_at("memory://out") == set()
    urls.put(tmp_path / "a", "memory://out/deep/a")
    assert urls.names_at("memory://out") == {"deep/a"}
    urls.get("memory://out/deep/a", tmp_path / "new" / "a")
    assert (tmp_path / "new" / "a").read_text() == "content"
    urls.remove("memory://out/deep/a")
    with pytest.raises(OutputError, match="memory://out/deep/a: cannot be read"):
        urls.get("memory://out/deep/a", tmp_path / "b")


def test_lists_name_paths_and_urls_and_may_be_at_one(memory, tmp_path):
    (tmp_path / "list.csv").write_text("url\nhttps://host/a.jpg?k=1\nb.jpg\nfile:///c.jpg\n")
    expected = ["https://host/a.jpg?k=1", tmp_path / "b.jpg", Path("/c.jpg")]
    assert read_list(str(tmp_path / "list.csv")) == expected
    memory.pipe("/in/list.txt", b"a.jpg\nmemory://x/b.jpg\n")
    assert is_list("memory://in/list.txt")
    assert not is_list("memory://in/a.jpg")
    assert read_list("memory://in/list.txt") == ["memory://in/a.jpg", "memory://x/b.jpg"]
    memory.pipe("/in/empty.csv", b"")
    with pytest.raises(InputError, match=r"memory://in/empty\.csv: names no photo"):
        read_list("@memory://in/empty.csv")


def test_a_column_of_a_parquet_table_may_hold_urls(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"id": [1, 2], "url": ["memory://in/a.jpg", "s3://b/c.png"]})
    parquet.write_table(table, tmp_path / "list.parquet")
    assert read_list(str(tmp_path / "list.parquet")) == ["memory://in/a.jpg", "s3://b/c.png"]
