import functools
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chorus_recon.errors import ChorusError, ConfigError, InputError
from chorus_recon.execution import executors, machine
from chorus_recon.execution.processes import Processes


def square(number: int) -> int:
    return number * number


def make_square():
    return square


def strict(number: int) -> int:
    if number == 3:
        raise InputError("three is refused.", "Take another.")
    return number


def make_strict():
    return strict


def dying(flag: Path, number: int) -> int:
    """Ends its process, once, while item 2 is being done."""
    if number == 2 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


def make_dying(flag: Path):
    return functools.partial(dying, flag)


def hopeless(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def make_hopeless():
    return hopeless


def run(executor, make, items):
    with executor.open(make) as worker_pool:
        return list(worker_pool(items))


def make_pid():
    number = [0]

    def count(item: int) -> tuple[int, int]:
        number[0] += 1
        return os.getpid(), number[0]

    return count


@pytest.mark.parametrize("name", ["local", "process"])
def test_every_item_gets_its_result(name):
    assert sorted(run(executors.choose(name, 2), make_square, range(5))) == [0, 1, 4, 9, 16]
    assert run(executors.choose(name), make_square, []) == []


@pytest.mark.parametrize("name", ["local", "process"])
def test_a_worker_keeps_what_it_learnt_from_lot_to_lot(name):
    with executors.choose(name, 1).open(make_pid) as worker_pool:
        results = [*worker_pool(range(2)), *worker_pool(range(2)), *worker_pool([])]
    assert {pid for pid, _ in results} == {results[0][0]}
    assert sorted(number for _, number in results) == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["local", "process"])
def test_an_expected_error_keeps_its_hint(name):
    with pytest.raises(InputError, match="three is refused") as error:
        run(executors.choose(name, 2), make_strict, range(5))
    assert error.value.hint == "Take another."


def test_a_process_that_dies_is_replaced_and_loses_nothing(tmp_path):
    make = functools.partial(make_dying, tmp_path / "died")
    assert sorted(run(Processes(2), make, range(6))) == [0, 1, 4, 9, 16, 25]
    assert (tmp_path / "died").exists()


def test_processes_that_always_die_are_given_up():
    with pytest.raises(ChorusError, match="died 3 times") as error:
        run(Processes(1), make_hopeless, [1])
    assert "--workers" in error.value.hint


def deadly(number: int) -> int:
    """Ends its process whenever it is given 2."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


def make_deadly():
    return deadly


def test_an_item_that_kills_each_worker_is_given_up_alone():
    with Processes(2).open(make_deadly, lost=lambda number: -number) as worker_pool:
        assert sorted(worker_pool(range(5))) == [-2, 0, 1, 9, 16]


def threads_of(number: int) -> str:
    return os.environ["OMP_NUM_THREADS"]


def make_threads_of():
    return threads_of


def test_workers_divide_the_processors(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("chorus_recon.execution.processes.cpus", lambda: 8)
    assert run(Processes(2), make_threads_of, [1]) == ["4"]
    assert "OMP_NUM_THREADS" not in os.environ


def test_as_many_workers_as_processors_and_memory_allow(monkeypatch):
    monkeypatch.setattr(machine, "cpus", lambda: 8)
    for free, count in ((None, 8), (5 << 30, 5), (1 << 20, 1), (1 << 40, 8)):
        monkeypatch.setattr(machine, "free_bytes", lambda free=free: free)
        assert machine.workers_that_fit(1 << 30) == count


def test_unknown_executor():
    with pytest.raises(ConfigError, match="slurm"):
        executors.choose("slurm")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_freed_pieces_between_blocks_are_given_back():
    code = (
        "from chorus_recon.execution.machine import give_back_freed_memory\n"
        "def resident():\n"
        "    return int(open('/proc/self/statm').read().split()[1]) * 4096\n"
        "held = [b'1' * 100_000 for _ in range(400)]\n"
        "held = held[::20]\n"
        "before = resident()\n"
        "assert give_back_freed_memory()\n"
        "print(before - resident())\n"
    )
    given = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert int(given) > 20e6  # of 38 million bytes
