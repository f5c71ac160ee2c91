"""Damage files as disks, transfers and other programs do; the same seed gives the same damage."""

import copy
import json
import random
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_S = 20.0  # of CPU time for one input: a reader that takes longer hangs
_NUMBERS = (0, 1, -1, 2, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 1e308, -1e308, 0.5)
_VALUES = (*_NUMBERS, None, True, "", "x", "1e999", [], [0], [[1, 2], [3]], {}, {"x": 1}, float("nan"))


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A file's bytes with one to six places changed, cut, doubled or removed."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        if not out:
            break
        at = rng.randrange(len(out)) if rng.random() < 0.6 else rng.randrange(min(len(out), 256))
        length = rng.choice((1, 2, 4, 8, 64))
        kind = rng.randrange(7)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at] = rng.choice((0, 1, 127, 128, 255))
        elif kind == 2:
            del out[at : at + length]
        elif kind == 3:
            out[at:at] = out[at : at + length]
        elif kind == 4:
            out[at : at + 4] = struct.pack(rng.choice("<>") + "I", rng.choice((0, 1, 2**31, 2**32 - 1)))
        elif kind == 5:
            out[at:at] = rng.randbytes(length)
        else:
            del out[max(1, at) :]
    return bytes(out)


def mutated_json(value: object, rng: random.Random) -> str:
    """A JSON value with one to three of its parts replaced, removed or renamed; at times broken text."""
    whole = [copy.deepcopy(value)]
    for _ in range(rng.choice((1, 1, 2, 3))):
        spots = list(_spots(whole))
        holder, key = rng.choice(spots)
        kind = rng.randrange(4)
        if kind == 0 and isinstance(holder, dict):
            holder[f"{key}x"] = holder.pop(key)
        elif kind == 1 and holder is not whole:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(rng.choice(_VALUES))
    text = json.dumps(whole[0])
    return text if rng.random() < 0.9 else text[: rng.randrange(len(text) + 1)]


def _spots(value: object) -> Iterator[tuple[list | dict, int | str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _spots(inner)


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail where the block takes more than `LONGEST_S` of CPU time."""

    def stop(*_):
        raise AssertionError(f"still running after {LONGEST_S} s of CPU time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
