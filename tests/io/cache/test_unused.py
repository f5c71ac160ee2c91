import threading

import pytest

from chorus_recon.io.cache import unused
from chorus_recon.io.cache.unused import clear_unused, lock_of, mark_used
from tests.ageing import set_days_ago


@pytest.fixture
def aged(tmp_path):
    """A file and a folder that were made 40 days ago."""
    file, folder = tmp_path / "kept.bin", tmp_path / "kept"
    file.write_bytes(b"1")
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"1")
    for path in (file, folder):
        set_days_ago(path, 40)
    return [file, folder]


def test_only_what_is_old_and_unused_goes(aged, tmp_path):
    new = tmp_path / "new.bin"
    new.write_bytes(b"1")
    mark_used(aged[0])
    clear_unused([*aged, new, tmp_path / "missing"])
    assert [path.exists() for path in (*aged, new)] == [True, False, True]
    set_days_ago(tmp_path / ".kept.bin.used", 29)
    clear_unused(aged)
    assert aged[0].exists()
    set_days_ago(tmp_path / ".kept.bin.used", 31)
    clear_unused(aged)
    assert not aged[0].exists()
    assert not (tmp_path / ".kept.bin.used").exists()


def test_links_and_what_they_lead_to_stay(aged, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "kept"
    link.symlink_to(aged[1])
    clear_unused([link])
    assert link.is_symlink()
    assert (aged[1] / "model.bin").exists()


def test_what_is_being_written_stays(aged):
    with lock_of(aged[0]):
        clear_unused(aged)
    assert [path.exists() for path in aged] == [True, False]


def test_what_is_marked_at_the_last_moment_stays(aged, monkeypatch):
    """The mark comes between the first look and the lock."""
    plain = unused.lock_of

    def late(path, timeout_s=-1):
        monkeypatch.setattr(unused, "lock_of", plain)
        mark_used(path)
        return plain(path, timeout_s)

    monkeypatch.setattr(unused, "lock_of", late)
    clear_unused(aged[:1])
    assert aged[0].exists()


def test_marking_waits_for_who_writes(aged):
    begun = threading.Thread(target=mark_used, args=(aged[0],))
    with lock_of(aged[0]):
        begun.start()
        begun.join(0.1)
        assert begun.is_alive()
    begun.join(10)
    assert not begun.is_alive()


def test_a_cache_that_cannot_be_locked_is_left_alone(aged, monkeypatch):
    def refused(path, timeout_s=-1):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(unused, "lock_of", refused)
    mark_used(aged[0])
    clear_unused(aged)
    assert [path.exists() for path in aged] == [True, True]
