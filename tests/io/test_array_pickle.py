"""A pickle of arrays gives its arrays; a pickle that would do anything is refused."""

import io
import os
import pickle
import pickletools
import struct
import sys
from types import ModuleType

import numpy as np
import pytest
import scipy.sparse

from chorus_recon.errors import InputError
from chorus_recon.io import array_pickle


def written(tmp_path, raw):
    path = tmp_path / "model.pkl"
    path.write_bytes(raw if isinstance(raw, bytes) else pickle.dumps(raw, protocol=2))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_and_sparse_matrices_come_back(tmp_path, protocol):
    joints = scipy.sparse.random(24, 60, 0.2, random_state=0)
    model = {
        "v_template": np.random.default_rng(0).normal(size=(60, 3)),
        "f": np.arange(30, dtype=np.uint32).reshape(10, 3),
        "J_regressor": joints.tocsc(),
        "by_rows": joints.tocsr(),
        "bs_style": "lbs",
        "info": {"gender": "neutral", "mean": np.zeros(2)},
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    }
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(model, protocol))
    found = array_pickle.read(path)
    assert found.keys() == {"v_template", "f", "J_regressor", "by_rows", "fortran", "info/mean"}
    np.testing.assert_array_equal(found["v_template"], model["v_template"])
    np.testing.assert_array_equal(found["J_regressor"], joints.toarray())
    np.testing.assert_array_equal(found["by_rows"], joints.toarray())
    np.testing.assert_array_equal(found["fortran"], model["fortran"])
    assert type(found["f"]) is np.ndarray
    assert found["f"].dtype == np.uint32


def test_chumpy_arrays_need_no_chumpy(tmp_path, monkeypatch):
    ch, reordering = ModuleType("chumpy.ch"), ModuleType("chumpy.reordering")
    ch.Ch = type("Ch", (), {"__module__": "chumpy.ch"})
    reordering.Select = type("Select", (), {"__module__": "chumpy.reordering"})
    for module in (ModuleType("chumpy"), ch, reordering):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    whole = ch.Ch()
    whole.x = np.arange(12.0).reshape(4, 3)
    part = reordering.Select()
    part.a, part.idxs, part.preferred_shape = whole, np.array([3, 4, 5]), (1, 3)
    path = written(tmp_path, {"shapedirs": whole, "v_template": part})
    for name in ("chumpy.ch", "chumpy.reordering", "chumpy"):
        monkeypatch.delitem(sys.modules, name)
    found = array_pickle.read(path)
    np.testing.assert_array_equal(found["shapedirs"], np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(found["v_template"], [[3.0, 4.0, 5.0]])


class Runs:
    """Calls anything when unpickled the ordinary way."""

    def __init__(self, function, *arguments):
        self.what = function, arguments

    def __reduce__(self):
        return self.what


HOSTILE_CORE = pickle.dumps(Runs(os.system, "touch touched"))


def hostile():
    mark = "touched"
    yield "os.system", pickle.dumps({"f": Runs(os.system, f"touch {mark}")})
    yield "eval", pickle.dumps({"f": Runs(eval, f"open('{mark}','w')")}, protocol=4)
    yield "exec by name", f'cbuiltins\nexec\n(S\'open("{mark}","w")\'\ntR.'.encode()
    yield "old name of eval", f'c__builtin__\neval\n(S\'open("{mark}","w")\'\ntR.'.encode()
    yield "instance", f"(S'touch {mark}'\nios\nsystem\n.".encode()
    yield "posix", f"cposix\nsystem\n(S'touch {mark}'\ntR.".encode()
    yield "attribute by dots", b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93."
    yield "getattr", b"cbuiltins\ngetattr\n(cnumpy\nndarray\nS'tofile'\ntR."
    yield "numpy load", pickle.dumps({"f": Runs(np.load, "x.npy")})
    yield "nested pickle", pickle.dumps({"f": Runs(pickle.loads, HOSTILE_CORE)})
    yield "another encoding", pickle.dumps({"f": Runs(__import__("_codecs").encode, "a", "zip")})
    yield "outside object", b"Psomething\n."
    yield "memory map", b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nmemmap\n(I0\ntS'b'\ntR."
    yield "bare object", b"ccopyreg\n_reconstructor\n(cnumpy\nndarray\ncbuiltins\nobject\nNtR."
    yield "object as a number", b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'O'\ntRS'x'\ntR."


HOSTILE = dict(hostile())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pickle_is_refused_and_does_nothing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    pickletools.dis(HOSTILE[name], out=io.StringIO())  # it is a true pickle
    path = written(tmp_path, HOSTILE[name])
    with pytest.raises(InputError, match="refused"):
        array_pickle.read(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model.pkl"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a pickle",
        pickle.dumps({"f": np.zeros(3)})[:-9],
        pickle.dumps([1, 2]),
        b"\x80\x05\x96" + struct.pack("<Q", 1 << 60) + b"x.",
        b"]" + b"]" * 100 + b"a" * 200 + b".",
    ],
)
def test_a_file_that_is_not_a_pickled_dictionary_is_an_error(tmp_path, raw):
    with pytest.raises(InputError, match="model\\.pkl"):
        array_pickle.read(written(tmp_path, raw))


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        array_pickle.read(tmp_path / "gone.pkl")
