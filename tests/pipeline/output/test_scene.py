"""scene.glb: the skeleton moves the person, and validators accept it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import InputError
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline.look import things
from chorus_recon.pipeline.look.paint import paint
from chorus_recon.pipeline.output import scene, views  # noqa: F401  (views registers what `save` needs)
from chorus_recon.pipeline.person.rigging import rig_of
from chorus_recon.types import BodyParams
from tests import scenes
from tests.glb_files import Glb
from tests.gltf_validation import faults

BEND = torch.tensor([0.0, -0.9, 0.0])  # of the left elbow, in its own axes


def with_body(truth, model, params):
    person = replace(truth.human, body=params)
    return replace(truth, human=person, body=model.pose(params), rig=rig_of(model, params))


def written(result, path):
    scene.write_scene(path, scene.world_meshes(result), result)
    return Glb(path)


def bent(params, model):
    pose = params.pose.clone()
    elbow = model.joint_names.index("left_elbow")
    pose[elbow] = pose[elbow] @ convert.from_vector(BEND)
    return replace(params, pose=pose)


@pytest.fixture(scope="module")
def truth():
    return scenes.fake_reconstruction()


@pytest.fixture(scope="module")
def skater(truth):
    """The embedded body, with one hand closed."""
    model, like = DefaultBody(), truth.human.body
    shape = torch.zeros(model.num_shape)
    params = BodyParams(model.id, shape, like.pose, like.cam_from_body, closed=(1.0, 0.0))
    return model, params


def test_the_skeleton_holds_the_person_in_the_photos_pose_and_follows(truth, skater, tmp_path):
    model, params = skater
    result = with_body(truth, model, params)
    found = written(result, tmp_path / "scene.glb")
    (items,) = (item for item in scene.world_meshes(result) if item.name == "human")
    count = len(items.vertices)
    assert np.allclose(found.skinned("human")[:count], items.vertices, atol=1e-5)
    joints = found.globals({})
    names = [found.tree["nodes"][j]["name"] for j in found.tree["skins"][0]["joints"]]
    assert names == list(model.joint_names)
    (after,) = (
        item
        for item in scene.world_meshes(with_body(truth, model, bent(params, model)))
        if item.name == "human"
    )
    world = scene.gravity.world_of(result).world_from_cam
    assert torch.equal(
        world, scene.gravity.world_of(with_body(truth, model, bent(params, model))).world_from_cam
    )
    moved = found.skinned("human", {"left_elbow": convert.from_vector(BEND).numpy()})[:count]
    hand = model.parts["leftHand"]
    assert np.abs(moved - items.vertices.numpy())[hand].max() > 0.1
    assert np.abs(moved - after.vertices.numpy())[hand].max() < 2e-3
    assert (
        np.abs(moved - after.vertices.numpy()).max() < 0.02
    )  # at the elbow: bound as it is bent in the photo
    wrist = joints[found.tree["skins"][0]["joints"][names.index("left_wrist")]][:3, 3]
    expected = result.body.joints[names.index("left_wrist")] @ world[:3, :3].mT + world[:3, 3]
    assert np.allclose(wrist, expected, atol=1e-5)


def test_joint_rotations_are_those_of_the_record(truth, skater, tmp_path):
    """The rotation of a node is `human.pose`: without rotations the person stands in a T-pose."""
    model, params = skater
    found = written(with_body(truth, model, params), tmp_path / "scene.glb")
    for name, turn in zip(model.joint_names[1:], params.pose[1:], strict=True):
        quaternion = torch.tensor(found.node(name)["rotation"])
        assert torch.allclose(convert.from_quaternion(quaternion), turn, atol=1e-5), name
    flat = found.skinned(
        "human", {n: t.mT.numpy() for n, t in zip(model.joint_names, params.pose, strict=True)}
    )
    place = found.globals({})[found.tree["skins"][0]["joints"][0]]
    standing = (flat - place[:3, 3]) @ place[:3, :3]
    rest = model.rest(params.shape[None])[0][0].numpy()
    assert np.ptp(standing[:, 0]) == pytest.approx(np.ptp(rest[:, 0]), abs=0.03)  # arms out


def test_bodies_of_the_smpl_family_and_several_people_have_skeletons(truth, tmp_path):
    pytest.importorskip("smplx")
    from chorus_recon.backends.body.smpl import SmplX
    from tests import bodies

    np.savez(tmp_path / "SMPLX_NEUTRAL.npz", **bodies.arrays("smplx"))
    model, like = SmplX(str(tmp_path / "SMPLX_NEUTRAL.npz")), truth.human.body
    params = BodyParams("smplx", torch.tensor([0.5, -1.0]), like.pose, like.cam_from_body)
    result = with_body(truth, model, params)
    result = replace(result, others=(replace(truth, person=1),))
    found = written(result, tmp_path / "scene.glb")
    items = {item.node: item for item in scene.world_meshes(result)}
    for name in ("human", "human_2"):
        there = items[name].vertices
        assert np.allclose(found.skinned(name)[: len(there)], there, atol=1e-5)
    assert found.node("left_elbow_2")["translation"] != found.node("left_elbow")["translation"]
    assert faults(tmp_path / "scene.glb") == {"scene.glb": []}


def test_a_body_without_a_rig_is_stiff(truth, tmp_path):
    found = written(replace(truth, rig=None), tmp_path / "scene.glb")
    assert "skins" not in found.tree
    assert "human" in trimesh.load(tmp_path / "scene.glb").geometry


def test_contacts_index_the_vertices_of_every_file(truth, tmp_path):
    """Copies of vertices on creases and at colours come last, and have the mark of their original."""
    result = replace(truth, others=(replace(truth, others=()),))
    found = written(result, tmp_path / "scene.glb")
    best = truth.placements[0]
    for item in scene.world_meshes(truth):
        positions, marks = found.attribute(item.node, "POSITION"), found.attribute(item.node, "_CONTACT")
        count = len(item.vertices)
        assert np.allclose(positions[:count], item.vertices, atol=1e-6)
        assert item.name == "human" or len(positions) > count
        touch, near = (
            (best.contact.human_vertices, best.contact.human_near)
            if item.name == "human"
            else (best.contact.object_vertices, best.contact.object_near)
        )
        assert len(touch) > 0
        assert set(np.flatnonzero(marks[:count] == scene.TOUCHES)) == set(touch.tolist())
        assert set(np.flatnonzero(marks[:count] > 0)) == set(near.tolist())
        for copy in range(count, len(positions)):
            same = np.flatnonzero((positions[:count] == positions[copy]).all(1))
            assert marks[copy] in marks[same]


def test_an_own_mesh_with_degenerate_faces_is_valid(truth, tmp_path):
    """Faces without area, a vertex that no face uses, and many faces of one colour each."""
    best = truth.placements[0]
    faces = torch.cat([best.shape.faces, torch.tensor([[0, 0, 1], [2, 2, 2], [16, 17, 18]])])
    vertices = torch.cat([best.vertices, best.vertices[:1].expand(4, 3)])  # the last face is a point
    rgb = torch.cat([best.shape.face_rgb, best.shape.face_rgb[:3]])
    rest = torch.cat([best.shape.vertices, best.shape.vertices[:1].expand(4, 3)])
    modes = torch.zeros(0, len(rest), 3)
    shape = replace(best.shape, vertices=rest, faces=faces, face_rgb=rgb, modes=modes, mode_names=())
    odd = replace(best, shape=shape, vertices=vertices, shape_code=torch.zeros(0))
    result = replace(truth, placements=(odd, replace(odd, probability=0.1)))
    written(result, tmp_path / "scene.glb")
    scene.write_alternatives(tmp_path, result, paint(result, EmbreeRenderer()))
    assert Glb(tmp_path / "alternative_1.glb").tree["images"]
    found = faults(tmp_path / "scene.glb", tmp_path / "alternative_1.glb")
    assert found == {"scene.glb": [], "alternative_1.glb": []}


def test_the_usdz_has_the_meshes_the_skeleton_and_their_colours(truth, skater, tmp_path):
    pytest.importorskip("pxr", reason="needs the extra [usd]")
    from pxr import Usd, UsdGeom, UsdShade, UsdSkel

    guessed = torch.zeros(len(DefaultBody().template))
    guessed[:3000] = 1.0
    result = replace(with_body(truth, *skater), guessed_skin=guessed)
    items = {item.node: item for item in scene.world_meshes(result)}
    scene.write_usdz(tmp_path / "scene.usdz", list(items.values()))
    stage = Usd.Stage.Open(str(tmp_path / "scene.usdz"))
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert {prim.GetName() for prim in stage.GetDefaultPrim().GetChildren()} == set(items)
    root, cache = UsdSkel.Root.Get(stage, "/World/human"), UsdSkel.Cache()
    assert cache.Populate(root, Usd.PrimDefaultPredicate)
    (bound,) = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)
    skeleton = cache.GetSkelQuery(bound.GetSkeleton())
    assert [path.split("/")[-1] for path in skeleton.GetJointOrder()] == list(scenes.JOINT_NAMES)
    (target,) = bound.GetSkinningTargets()
    points = UsdGeom.Mesh.Get(stage, "/World/human/mesh").GetPointsAttr().Get()
    there = items["human"].vertices.numpy()
    assert np.allclose(np.array(points)[: len(there)], there, atol=1e-6)
    transforms = skeleton.ComputeSkinningTransforms(Usd.TimeCode.Default())
    assert target.ComputeSkinnedPoints(transforms, points, Usd.TimeCode.Default())
    assert np.allclose(np.array(points)[: len(there)], there, atol=1e-5)
    parts = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath("/World/human/mesh")).GetMaterialBindSubsets()
    assert [part.GetPrim().GetName() for part in parts] == ["guessed"]
    thing = UsdGeom.Mesh.Get(stage, "/World/object_skateboard/mesh")
    colours = np.array(UsdGeom.PrimvarsAPI(thing).GetPrimvar("displayColor").Get())
    assert len(np.unique(colours, axis=0)) == 2


def test_the_look_decides_between_a_texture_and_plain_colours(truth, tmp_path):
    photo = Glb(truth.save(tmp_path / "photo") / "scene.glb")
    plain = Glb(truth.save(tmp_path / "plain", look="plain") / "scene.glb")
    chosen = replace(truth, options={"look": "plain"}).save(tmp_path / "chosen")
    assert (chosen / "scene.glb").read_bytes() == (tmp_path / "plain" / "scene.glb").read_bytes()
    assert not {"images", "textures"} & set(plain.tree)
    assert [image["mimeType"] for image in photo.tree["images"]] == ["image/jpeg"] * 2
    for name in ("human", "object_skateboard"):
        (primitive,) = photo.mesh(name)["primitives"]
        material = photo.tree["materials"][primitive["material"]]
        assert "baseColorTexture" in material["pbrMetallicRoughness"]
        assert set(primitive["attributes"]) >= {"POSITION", "NORMAL", "TEXCOORD_0"}
    before, after = ((tmp_path / name / "report.html").read_text() for name in ("plain", "photo"))
    assert '"textures": []' in before
    assert after.count("data:image/jpeg") == before.count("data:image/jpeg") + 2
    with pytest.raises(InputError, match="no look 'shiny'"):
        truth.save(tmp_path / "shiny", look="shiny")


def test_the_validator_accepts_textures_and_colours_of_vertices(truth, tmp_path, monkeypatch):
    monkeypatch.setattr(things, "TEXTURED_FACES", 10)
    painted = paint(truth, EmbreeRenderer())
    scene.write_scene(tmp_path / "scene.glb", scene.world_meshes(truth, painted), truth)
    assert faults(tmp_path / "scene.glb") == {"scene.glb": []}
