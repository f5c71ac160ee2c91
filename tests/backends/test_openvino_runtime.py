import numpy as np
import openvino
import openvino.opset13 as ops

from chorus_recon.backends import openvino_runtime
from chorus_recon.backends.openvino_runtime import RowNetwork, compile_cpu, reshaped
from tests.ageing import set_days_ago


def test_a_graph_is_given_another_shape_once(tmp_path):
    graph = tmp_path / "graph.xml"
    for added in (2.0, 3.0):
        numbers = ops.parameter([1, 3], np.float32)
        total = ops.add(numbers, ops.constant(np.full((1, 3), added, np.float32)))
        openvino.save_model(openvino.Model([total], [numbers], f"add {added}"), graph)
        made = reshaped(graph, (-1, 3))
        result = compile_cpu(made)(np.ones((2, 3), np.float32))[0]
        assert np.array_equal(result, np.full((2, 3), 1 + added))
        written = made.stat().st_mtime_ns
        assert reshaped(graph, (-1, 3)) == made
        assert made.stat().st_mtime_ns == written
        assert reshaped(graph, (4, 3)) != made


def test_rows_of_a_batch_are_run_one_by_one_with_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    numbers = ops.parameter([1, 3], np.float32)
    outputs = [ops.exp(numbers), ops.reduce_sum(numbers, np.array([1]), keep_dims=True)]
    openvino.save_model(openvino.Model(outputs, [numbers], "two outputs"), tmp_path / "graph.xml")
    batch = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    together = compile_cpu(reshaped(tmp_path / "graph.xml", (-1, 3)))(batch)
    one_by_one = RowNetwork(tmp_path / "graph.xml", (3,))(batch)
    assert sorted(one_by_one) == [0, 1]
    for number, found in one_by_one.items():
        assert np.array_equal(found, together[number])


def test_what_another_version_compiled_goes_after_a_month(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path))
    compiled = tmp_path / "compiled"
    for name in ("2020.1", "2021.1", "mine"):
        (compiled / name).mkdir(parents=True)
    blobs = [compiled / "1.blob", compiled / "2020.1" / "2.blob", compiled / "2021.1" / "3.blob"]
    for blob in blobs:
        blob.write_bytes(b"1")
    for path in (*blobs[:2], blobs[1].parent, compiled / "mine"):
        set_days_ago(path, 40)
    openvino_runtime.core()
    assert [blob.exists() for blob in blobs] == [False, False, True]
    version = openvino.__version__.split("-")[0]
    assert sorted(p.name for p in compiled.iterdir() if p.is_dir()) == sorted(["2021.1", "mine", version])
