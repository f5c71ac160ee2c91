import os
import threading
import time

from chorus_recon.io import claims
from chorus_recon.io.claims import claim


def test_a_claim_is_held_by_one_and_given_back(tmp_path):
    with claim(tmp_path / "a", wait=True) as mine:
        assert mine
        with claim(tmp_path / "a", wait=False) as theirs:
            assert not theirs
    with claim(tmp_path / "a", wait=False) as again:
        assert again


def test_a_clock_that_jumps_changes_no_claim(tmp_path, monkeypatch):
    """Claims are locks of the system: they have no age, and the clock of the files does not matter."""
    waited = []

    def wait():
        with claim(tmp_path / "a", wait=True):
            waited.append(True)

    thread = threading.Thread(target=wait)
    with claim(tmp_path / "a", wait=True):
        os.utime(claims._place(tmp_path / "a"), (0, 0))
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now - 10 * 86400)
        thread.start()
        with claim(tmp_path / "a", wait=False) as theirs:
            assert not theirs
        monkeypatch.setattr(time, "time", lambda: now + 10 * 86400)
        with claim(tmp_path / "a", wait=False) as theirs:
            assert not theirs
        assert not waited
    thread.join(10)
    assert waited
