"""Every module can be imported alone, and no string names a module of a higher layer."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import chorus_recon

ROOT = Path(chorus_recon.__file__).parent
# Importing a backend of one of these libraries may fail where that library is not installed.
OPTIONAL = frozenset(
    "detectron2 diffusers gradio mitsuba oidn pyoidn open3d pyarrow pytorch3d ray smplx".split()
)

# Third-party libraries are imported once. All modules of the package are forgotten before each is imported,
# so that an import cycle shows. The code of a module is read from its file once.
_PARENT = """
import gc, importlib.machinery, json, sys, traceback
for name in json.loads(sys.argv[2]):
    try:
        __import__(name)
    except ImportError:
        pass

def ours():
    return [name for name in sys.modules if name.split(".")[0] == "chorus_recon"]

assert not ours()
loader = importlib.machinery.SourceFileLoader
read, codes = loader.get_code, {}

def get_code(self, name):
    if name.split(".")[0] != "chorus_recon":
        return read(self, name)
    if name not in codes:
        codes[name] = read(self, name)
    return codes[name]

loader.get_code = get_code
gc.disable()
gc.freeze()
for number, name in enumerate(json.loads(sys.argv[1])):
    try:
        __import__(name)
        assert name in ours()
    except BaseException as error:
        missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
        print(json.dumps([name, missing, traceback.format_exc()]), flush=True)
    for other in ours():
        del sys.modules[other]
    if number % 10 == 0:
        gc.collect()
"""


def _modules() -> list[str]:
    paths = sorted(path.relative_to(ROOT.parent).with_suffix("") for path in ROOT.rglob("*.py"))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def _imported_libraries() -> list[str]:
    """Third-party names that the package imports at the top of its modules."""
    names = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return sorted(name for name in names if name.split(".")[0] not in {"chorus_recon", *OPTIONAL})


@pytest.mark.sweep  # it takes 20 seconds
def test_every_module_imports_alone():
    modules, libraries = _modules(), json.dumps(_imported_libraries())
    command = [sys.executable, "-c", _PARENT, json.dumps(modules), libraries]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    failures = [json.loads(line) for line in output.splitlines()]
    wrong = [row for row in failures if (row[1] or "").split(".")[0] not in OPTIONAL]
    assert not wrong, "\n".join(f"{name}:\n{trace}" for name, _, trace in wrong)


def _layers() -> list[tuple[str, ...]]:
    """Layers from the top to the bottom, as import-linter reads them."""
    settings = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())
    (contract,) = (c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [tuple(name.strip() for name in re.split(r"[|:]", row)) for row in contract["layers"]]


def _layer_of(module: str, layers: list[tuple[str, ...]]) -> int | None:
    for level, names in enumerate(layers):
        if any(module == name or module.startswith(name + ".") for name in names):
            return level
    return None


def _upward(module: str, source: str, layers: list[tuple[str, ...]]) -> list[str]:
    """Modules of higher layers that strings in a module's source name."""
    own = _layer_of(module, layers)
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for name in re.findall(r"chorus_recon(?:\.\w+)+", node.value):
                level = _layer_of(name, layers)
                if own is not None and level is not None and level < own:
                    found.append(name)
    return found


def test_no_string_names_a_module_of_a_higher_layer():
    layers, wrong = _layers(), {}
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        if found := _upward(module, path.read_text(), layers):
            wrong[module] = found
    assert not wrong


def test_a_string_that_names_a_higher_layer_is_found():
    layers = [("chorus_recon.cli",), ("chorus_recon.pipeline", "chorus_recon.priors"), ("chorus_recon.io",)]
    source = 'PLACE = "chorus_recon.priors.build:Build"'
    assert _upward("chorus_recon.io.fetch", source, layers) == ["chorus_recon.priors.build"]
    assert _upward("chorus_recon.pipeline.field", source, layers) == []
    assert _upward("chorus_recon.cli", source, layers) == []
