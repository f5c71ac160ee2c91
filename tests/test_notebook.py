import json
import os
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[1] / "examples" / "notebook.ipynb"


def test_the_notebook_is_kept_without_outputs():
    cells = [cell for cell in json.loads(PLACE.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


@pytest.mark.weights
@pytest.mark.filterwarnings("default")  # those of the libraries that run notebooks
def test_the_notebook_runs(tmp_path, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    root = PLACE.parents[1]
    (tmp_path / "examples").mkdir()
    (tmp_path / "docs").symlink_to(root / "docs")
    monkeypatch.setenv("PYTHONPATH", f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    notebook = nbformat.read(PLACE, 4)
    nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path / "examples")}}
    ).execute()
    said = json.dumps([cell.get("outputs") for cell in notebook.cells])
    assert "bicycle: " in said
    assert "<iframe" in said
    assert "scene.glb" in said
    assert (tmp_path / "examples" / "out" / "rider" / "report.html").is_file()
