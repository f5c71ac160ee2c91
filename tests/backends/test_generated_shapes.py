"""Meshes made by somebody else's model: a command and an endpoint, both real, both ours."""

import stat
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import torch
import trimesh

from chorus_recon.backends import registry
from chorus_recon.errors import InputError, MissingBackend
from tests import scenes

MAKER = """#!{python}
import sys
import trimesh
from PIL import Image
image, mask, out = sys.argv[1:4]
assert Image.open(image).size == Image.open(mask).size
assert Image.open(mask).getextrema()[1] == 255
trimesh.creation.box((1.0, 0.1, 0.3)).export(out)
"""


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture
def maker(tmp_path):
    path = tmp_path / "make mesh.py"
    path.write_text(MAKER.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_commands_mesh_takes_the_categorys_size(world, maker):
    source = registry.make("shape", f"command:'{maker}' {{image}} {{mask}} {{out}}")
    (shape,) = source.shapes("skateboard", world.photo, world.object_mask)
    like = registry.make("shape", "templates").shapes("skateboard")[0]
    size, wanted = (float((s.vertices.amax(0) - s.vertices.amin(0)).max()) for s in (shape, like))
    assert size == pytest.approx(wanted, rel=1e-4)
    assert "made from the photo" in shape.source
    assert torch.allclose(shape.vertices.amin(0), -shape.vertices.amax(0), atol=1e-4)
    (unknown,) = source.shapes("zeppelin", world.photo, world.object_mask)
    assert unknown.scale_sd > 0.5
    assert source.shapes("skateboard") == []


@pytest.mark.parametrize("kind", ["glb", "obj", "ply", "stl"])
@pytest.mark.parametrize("renamed", [True, False])
def test_a_mesh_of_any_kind_and_unit_is_taken(world, tmp_path, kind, renamed):
    made = trimesh.creation.box((1e4, 1e3, 3e3))  # its units say nothing
    name = f"made.{kind}"
    made.export(tmp_path / name)
    copy = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"
    out = "{out}" if renamed else f"{{out}}.{kind}"
    source = registry.make("shape", f"command:{sys.executable} -c '{copy}' {tmp_path / name} {out} {{image}}")
    (shape,) = source.shapes("skateboard", world.photo, world.object_mask)
    size = shape.vertices.amax(0) - shape.vertices.amin(0)
    assert float(size.max()) == pytest.approx(0.8, abs=0.1)
    assert float(size.min() / size.max()) == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("{python} -c 'import sys; sys.exit(\"no gpu\")' {{image}} {{out}}", "exit code 1: no gpu"),
        ("{python} -c pass {{image}} {{out}}", "wrote no mesh"),
        ("no-such-tool {{image}} {{out}}", "cannot be run"),
        ('{python} -c \'open(__import__("sys").argv[1], "w")\' {{out}} {{image}}', "cannot be used"),
    ],
)
def test_a_commands_failures_are_reported(world, command, words):
    source = registry.make("shape", "command:" + command.format(python=sys.executable))
    with pytest.raises((InputError, MissingBackend), match=words):
        source.shapes("skateboard", world.photo, world.object_mask)


@pytest.mark.parametrize("line", ["command", "command:", "command:tool {image}", "http:", "http://"])
def test_invalid_commands_are_reported_before_the_photo(line):
    with pytest.raises(MissingBackend):
        registry.make("shape", line)


@pytest.fixture
def endpoint():
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            if self.path == "/busy":
                self.send_error(503)
                return
            mesh = trimesh.creation.icosphere(1).export(file_type="glb")
            self.send_response(200)
            self.send_header("Content-Length", str(len(mesh)))
            self.end_headers()
            self.wfile.write(mesh)

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_endpoint_is_sent_the_photo_and_answers_with_a_mesh(world, endpoint):
    url, seen = endpoint
    (shape,) = registry.make("shape", f"{url}/mesh").shapes("frisbee", world.photo, world.object_mask)
    assert len(shape.faces) == 80
    path, body = seen[0]
    assert path == "/mesh"
    assert body.count(b"\x89PNG") == 2
    assert b'name="category"\r\n\r\nfrisbee\r\n' in body
    with pytest.raises(InputError, match="answered 503"):
        registry.make("shape", f"{url}/busy").shapes("frisbee", world.photo, world.object_mask)
    with pytest.raises(InputError, match="no answer from the server"):
        registry.make("shape", "http://127.0.0.1:9/mesh").shapes("frisbee", world.photo, world.object_mask)
