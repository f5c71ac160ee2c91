import numpy as np
import torch

from chorus_recon.io.meshes import mesh_files


def test_numbers_are_written_as_format_writes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(mesh_files, "_BLOCK", 7)
    generator = torch.Generator().manual_seed(0)
    odd = [0.0, -0.0, 1e-9, -1e-9, 0.9999999, -9.9999995, 123.4560005, 1e4, 5e-7, -5e-7, 1.5e-6, 2.5e-6]
    loose = torch.randn(48, generator=generator) * 10.0 ** torch.randint(-6, 4, (48,), generator=generator)
    vertices = torch.cat([torch.tensor(odd), loose]).reshape(-1, 3)
    faces = torch.randint(0, len(vertices), (23, 3), generator=generator)
    mesh_files.write_obj(tmp_path / "a.obj", "thing", vertices, faces, ["one", "two\nlines"])
    lines = ["# one", "# two lines", "o thing"]
    lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices.tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (faces + 1).tolist()]
    assert (tmp_path / "a.obj").read_text().splitlines() == lines


def test_a_mesh_without_faces_is_written(tmp_path):
    nothing = torch.zeros(0, 3)
    mesh_files.write_obj(tmp_path / "a.obj", "thing", nothing, nothing.long(), [])
    assert (tmp_path / "a.obj").read_text() == "o thing\n"
    assert np.array(mesh_files._text(b"v", np.zeros((0, 3)), 6)) == b""
