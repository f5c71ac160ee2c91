"""Damaged inputs give a value or an error that names the file: no traceback and no hang.

The default run reads a few hundred damaged files; `pytest -m fuzz` reads many thousands.
"""

import io
import json
import random
import zlib

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image
from safetensors.torch import save as to_safetensors

from chorus_recon.backends.shape.mesh_file import check_mesh
from chorus_recon.errors import ChorusError
from chorus_recon.evaluation.truth import find_items, read_truth
from chorus_recon.geometry.grid import cube
from chorus_recon.io import array_pickle, body_files, category_names, prior_files
from chorus_recon.io.images import load_mask, load_photo
from chorus_recon.io.prior_files import load_prior, save_prior
from chorus_recon.pipeline import batch
from chorus_recon.priors.jobs import settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import OccupancyPrior, PriorSet
from tests.fuzzing import mutated, mutated_json, no_hang
from tests.io.test_body_files import arrays
from tests.priors.making import SETTINGS

FEW, MANY = 16, 3000  # damaged files of each kind


def runs(*kinds):
    """Each kind with few damaged files, and with many where `-m fuzz` asks for them."""
    few = [pytest.param(kind, FEW, id=f"{kind}-few") for kind in kinds]
    return few + [pytest.param(kind, MANY, id=f"{kind}-many", marks=pytest.mark.fuzz) for kind in kinds]


def seeded(kind, count):
    for number in range(count):
        yield random.Random(zlib.crc32(f"{kind}-{number}".encode()))


def survives(read, path):
    """Read a file; an expected error must name it and say what to do."""
    error = refusal(read, path)
    assert error is None or (path.name in error.message and error.hint), repr(error)


def refusal(read, *arguments):
    """The error that was expected, if reading gave one; any other is a fault."""
    with no_hang():
        try:
            read(*arguments)
        except ChorusError as error:
            return error
    return None


def photo(kind):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (40, 48, 3), dtype=np.uint8)
    pixels[:20] = 90
    image, held, more = Image.fromarray(pixels), io.BytesIO(), {}
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    exif.get_ifd(0x8769)[0xA405] = 35
    if kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        more["exif"] = exif
    if kind in ("MPO", "GIF"):
        more |= {"save_all": True, "append_images": [image.resize((24, 20))]}
    image.save(held, kind, **more)
    return held.getvalue()


@pytest.mark.parametrize(("kind", "count"), runs("JPEG", "PNG", "WEBP", "TIFF", "MPO", "GIF", "BMP"))
def test_photos_and_masks(tmp_path, kind, count):
    whole, path = photo(kind), tmp_path / "damaged.jpg"
    for number, rng in enumerate(seeded(kind, count)):
        path.write_bytes(mutated(whole, rng))
        survives(load_photo if number % 4 else lambda p: load_mask(p, (48, 40)), path)


def mesh(kind):
    return trimesh.creation.icosphere(1, 0.3).export(file_type=kind)


@pytest.mark.parametrize(("kind", "count"), runs("glb", "obj", "ply", "stl", "off", "gltf"))
def test_meshes(tmp_path, kind, count):
    whole, path = mesh(kind), tmp_path / f"damaged.{kind}"
    if isinstance(whole, dict):  # gltf: a text beside its buffers
        for name, data in whole.items():
            (tmp_path / name).write_bytes(data)
        whole = whole["model.gltf"]
    whole = whole.encode() if isinstance(whole, str) else whole
    for rng in seeded(kind, count):
        path.write_bytes(mutated(whole, rng))
        survives(check_mesh, path)


def tree_of(glb):
    length = int.from_bytes(glb[12:16], "little")
    return json.loads(glb[20 : 20 + length]), glb[20 + length :]


@pytest.mark.parametrize(("kind", "count"), runs("glb-tree"))
def test_trees_of_glb_files(tmp_path, kind, count):
    tree, rest = tree_of(mesh("glb"))
    tree["accessors"][1] |= {"componentType": 5122, "normalized": True}
    path = tmp_path / "damaged.glb"
    for rng in seeded(kind, count):
        text = mutated_json(tree, rng).encode()
        text += b" " * (-len(text) % 4)
        head = b"glTF" + (2).to_bytes(4, "little") + (20 + len(text) + len(rest)).to_bytes(4, "little")
        path.write_bytes(head + len(text).to_bytes(4, "little") + b"JSON" + text + rest)
        survives(check_mesh, path)


@pytest.fixture(scope="module")
def prior(tmp_path_factory):
    grid, some = cube(2.0, 8), torch.linspace(0, 1, 512).reshape(8, 8, 8)
    cluster = OccupancyPrior(grid, some, torch.ones(8, 8, 8), "chorus-body-v1", "ride", 1.0)
    path = tmp_path_factory.mktemp("prior") / "a.prior.safetensors"
    return save_prior(path, PriorSet("box", (cluster,), {"scenes": 3})).read_bytes()


@pytest.mark.parametrize(("kind", "count"), runs("prior", "prior-header"))
def test_priors(tmp_path, prior, kind, count):
    path = tmp_path / "damaged.prior.safetensors"
    (tmp_path / "whole.prior.safetensors").write_bytes(prior)
    header, tensors = prior_files._read(tmp_path / "whole.prior.safetensors")
    length = int.from_bytes(prior[:8], "little")
    facts = json.loads(json.loads(prior[8 : 8 + length])["__metadata__"]["chorus"])
    assert header.category == facts["category"]
    for rng in seeded(kind, count):
        if kind == "prior":
            path.write_bytes(mutated(prior, rng))
        else:
            path.write_bytes(to_safetensors(tensors, {"chorus": mutated_json(facts, rng)}))
        survives(load_prior, path)


@pytest.mark.parametrize(("kind", "count"), runs("truth"))
def test_truth(tmp_path, kind, count):
    Image.new("RGB", (48, 40)).save(tmp_path / "photo.png")
    Image.new("L", (48, 40), 255).save(tmp_path / "m.png")
    trimesh.creation.box((1, 1, 1)).export(tmp_path / "mesh.ply")
    eye = np.eye(4).tolist()
    whole = {
        "category": "box",
        "camera": {"focal_px": [50, 50], "center_px": [24, 20], "size_px": [48, 40]},
        "human": {"joints_m": np.zeros((24, 3)).tolist(), "height_m": 1.7},
        "object": {"rest_mesh": "mesh.ply", "cam_from_rest": eye, "symmetry": "none"},
        "masks": {"person": "m.png", "object": "m.png"},
    }
    picture, path = load_photo(tmp_path / "photo.png"), tmp_path / "truth.json"

    def read(path):
        for item in find_items(path.parent):
            read_truth(item, picture)

    for rng in seeded(kind, count):
        path.write_text(mutated_json(whole, rng))
        survives(read, path)


@pytest.mark.parametrize(("kind", "count"), runs("build"))
def test_settings_of_builds(tmp_path, kind, count):
    folder = Storage(str(tmp_path))
    settings.save(folder, settings.BuildManifest(SETTINGS, 8))
    path = tmp_path / settings.FILE
    whole = json.loads(path.read_text())
    for rng in seeded(kind, count):
        path.write_text(mutated_json(whole, rng))
        survives(lambda _: settings.load(folder), path)


@pytest.mark.parametrize(("kind", "count"), runs("record"))
def test_records_of_results(tmp_path, kind, count):
    photo_path = tmp_path / "a.png"
    Image.new("RGB", (48, 40)).save(photo_path)
    facts = {"path": str(photo_path), "sha256": "0" * 64}
    whole = {"photo": facts, "options": {"category": "x"}, "versions": {"chorus_recon": "1"}}
    path = tmp_path / "out" / "a" / "reconstruction.json"
    path.parent.mkdir(parents=True)
    jobs = batch.plan([photo_path], [], tmp_path / "out")
    for rng in seeded(kind, count):
        path.write_text(mutated_json(whole, rng))
        survives(lambda _: batch.look_up(jobs, {}), path)


@pytest.mark.parametrize(("kind", "count"), runs("npz", "pkl"))
def test_body_files(tmp_path, kind, count):
    path = tmp_path / f"damaged.{kind}"
    if kind == "npz":
        held = io.BytesIO()
        np.savez_compressed(held, **arrays(24))
        whole = held.getvalue()
    else:
        import pickle

        whole = pickle.dumps(arrays(24), protocol=2)
    for rng in seeded(kind, count):
        path.write_bytes(mutated(whole, rng))
        survives(body_files.load_arrays, path)
        if kind == "pkl":
            survives(array_pickle.read, path)


@pytest.mark.parametrize(("kind", "count"), runs("nouns"))
def test_nouns(kind, count):
    """Any text names a category, or is answered in two lines."""
    alphabet = "abes- _'\"/\\.\0\n\t\u00e9\u732b\U0001f6b2" + "bike"
    for rng in seeded(kind, count):
        noun = "".join(rng.choice(alphabet) for _ in range(rng.randrange(24)))
        assert "/" in category_names.key(noun) or category_names.resolve(noun) is not None
        category_names.suggestions(noun, prior_files.bundled())
        error = refusal(load_prior, noun)
        assert error is None or error.hint
