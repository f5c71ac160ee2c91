"""The commands and messages that say which models and libraries are here."""

import json
import sys
from importlib import metadata

import pytest
from click.testing import CliRunner
from PIL import Image

import chorus_recon.commands.doctor as doctor
import chorus_recon.commands.reconstruct as command
from chorus_recon.backends import hub_models, registry
from chorus_recon.backends.catalogue import OptionalBackend, optional_backends
from chorus_recon.backends.images import loading
from chorus_recon.cli import main
from chorus_recon.errors import MissingBackend
from chorus_recon.io.weights import OPTIONAL_WEIGHTS, WEIGHTS


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Runs the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(main, [str(a) for a in args])


def test_models_lists_what_is_used(cli):
    rows = json.loads(cli("models", "--json").stdout)
    rows, others = [row for row in rows if "sha256" in row], [row for row in rows if "seam" in row]
    assert [row["name"] for row in rows] == [file.name for file in (*WEIGHTS, *OPTIONAL_WEIGHTS)]
    assert {"detectron2", "hmr2", "smplx", "pytorch3d", "diffusers:sd15"} <= {row["name"] for row in others}
    assert {"--backend depth=moge", "--source rendered-photos"} <= {row["option"] for row in others}
    assert all(row["licence"] and (row["cure"] or row["state"] == "ready") for row in others)
    assert all(row["state"] == "missing" and len(row["sha256"]) == 64 and row["sources"] for row in rows)
    text = cli("models")
    assert text.exit_code == 0
    assert WEIGHTS[0].sha256 in text.stdout
    assert "models fetch" in text.stderr


def test_doctor_names_the_cure_of_a_problem(cli, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "file" / "cache"))
    done = cli("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert done.exit_code == 1
    assert checks["torch"]["state"] == "ok"
    assert checks["cache"]["state"] == "problem"
    assert "CHORUS_CACHE" in checks["cache"]["cure"]
    assert "models fetch" in checks["networks"]["cure"]
    assert all(check["cure"] for check in checks.values() if check["state"] == "problem")
    found = [doctor.Check(**check) for check in checks.values()]
    monkeypatch.setattr(doctor, "examine", lambda: found)
    assert "problem  cache" in cli("doctor").stdout


def test_doctor_says_one_line_a_slot_and_more_with_all(cli, monkeypatch):
    checks = [
        doctor.Check("torch", "ok", "2.13"),
        doctor.Check("depth=moge", "note", "not installed", "pip install moge", "depth networks", False),
        doctor.Check("depth=pro (large)", "note", "no weights", "curl x", "depth networks", False),
        doctor.Check("shape=http", "ok", "ready", slot="sources of shapes"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda: checks)
    short, long = cli("doctor").stdout, cli("doctor", "--all").stdout
    assert short.splitlines() == [
        "ok       torch: 2.13",
        "note     more depth networks: not ready: moge, pro",
        "ok       more sources of shapes: ready: http",
    ]
    assert "-> pip install moge" in long
    assert len(long.splitlines()) == 6


def test_doctor_notices_a_broken_torchvision(monkeypatch, tmp_path):
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    check = doctor._torchvision()
    assert check.state == "note"
    assert "nms does not exist" in check.detail
    fitting = f"0.{int(metadata.version('torch').split('.')[1]) + 15}"
    assert check.cure == f"pip install --force-reinstall --no-deps 'torchvision=={fitting}.*'"
    with pytest.raises(
        MissingBackend, match=r"'diffusers' imports torchvision, .*nms does not exist"
    ) as caught:
        loading._library()
    assert caught.value.hint == check.cure


def test_a_backends_weights_are_looked_for_where_its_library_keeps_them(tmp_path, monkeypatch):
    monkeypatch.setattr(hub_models, "is_cached", lambda repo: repo == "here/it-is")
    states = {
        "ready": {"repo": "here/it-is", "gated": True},
        "no access yet": {"repo": "not/here", "gated": True},
        "weights on first use": {"repo": "not/here"},
        "no weights": {"file": tmp_path / "gone.ckpt", "fetch": "curl x"},
        "no key": {"key": "NO_SUCH_VARIABLE"},
        "not installed": {"modules": ("no_such_module",), "install": "pip install x"},
    }
    for state, facts in states.items():
        backend = OptionalBackend(
            **{"slot": "depth", "name": "x", "modules": (), "install": "", "licence": "y"} | facts
        )
        assert backend.state == state
        assert bool(backend.cure) == (state != "ready")


@pytest.mark.parametrize(
    "backend",
    [backend for backend in optional_backends() if backend.slot in (*registry.ONLINE, *registry.OPTIONAL)],
    ids=lambda backend: f"{backend.slot}-{backend.name}",
)
def test_a_backend_that_is_not_here_says_what_and_how(cli, monkeypatch, tmp_path, backend):
    if backend.state in ("ready", "weights on first use"):
        pytest.skip("everything it needs is here, or would be fetched")
    Image.new("RGB", (64, 48)).save("photo.png")
    monkeypatch.setattr(command, "ready", lambda config, slots: None)
    done = cli("photo.png", "--backend", f"{backend.slot}={backend.name}", "--category", "skateboard")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    what, how = [line for line in done.stderr.splitlines() if line.strip()][:2]
    assert backend.name in what
    assert how.strip()
