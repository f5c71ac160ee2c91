import errno
import threading

import pytest

from chorus_recon.errors import OutputError
from chorus_recon.io.cache.derived import kept
from tests.ageing import set_days_ago


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path))
    return tmp_path


class Maker:
    def __init__(self, content=b"network"):
        self.times, self.content = 0, content

    def __call__(self, folder):
        self.times += 1
        (folder / "model.bin").write_bytes(self.content)


def test_a_folder_is_made_once_and_again_only_when_damaged(cache):
    make = Maker()
    folder = kept("ir", "a-1", make)
    assert folder == cache / "ir" / "a-1"
    kept("ir", "a-1", make)
    assert make.times == 1
    for damage in (
        lambda: (folder / "model.bin").write_bytes(b"networx"),  # as long as before
        lambda: (folder / "model.bin").unlink(),
        lambda: (folder / "sums.json").unlink(),
        lambda: (folder / "sums.json").write_text("[1"),
        lambda: (folder / "sums.json").write_text("[1]"),
    ):
        damage()
        assert kept("ir", "a-1", make) == folder
        assert (folder / "model.bin").read_bytes() == b"network"
    assert make.times == 6
    assert sorted(path.name for path in (cache / "ir").iterdir()) == [".a-1.lock", ".a-1.used", "a-1"]


def test_what_cannot_be_made_leaves_nothing_half_done(cache):
    def full(folder):
        (folder / "model.bin").write_bytes(b"net")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match="No space left") as error:
        kept("ir", "a-1", full)
    assert "CHORUS_CACHE" in error.value.hint
    assert [path.name for path in (cache / "ir").iterdir()] == [".a-1.lock"]


def test_several_at_once_make_it_once():
    make, found = Maker(), []
    threads = [threading.Thread(target=lambda: found.append(kept("ir", "a", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(set(found)), make.times) == (1, 1)


def test_what_nobody_used_for_a_month_goes_when_another_is_made(cache):
    old, used = (kept("ir", key, Maker()) for key in ("a-1", "a-2"))
    foreign = cache / "ir" / "notes"
    foreign.mkdir()
    for path in (*(cache / "ir").iterdir(), used):
        set_days_ago(path, 40)
    kept("ir", "a-2", Maker())  # still used
    make = Maker()
    kept("canon", "b-1", make)  # of another kind
    assert old.is_dir()
    kept("ir", "a-3", Maker())
    assert sorted(p.name for p in (cache / "ir").iterdir() if p.name[0] != ".") == ["a-2", "a-3", "notes"]
