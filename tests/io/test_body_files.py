"""Published body models by the names that their makers give them; the arrays are random."""

import pickle

import numpy as np
import pytest

from chorus_recon.errors import InputError, MissingBackend
from chorus_recon.io import body_files
from chorus_recon.io.body_files import PUBLISHED, convert, default_file


def arrays(joints):
    rng, count = np.random.default_rng(0), 60
    parents = np.array([2**32 - 1] + [max(0, j - 1) for j in range(1, joints)], dtype=np.uint32)
    return {
        "v_template": rng.normal(size=(count, 3)),
        "f": np.stack([np.arange(58), np.arange(1, 59), np.arange(2, 60)], 1).astype(np.uint32),
        "weights": np.full((count, joints), 1 / joints),
        "J_regressor": np.full((joints, count), 1 / count),
        "kintree_table": np.stack([parents, np.arange(joints, dtype=np.uint32)]),
        "shapedirs": rng.normal(size=(count, 3, 4)),
        "posedirs": np.zeros((count, 3, 9 * (joints - 1))),
    }


def published(path, joints):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".pkl":
        path.write_bytes(pickle.dumps(arrays(joints), protocol=2))
    else:
        np.savez(path, **arrays(joints))
    return path


@pytest.fixture
def bodies(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_BODIES", str(tmp_path / "bodies"))
    return tmp_path / "bodies"


@pytest.mark.parametrize(
    ("name", "joints", "written"),
    [
        ("basicmodel_neutral_lbs_10_207_0_v1.1.0.pkl", 24, "SMPL_NEUTRAL.npz"),
        ("basicModel_f_lbs_10_207_0_v1.0.0.pkl", 24, "SMPL_FEMALE.npz"),
        ("basicmodel_m_lbs_10_207_0_v1.0.0.pkl", 24, "SMPL_MALE.npz"),
        ("SMPL_NEUTRAL.pkl", 24, "SMPL_NEUTRAL.npz"),
        ("SMPLH_male.pkl", 52, "SMPLH_MALE.npz"),
        ("female/model.npz", 52, "SMPLH_FEMALE.npz"),
        ("neutral/model.npz", 52, "SMPLH_NEUTRAL.npz"),
        ("SMPLX_NEUTRAL_2020.npz", 55, "SMPLX_NEUTRAL.npz"),
        ("mine/average.npz", 55, "SMPLX_AVERAGE.npz"),
        ("odd.npz", 30, "odd.npz"),
    ],
)
def test_a_published_file_is_named_by_model_and_gender(tmp_path, bodies, name, joints, written):
    assert convert(published(tmp_path / name, joints)) == bodies / written
    assert len(body_files.load_arrays(bodies / written)["J_regressor"]) == joints


def test_genders_do_not_replace_each_other_and_neutral_goes_first(tmp_path, bodies):
    for gender in ("male", "female"):
        convert(published(tmp_path / gender / "model.npz", 52))
    assert {path.name for path in bodies.iterdir()} == {"SMPLH_MALE.npz", "SMPLH_FEMALE.npz"}
    with pytest.raises(MissingBackend, match=r"SMPLH_FEMALE\.npz, SMPLH_MALE\.npz") as caught:
        default_file("smplh")
    assert f"body=smplh:{bodies / 'SMPLH_FEMALE.npz'}" in caught.value.hint
    convert(published(tmp_path / "neutral" / "model.npz", 52))
    assert default_file("smplh").name == "SMPLH_NEUTRAL.npz"
    convert(published(tmp_path / "basicmodel_m_lbs.pkl", 24))
    assert default_file("smpl").name == "SMPL_MALE.npz"  # the only one of its model


def test_without_a_file_the_right_place_and_name_are_said(bodies):
    for model, site in (("smpl", "smpl.is"), ("smplh", "mano.is"), ("smplx", "smpl-x.is")):
        with pytest.raises(MissingBackend) as caught:
            default_file(model)
        assert f"Register at {site}" in caught.value.hint
        assert f"convert {PUBLISHED[model].file}" in caught.value.hint


def test_a_damaged_npz_is_refused_by_its_name(tmp_path):
    path = published(tmp_path / "model.npz", 24)
    path.write_bytes(path.read_bytes()[: 4 * path.stat().st_size // 5])
    with pytest.raises(InputError, match=r"model\.npz"):
        body_files.load_arrays(path)
