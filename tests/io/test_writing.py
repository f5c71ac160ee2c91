import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chorus_recon.errors import OutputError
from chorus_recon.io import writing

KILLED = """
import os, signal, sys
from pathlib import Path
from chorus_recon.io import writing
for purpose in sys.argv[2:]:
    path = writing.temporary(Path(sys.argv[1]), purpose)
    path.mkdir()
    (path / "half.txt").write_text("half")
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_writing(directory, *purposes):
    done = subprocess.run([sys.executable, "-c", KILLED, str(directory), *purposes], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_a_killed_process_left_is_known(tmp_path):
    directory = tmp_path / "photo"
    killed_while_writing(directory, "partial", "old")
    (found,) = writing.leftovers(directory, "partial")
    assert (found / "half.txt").exists()
    assert len(writing.leftovers(directory, "old")) == 1
    assert writing.leftovers(tmp_path / "photo2", "partial") == []


def test_what_is_in_use_is_left_alone(tmp_path):
    directory = tmp_path / ("long name " * 30)
    mine = writing.temporary(directory, "partial")
    mine.mkdir()
    theirs = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{os.getppid()}-"))
    theirs.mkdir()
    elsewhere = theirs.with_name(theirs.name.replace(f".{writing._machine()}-", ".0000-"))
    elsewhere.mkdir()
    assert len(os.fsencode(mine.name)) < 120
    assert writing.leftovers(directory, "partial") == []
    writing.release(mine)
    assert not mine.exists()


def test_a_place_that_can_be_written_stays_as_it_is(tmp_path):
    writing.check_writable(tmp_path / "not" / "yet")
    writing.check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("file", "is a file"),
        ("file/below", "file: is a file"),
        ("nowhere", "is a link to nothing"),
        ("x" * 300, "cannot be written"),
        ("/proc/photo", "cannot be written"),
    ],
)
def test_a_place_that_cannot_be_written_says_why(tmp_path, place, words):
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    if place.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("no /proc here")
    with pytest.raises(OutputError, match=words) as caught:
        writing.check_writable(tmp_path / place)
    assert "-o DIR" in caught.value.hint
