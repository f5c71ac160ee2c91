import csv
import json
import os
import re

import pytest
from PIL import Image

from chorus_recon.pipeline import batch, failures
from chorus_recon.pipeline.gallery import overview as module
from chorus_recon.pipeline.gallery import page, tables, thumbnails
from chorus_recon.pipeline.gallery.overview import Overview
from tests.pipeline.gallery.results import make_failures, make_result

WICKED = "=1+1 <img src=x onerror=alert(1)></script>\u202e & 'a'\".jpg"


@pytest.fixture
def out(tmp_path):
    """Two results, one of them unsure, and a failure."""
    out = tmp_path / "out"
    make_result(out / "b10", tmp_path / "b10.jpg")
    make_result(out / "deep" / "b9", tmp_path / "b9.jpg", probability=0.3, category="cell_phone")
    Image.new("RGB", (64, 48), "gray").save(tmp_path / "nobody.jpg")
    make_failures(out, tmp_path / "nobody.jpg")
    return out


def items(out):
    text = (out / "index.html").read_text()
    return json.loads(text.partition('id="items">')[2].partition("</script>")[0])["items"]


def table(out):
    with (out / "results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_tables_have_a_row_a_photo(out, tmp_path):
    assert Overview(out).write() == 3
    sure, unsure, failed = [table(out)[k] for k in (1, 0, 2)]  # b9 comes before b10
    assert sure["path"] == str(tmp_path / "b10.jpg")
    assert (sure["status"], sure["category"], sure["probability"]) == ("ok", "umbrella", "0.9")
    assert (unsure["status"], unsure["category"], unsure["folder"]) == ("unsure", "cell phone", "deep/b9")
    assert float(sure["object_width_m"]) == pytest.approx(0.8)
    assert float(sure["person_distance_m"]) == pytest.approx(3.2, abs=0.01)
    assert (failed["status"], failed["reason"], failed["hint"]) == (
        "failed",
        "nobody is in the photo.",
        "Try another.",
    )
    assert failed["probability"] == ""


def test_what_is_as_good_as_ruled_out_is_not_named(out, tmp_path):
    facts = make_result(out / "b10", tmp_path / "b10.jpg")
    shares = {"umbrella": 0.9, "tie": 0.07, "chair": 0.004}
    facts["considered"] = [{"category": name, "probability": share} for name, share in shares.items()]
    facts["nothing_used_probability"] = 0.026
    (out / "b10" / "reconstruction.json").write_text(json.dumps(facts))
    Overview(out).write()
    (said,) = [row["considered"] for row in table(out) if row["folder"] == "b10"]
    assert said == "umbrella 90%; tie 7%; nothing 3%"


def test_the_parquet_file_says_the_same(out):
    parquet = pytest.importorskip("pyarrow.parquet")
    Overview(out).write()
    rows = parquet.read_table(out / "results.parquet").to_pylist()
    assert [row["status"] for row in rows] == [row["status"] for row in table(out)]
    assert rows[2]["probability"] is None
    assert rows[1]["probability"] == 0.9


def test_without_pyarrow_the_rest_is_written(out, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    overview = Overview(out)
    overview.write()
    assert "chorus-recon[priors]" in overview.incomplete.hint
    assert not (out / "results.parquet").exists()
    assert len(table(out)) == 3


def test_the_page_holds_everything_and_loads_nothing(out):
    Overview(out).write()
    text = (out / "index.html").read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=[\"']?(https?:|//)", text)
    assert next(item["href"] for item in items(out)) == "./deep/b9/report.html"
    assert all(item["thumbnail"].startswith("data:image/webp;base64,") for item in items(out))


def test_names_of_files_are_text_everywhere(tmp_path):
    out = tmp_path / "out"
    make_result(out / WICKED.removesuffix(".jpg").replace("/", "\u2215"), WICKED)
    make_failures(out, f"../../{WICKED}", message=f"{WICKED}: nobody.")
    Overview(out).write()
    text = (out / "index.html").read_text()
    assert text.count("</script>") == 2
    assert "<img src=x" not in text
    assert "<" not in [item["href"] for item in items(out)][-1]
    cells = [cell for row in table(out) for cell in row.values() if "1+1" in cell]
    assert len(cells) == 4
    assert not any(cell.startswith("=") for cell in cells)


def test_a_name_that_is_no_text_stops_nothing(tmp_path):
    name = os.fsdecode(b"caf\xe9")
    make_result(tmp_path / "out" / name, f"/in/{name}.jpg")
    Overview(tmp_path / "out").write()
    assert items(tmp_path / "out")[0]["href"] == "./caf%E9/report.html"


def test_only_what_is_new_is_read_again(out, tmp_path, monkeypatch):
    Overview(out).write()
    read = []
    monkeypatch.setattr(thumbnails, "of_result", lambda folder, record: read.append(folder.name) or "")
    monkeypatch.setattr(thumbnails, "of_photo", lambda path: read.append(path.name) or "")
    make_result(out / "new", tmp_path / "new.jpg")
    again = Overview(out)
    again.write()
    assert read == ["new"]
    again.write()
    assert read == ["new"]
    assert sum(bool(item["thumbnail"]) for item in items(out)) == 3


def test_a_photo_whose_last_attempt_failed_counts_once(out, tmp_path):
    make_failures(out, tmp_path / "b10.jpg")
    Overview(out).write()
    rows = {row["path"]: row for row in table(out)}
    assert len(rows) == len(table(out)) == 2
    assert rows[str(tmp_path / "b10.jpg")]["status"] == "failed"
    assert rows[str(tmp_path / "b10.jpg")]["folder"] == "b10"


def test_files_of_others_are_left_alone(out, caplog):
    (out / "index.html").write_text("my site")
    (out / "results.csv").write_text("my,table\n")
    overview = Overview(out)
    overview.write()
    overview.write()
    assert (out / "index.html").read_text() == "my site"
    assert (out / "results.csv").read_text() == "my,table\n"
    assert len(caplog.records) == 2


def test_what_another_version_wrote_is_replaced(out, monkeypatch):
    monkeypatch.setattr(page, "_FORMAT", "0.0.1 path status")
    Overview(out).write()
    (out / "results.csv").write_text("path,status,category,probability\n")
    monkeypatch.undo()
    read = []
    monkeypatch.setattr(thumbnails, "of_result", lambda folder, record: read.append(folder.name) or "")
    Overview(out).write()
    assert sorted(read) == ["b10", "b9"]
    assert len(table(out)) == 3


def test_updates_during_a_run_are_few_and_say_what_remains(out, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    overview = Overview(out)
    overview.update(5)
    assert "5 photos to go" in (out / "index.html").read_text()
    overview.update(4)
    assert "5 photos to go" in (out / "index.html").read_text()
    clock[0] += module.EVERY_S
    overview.update(3)
    assert "3 photos to go" in (out / "index.html").read_text()
    overview.write(2)
    assert "2 photos not done" in (out / "index.html").read_text()


def test_a_damaged_page_or_result_is_no_obstacle(out):
    Overview(out).write()
    text = (out / "index.html").read_text()
    (out / "index.html").write_text(text.replace("data:image/webp", "javascript:x"))
    (out / "b10" / "reconstruction.json").write_text('{"photo": 3, "human": []}')
    assert Overview(out).write() == 2


def test_photos_called_like_these_files_get_other_folders(tmp_path):
    names = (page.NAME, tables.CSV, tables.PARQUET, failures.NAME)
    jobs = batch.plan([tmp_path / f"{name}.jpg" for name in names], [], tmp_path / "out")
    assert [job.directory.name for job in jobs] == [f"{name}_jpg" for name in names]
