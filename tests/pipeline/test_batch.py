import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from chorus_recon.errors import InputError, NoPerson, OutputError
from chorus_recon.io import writing
from chorus_recon.io.images import file_sha256, load_photo
from chorus_recon.perception.people import choose_people
from chorus_recon.pipeline import batch, batch_run, failures, photo_worker
from chorus_recon.pipeline.config import ReconstructConfig, described, differing
from chorus_recon.pipeline.photo_worker import Answer, Outcome
from chorus_recon.types import Detection, Photo, Reconstruction
from chorus_recon.version import __version__


class FakeResult(Reconstruction):
    """Saves what the real one does, as far as a folder run looks at it."""

    def __init__(self, photo, options=None):
        facts = {"path": str(photo.absolute()), "sha256": file_sha256(photo)}
        versions = {"chorus_recon": __version__}
        object.__setattr__(self, "options", {"photo": facts, "options": options or {}, "versions": versions})

    def save(self, directory, *, overwrite=False):
        directory.mkdir(parents=True, exist_ok=overwrite)
        (directory / "reconstruction.json").write_text(json.dumps(self.options))
        return directory


def work(photo):
    if photo.stem.startswith("bad"):
        raise NoPerson(f"{photo.name}: nobody", "Try another photo.")
    if photo.stem.startswith("broken"):
        raise ZeroDivisionError("a fault")
    return FakeResult(photo)


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """Fake results have nothing to tell."""
    monkeypatch.setattr(photo_worker, "answer_of", lambda result: Answer("", (), {}))


def pool(do, overwrite=False):
    return lambda jobs: (photo_worker.do(job, do, {}, overwrite=overwrite) for job in jobs)


def outcomes(jobs, out, do=work, overwrite=False):
    return batch_run.run(batch.look_up(jobs, {}, overwrite=overwrite), out, pool(do, overwrite), {})


def run(jobs, out, do=work, **options):
    """What failed, in the order of the jobs."""
    found = {o.job.photo: o.failure and o.failure.error for o in outcomes(jobs, out, do, **options)}
    return [found[job.photo] for job in jobs]


def finished(jobs, options=None, **more):
    return [job.finished for job in batch.look_up(jobs, options or {}, **more)]


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return [root / name for name in names]


def test_results_mirror_the_folder(tmp_path):
    photos = touch(tmp_path / "in", "a.jpg", "deep/er/b.png")
    jobs = batch.plan(photos, [tmp_path / "in"], Path("out"))
    assert [j.directory for j in jobs] == [Path("out/a"), Path("out/deep/er/b")]


def test_a_photo_named_itself_goes_by_its_name(tmp_path):
    (photo,) = touch(tmp_path, "far/away/a.jpg")
    assert batch.plan([photo], [], Path("out"))[0].directory == Path("out/a")


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (("a.jpg", "a.png"), ("a_jpg", "a_png")),
        (("a.jpg", "A.jpg"), ("a_jpg", "A_jpg_2")),  # one folder on a disk that folds case
        (("a.jpg", "a.png", "a_jpg.gif"), ("a_jpg_2", "a_png", "a_jpg")),
        (("a.jpg", "a/b.jpg"), ("a_jpg", "a/b")),  # redoing a would wipe a/b
    ],
)
def test_folders_that_would_meet_are_told_apart(tmp_path, names, folders):
    photos = [tmp_path / name for name in names]
    jobs = batch.plan(photos, [tmp_path], Path("out"))
    assert [j.directory for j in jobs] == [Path("out") / f for f in folders]
    assert jobs == batch.plan(photos, [tmp_path], Path("out"))


def test_the_same_name_from_two_roots(tmp_path):
    photos = touch(tmp_path, "one/a.jpg", "two/a.jpg")
    jobs = batch.plan(photos, [tmp_path / "one", tmp_path / "two"], Path("out"))
    assert [j.directory.name for j in jobs] == ["a_jpg", "a_jpg_2"]


def test_one_bad_photo_never_stops_the_rest(tmp_path):
    photos = touch(tmp_path, "a.jpg", "bad.jpg", "broken.jpg", "z.jpg")
    jobs = batch.plan(photos, [], tmp_path / "out")
    assert run(jobs, tmp_path / "out") == [None, "NoPerson", "ZeroDivisionError", None]
    rows = [json.loads(line) for line in (tmp_path / "out" / "failures.jsonl").read_text().splitlines()]
    assert rows[0] == {
        "format": 1,
        "path": str(photos[1]),
        "error": "NoPerson",
        "message": "bad.jpg: nobody",
        "hint": "Try another photo.",
        "sha256": file_sha256(photos[1]),
        "options": {},
        "version": __version__,
    }
    assert "unexpected ZeroDivisionError: a fault" in rows[1]["message"]


def test_finished_photos_are_skipped_and_failures_forgotten_once_they_succeed(tmp_path):
    photos = touch(tmp_path, "a.jpg", "bad.jpg")
    jobs, out, done = batch.plan(photos, [], tmp_path / "out"), tmp_path / "out", []
    run(jobs, out)

    def mended(photo):
        done.append(photo.name)
        return FakeResult(photo)

    assert run(jobs, out, mended) == [None, None]
    assert done == ["bad.jpg"]
    assert not (out / "failures.jsonl").exists()
    run(jobs, out, mended, overwrite=True)
    assert done == ["bad.jpg", "a.jpg", "bad.jpg"]


def test_a_half_result_is_done_again(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg"), [], tmp_path / "out")
    touch(tmp_path / "out", "a/human.ply")
    (tmp_path / "out" / "a" / "reconstruction.json").write_text('{"cut sho')
    assert finished(jobs) == [False]
    run(jobs, tmp_path / "out")
    assert finished(jobs) == [True]


def test_stopping_keeps_what_is_done(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg", "c.jpg"), [], tmp_path / "out")

    def interrupted(photo):
        if photo.stem == "b":
            raise KeyboardInterrupt
        return FakeResult(photo)

    with pytest.raises(KeyboardInterrupt):
        run(jobs, tmp_path / "out", interrupted)
    assert finished(jobs) == [True, False, False]


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "writable"), (errno.EFBIG, "ulimit -f")],
)
def test_a_full_disk_stops_at_once_and_says_so(tmp_path, number, way_out):
    jobs, done = batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out"), []

    def full(photo):
        done.append(photo)
        raise OSError(number, "No space left on device", str(photo))

    with pytest.raises(OutputError, match="No space left") as caught:
        run(jobs, tmp_path / "out", full)
    assert "goes on where this one stopped" in caught.value.hint
    assert way_out in caught.value.hint
    assert len(done) == 1


def test_an_output_error_of_one_photo_is_its_own(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out")

    def taken(photo):
        if photo.stem == "a":
            raise OutputError("out/a is a file", "Remove it.")
        return FakeResult(photo)

    assert run(jobs, tmp_path / "out", taken) == ["OutputError", None]


def test_a_torn_line_of_failures_is_ignored(tmp_path):
    (tmp_path / "failures.jsonl").write_text('{"path": "a", "error": "X"}\n{"path": "b", "err')
    assert [row["path"] for row in failures.read(tmp_path)] == ["a"]


def test_who_has_which_number_is_drawn_where_the_message_says(tmp_path):
    pixels = torch.full((60, 90, 3), 120, dtype=torch.uint8)
    boxes = torch.tensor([[5.0, 10, 25, 55], [40.0, 8, 60, 54]])
    people = [Detection(box, "person", 0.9) for box in boxes]

    def choose(photo, **asked):
        choose_people(people, Photo(pixels, photo), asked.get("wanted"), [], alone="wanted" not in asked)

    jobs = batch.plan(touch(tmp_path, "street.jpg"), [], tmp_path / "out")
    cases = ((lambda p: choose(p, wanted=4), "--person 4 asked"), (choose, "found 2 people, 2 alike"))
    for work_on, words in cases:
        (outcome,) = outcomes(jobs, tmp_path / "out", work_on)
        picture = tmp_path / "out" / "street" / "people.png"
        assert outcome.failure.error == "NoPerson"
        assert words in outcome.failure.message
        assert outcome.failure.hint == f"Pass --person 0|1 (numbered left to right in {picture})."
        with Image.open(picture) as drawn:
            assert drawn.size == (90, 60)
            assert len(drawn.getcolors(10_000)) > 2
        picture.unlink()
    assert finished(jobs) == [False]
    assert run(jobs, tmp_path / "out") == [None]


def test_another_photo_of_the_same_name_gets_a_folder_of_its_own(tmp_path):
    one, two, three = touch(tmp_path, "a/IMG_1.jpg", "b/IMG_1.jpg", "c/IMG_1.jpg")
    out = tmp_path / "out"
    for photo, folder in ((one, "IMG_1"), (two, "IMG_1_2"), (three, "IMG_1_3")):
        (job,) = batch.look_up(batch.plan([photo], [], out), {})
        assert (job.directory, job.finished) == (out / folder, False)
        assert (folder == "IMG_1") == (job.note == "")
        run(batch.plan([photo], [], out), out)
    for photo, folder in ((one, "IMG_1"), (two, "IMG_1_2"), (three, "IMG_1_3")):
        (job,) = batch.look_up(batch.plan([photo], [], out), {})
        assert (job.directory, job.finished) == (out / folder, True)
        (again,) = batch.look_up(batch.plan([photo], [], out), {}, overwrite=True)
        assert (again.directory, again.finished) == (out / folder, False)


def test_a_moved_photo_is_finished_and_a_changed_one_is_not(tmp_path):
    (photo,) = touch(tmp_path, "a/x.jpg")
    out = tmp_path / "out"
    run(batch.plan([photo], [], out), out)
    moved = photo.rename(tmp_path / "x.jpg")
    assert finished(batch.plan([moved], [], out)) == [True]
    photo.write_text("cropped since")
    (job,) = batch.look_up(batch.plan([photo], [], out), {})
    assert (job.directory, job.finished) == (out / "x", False)
    assert "the photo has changed" in job.note


def test_other_options_and_another_version_are_done_again_and_told(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg"), [], tmp_path / "out")
    run(jobs, tmp_path / "out")
    (job,) = batch.look_up(jobs, {"category": "umbrella"})
    assert not job.finished
    assert job.note == "its result was made with other options (category)"
    (job,) = batch.look_up(jobs, {}, "9.9.9")
    assert not job.finished
    assert job.note == f"its result is by version {__version__}, this is 9.9.9"
    (tmp_path / "out" / "a" / "reconstruction.json").write_text("{}")  # by a version that kept no options
    (job,) = batch.look_up(jobs, {})
    assert (job.finished, "version unknown" in job.note) == (False, True)


def test_files_count_by_their_content(tmp_path):
    mask, same, other = (tmp_path / name for name in ("m.png", "n.png", "o.png"))
    for path, text in ((mask, "1"), (same, "1"), (other, "2")):
        path.write_text(text)
    one, two, three = (described(ReconstructConfig(object_mask=path), {}) for path in (mask, same, other))
    assert differing(one, two) == []
    assert differing(one, three) == ["object_mask"]
    assert differing(one, described(ReconstructConfig(), {})) == ["object_mask"]
    plain = described(ReconstructConfig(device="cuda"), {})
    assert plain == {}
    assert differing(plain, described(ReconstructConfig(seed=1), {"human": "hmr2"})) == ["backends", "seed"]
    spelt = [described(ReconstructConfig(category=c), {}) for c in ("Tennis Racket", "tennis-racket")]
    assert differing(*spelt) == []


def test_a_place_that_cannot_be_written_is_noticed_before_the_work(tmp_path):
    (photo,) = touch(tmp_path, "a.jpg")
    jobs = batch.plan([photo], [], tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("in the way")

    def never(photo):
        raise AssertionError("the work was begun")

    (outcome,) = outcomes(jobs, tmp_path / "out", never)
    assert outcome.failure.error == "OutputError"
    assert "is a file" in outcome.failure.message


@pytest.mark.parametrize(
    ("row", "undecided"),
    [
        ({"status": "unsure", "object": None}, True),
        ({"status": "unsure", "object": {"probability": 0.3}}, False),
        ({"status": "person only", "object": None}, False),
    ],
)
def test_a_finished_photo_stays_undecided(tmp_path, row, undecided):
    (tmp_path / batch.FINISHED).write_text(json.dumps(row))
    job = batch.Job(tmp_path / "a.jpg", tmp_path, finished=True)
    assert Outcome(job).undecided is undecided
    assert not Outcome(replace(job, finished=False)).undecided


def test_what_failed_for_what_it_shows_is_known_until_photo_options_or_version_change(tmp_path):
    photos = touch(tmp_path, "bad.jpg", "broken.jpg")
    jobs, out = batch.plan(photos, [], tmp_path / "out"), tmp_path / "out"
    assert batch.failed_before(jobs, out, {}) == []
    run(jobs, out)
    assert batch.failed_before(jobs, out, {}) == jobs[:1]  # a fault of the program is tried again
    assert batch.failed_before(jobs, out, {"category": "umbrella"}) == []
    assert batch.failed_before(jobs, out, {}, "9.9.9") == []
    photos[0].write_text("cropped since")
    assert batch.failed_before(jobs, out, {}) == []
    photos[0].unlink()
    assert batch.failed_before(jobs, out, {}) == []


def test_a_photo_that_another_run_is_doing_comes_last_and_is_not_done_twice(tmp_path):
    jobs, out, done = (
        batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out"),
        tmp_path / "out",
        [],
    )

    def other_run(photo):
        done.append(photo.stem)
        if photo.stem == "a":  # the other run begins while this one is at a
            assert run(jobs[1:], out) == [None]
            assert [o.busy for o in pool(work)(jobs[:1])] == [True]
        return FakeResult(photo)

    assert run(jobs, out, other_run) == [None, None]
    assert done == ["a"]


def test_what_a_killed_run_left_is_cleared_even_beside_finished_photos(tmp_path):
    jobs, out = batch.plan(touch(tmp_path, "a.jpg"), [], tmp_path / "out"), tmp_path / "out"
    run(jobs, out)
    gone = f".a.{writing._machine()}-{2**22 + 1}-abcdef"  # no process has this number
    for name in (f"{gone}.partial", f"{gone}.old"):
        (out / name).mkdir()
        (out / name / "human.ply").write_text("")
    assert run(jobs, out) == [None]
    assert [path.name for path in out.iterdir()] == ["a"]


def no_memory_to_read(photo):
    try:
        raise MemoryError
    except MemoryError as error:
        raise InputError(f"{photo}: there is not enough memory to read it.") from error


def refuse(error):
    raise error


@pytest.mark.parametrize(
    "fail",
    [
        lambda photo: refuse(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: ...")),
        lambda photo: refuse(RuntimeError("can't start new thread")),
        lambda photo: refuse(OSError(errno.ENOMEM, "Cannot allocate memory")),
        no_memory_to_read,
    ],
)
def test_too_little_memory_is_told_and_says_nothing_about_the_photo(tmp_path, fail):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out")

    def greedy(photo):
        return fail(photo) if photo.stem == "a" else FakeResult(photo)

    first, second = outcomes(jobs, tmp_path / "out", greedy)
    assert (first.failure.message, first.failure.expected) == ("not enough memory.", True)
    assert "--workers" in first.failure.hint
    assert second.failure is None
    assert batch.failed_before(jobs, tmp_path / "out", {}) == []


def test_a_photo_that_is_replaced_while_it_fails_is_tried_again(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out")

    def nobody(photo):
        if photo.stem == "a":
            photo.write_bytes(b"somebody")
        raise NoPerson("nobody", "")

    assert run(jobs, tmp_path / "out", nobody) == ["NoPerson", "NoPerson"]
    assert batch.failed_before(jobs, tmp_path / "out", {}) == [jobs[1]]


def test_photos_that_vanish_fail_alone_and_are_done_when_they_are_back(tmp_path):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg", "c.jpg"), [], tmp_path / "out")

    def real(photo):
        if photo.stem == "a":
            jobs[1].photo.unlink()
        return FakeResult(photo) if photo.exists() else load_photo(photo)

    assert run(jobs, tmp_path / "out", real) == [None, "InputError", None]
    touch(tmp_path, "b.jpg")
    assert batch.failed_before(jobs, tmp_path / "out", {}) == []
    assert run(jobs, tmp_path / "out") == [None, None, None]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OutputError("full")])
def test_what_ended_workers_left_half_written_is_cleared_at_once(tmp_path, stop):
    jobs = batch.plan(touch(tmp_path, "a.jpg", "b.jpg"), [], tmp_path / "out")
    (tmp_path / "out").mkdir()

    def ended(jobs):
        gone = f".a.{writing._machine()}-{2**22 + 1}-abcdef.partial"  # no process has this number
        (tmp_path / "out" / gone).mkdir()
        yield refuse(stop)

    with pytest.raises((KeyboardInterrupt, OutputError)):
        list(batch_run.run(jobs, tmp_path / "out", ended, {}))
    assert list((tmp_path / "out").iterdir()) == []
