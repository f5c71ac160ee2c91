"""Bodies of the SMPL family, on files of our own making in their layout."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.cli import main
from chorus_recon.errors import InputError, MissingBackend
from chorus_recon.geometry.rotations import convert
from chorus_recon.io import body_files
from chorus_recon.pipeline.output.parameters import body_arrays
from chorus_recon.pipeline.person.rigging import rig_of
from chorus_recon.types import BodyParams, Rigid
from tests import bodies
from tests.scenes import fake_reconstruction

SMPL_ORDER = (
    "global_orient", "body_pose", "jaw_pose", "leye_pose", "reye_pose", "left_hand_pose", "right_hand_pose"
)  # fmt: skip

pytest.importorskip("smplx", reason="needs the extra [smpl]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("bodies")
    for model in bodies.COUNTS:
        np.savez(root / f"{model.upper()}_NEUTRAL.npz", **bodies.arrays(model))
    return root


@pytest.fixture
def bodies_here(folder, monkeypatch):
    monkeypatch.setenv("CHORUS_BODIES", str(folder))


def params(model, pose, shape=(0.5, -0.5)):
    place = Rigid(torch.eye(3), torch.tensor([0.1, 0.2, 3.0]))
    return BodyParams(model, torch.tensor(shape), pose, place)


def bent(count=24):
    turns = 0.3 * torch.randn(count, 3, generator=torch.Generator().manual_seed(1))
    turns[0] = 0.0
    turns[22:] = 0.0
    return convert.from_vector(turns)


@pytest.mark.parametrize("model", bodies.COUNTS)
def test_a_model_made_of_the_embedded_body_poses_like_it(bodies_here, model):
    ours, theirs = DefaultBody(), registry.make("body", model)
    code = torch.zeros(ours.num_shape)
    code[:2] = torch.tensor([0.5, -0.5])
    mine = ours.pose(BodyParams(ours.id, code, bent(), params(model, bent()).cam_from_body))
    posed = theirs.pose(params(model, bent()))
    # the corrections move vertices by millimetres; joints are regressed and move a little with shape
    assert (posed.joints - mine.joints).norm(dim=-1).max() < 0.02
    assert (posed.vertices - mine.vertices[ours.low_rows]).norm(dim=-1).median() < 0.02
    assert torch.allclose(posed.cam_from_canon[:, :3, :3], mine.cam_from_canon[:, :3, :3], atol=1e-5)


@pytest.mark.parametrize("model", ["smplh", "smplx"])
def test_fingers_follow_the_hand_or_their_own_rotations(bodies_here, model):
    body = registry.make("body", model)
    flat = bent()
    curled = flat.clone()
    curled[22] = convert.from_vector(torch.tensor([0.0, 0.0, -0.9]))
    before, after = body.pose(params(model, flat)), body.pose(params(model, curled))
    moved = (after.vertices - before.vertices).norm(dim=-1)
    hand = body.skin_weights[:, 22] > 0.9
    assert moved[hand].max() > 0.03
    assert moved[body.skin_weights[:, 22] < 1e-6].max() < 0.02  # pose corrections alone
    full = torch.eye(3).repeat(bodies.COUNTS[model], 1, 1)
    full[:22] = flat[:22]
    assert torch.allclose(body.pose(params(model, full)).vertices, before.vertices, atol=1e-6)


def test_the_files_are_found_asked_for_and_told_apart(bodies_here, folder, tmp_path, monkeypatch):
    named = registry.make("body", f"smpl:{folder / 'SMPL_NEUTRAL.npz'}")
    assert named.id == "smpl"
    with pytest.raises(InputError, match="contains smplh; body=smpl was asked for"):
        registry.make("body", f"smpl:{folder / 'SMPLH_NEUTRAL.npz'}")
    with pytest.raises(InputError, match="Parameters of the body 'smplx' were given to 'smpl'"):
        named.pose(params("smplx", bent()))
    with pytest.raises(InputError, match="A pose of 20 joints"):
        named.pose(params("smpl", bent()[:20]))
    monkeypatch.setenv("CHORUS_BODIES", str(tmp_path))
    with pytest.raises(MissingBackend, match="has no model file") as caught:
        registry.make("body", "smplx")
    assert "models convert SMPLX_NEUTRAL.npz" in caught.value.hint


def test_convert_turns_a_pickle_into_an_npz_once(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_BODIES", str(tmp_path / "bodies"))
    source = tmp_path / "SMPL_NEUTRAL.pkl"
    source.write_bytes(pickle.dumps(bodies.arrays("smpl") | {"bs_style": "lbs"}, protocol=2))
    ran = CliRunner().invoke(main, ["models", "convert", str(source)])
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.strip() == str(tmp_path / "bodies" / "SMPL_NEUTRAL.npz")
    assert registry.make("body", "smpl").num_shape == 2
    wrong = CliRunner().invoke(main, ["models", "convert", str(tmp_path / "gone.pkl")])
    assert wrong.exit_code != 0
    assert "Traceback" not in wrong.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": None}, "weights is missing"),
        ({"f": np.zeros((0, 3), np.uint32)}, "faces of shape"),
        ({"v_template": np.zeros((5, 3))}, "expected"),
        ({"posedirs": np.zeros((5, 5))}, "posedirs has 2 axes"),
        ({"kintree_table": np.tile(np.arange(24, dtype=np.uint32), (2, 1))}, "before its parent"),
        ({"v_template": np.full_like(bodies.arrays("smpl")["v_template"], np.nan)}, "not finite"),
    ],
)
def test_an_invalid_body_file_is_reported(tmp_path, change, words):
    kept = {k: v for k, v in (bodies.arrays("smpl") | change).items() if v is not None}
    np.savez(tmp_path / "x.npz", **kept)
    with pytest.raises(InputError, match=words):
        body_files.load_arrays(tmp_path / "x.npz")


def test_an_archive_of_objects_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", v_template=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="cannot be read as npz"):
        body_files.load_arrays(tmp_path / "x.npz")


@pytest.mark.parametrize("model", bodies.COUNTS)
def test_saved_parameters_pose_the_makers_model(bodies_here, model):
    """What body.npz holds, given to the library as its users give it, is the person in cam."""
    from smplx.lbs import lbs

    body, person = registry.make("body", model), params(model, bent())
    posed = body.pose(person)
    truth = fake_reconstruction((160, 120))
    human = replace(truth.human, body=person)
    result = replace(truth, human=human, body=posed, rig=rig_of(body, person))
    arrays = body_arrays(result, result)
    assert str(arrays["model"]) == model
    words = ("model", "joint_names")
    stored = {name: torch.from_numpy(values) for name, values in arrays.items() if name not in words}
    names = [*(name for name in SMPL_ORDER if name in stored)]
    full = torch.cat([stored[name] for name in names], 1)
    assert full.shape == (1, 3 * bodies.COUNTS[model])
    file = bodies.arrays(model)
    tree = torch.from_numpy(file["kintree_table"][0].astype(np.int64))
    raw = {name: torch.from_numpy(np.asarray(values, np.float32)) for name, values in file.items()}
    tree[0] = -1
    flat = raw["posedirs"].reshape(-1, 9 * (bodies.COUNTS[model] - 1)).mT
    vertices, _ = lbs(
        stored["betas"],
        full,
        raw["v_template"],
        raw["shapedirs"],
        flat,
        raw["J_regressor"],
        tree,
        raw["weights"],
    )
    assert torch.allclose(vertices[0] + stored["transl"], posed.vertices, atol=1e-4)
