from dataclasses import replace

import torch
import trimesh

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.camera import default_camera
from chorus_recon.pipeline.output.save import save
from chorus_recon.pipeline.output.shading import shade, solid
from chorus_recon.pipeline.person.guessed import guessed_skin
from tests.scenes import box, fake_reconstruction

BODY = DefaultBody()


def guessed(*names):
    return torch.tensor([name in names for name in BODY.joint_names])


def test_skin_is_guessed_where_its_joint_or_all_below_it_are():
    share = guessed_skin(BODY, guessed("left_knee", "left_ankle", "left_foot"))
    assert float(share[BODY.parts["leftLeg"]].mean()) > 0.95
    assert float(share[BODY.parts["leftUpLeg"]].mean()) > 0.5  # a thigh with an unknown knee
    assert float(share[BODY.parts["rightLeg"]].max()) < 0.01
    assert float(share[BODY.parts["head"]].max()) == 0.0


def test_one_guessed_arm_leaves_the_trunk_certain():
    share = guessed_skin(BODY, guessed("right_elbow", "right_wrist", "right_hand"))
    assert float(share[BODY.parts["spine1"]].mean()) < 0.05
    assert float(share[BODY.parts["rightForeArm"]].mean()) > 0.9


def test_nothing_guessed_is_none():
    assert guessed_skin(BODY, guessed()) is None


def test_a_translucent_face_lets_its_share_of_the_background_through():
    vertices, faces = box((1.0, 1.0, 1.0))
    there = vertices + torch.tensor([0.0, 0.0, 3.0])
    camera = default_camera((40, 40), 60.0)
    up = torch.tensor([0.0, -1.0, 0.0])
    solids = [
        solid(there, faces, torch.tensor([0.2, 0.4, 0.8]), opacity)
        for opacity in (None, torch.full((len(faces),), 0.25))
    ]
    whole, thin = (shade([shape], camera, EmbreeRenderer(), up) for shape in solids)
    assert float(whole.alpha[20, 20]) == 1.0
    assert float(thin.alpha[20, 20]) == 0.25
    assert torch.allclose(thin.rgb[20, 20], 0.25 * whole.rgb[20, 20])


def test_the_glb_has_guessed_limbs_as_a_translucent_part(tmp_path):
    result = fake_reconstruction((160, 120))
    skin = torch.zeros(len(result.body.vertices))
    skin[result.body.faces[: len(result.body.faces) // 3].unique()] = 1.0
    (tmp_path / "a").mkdir()
    save(replace(result, guessed_skin=skin), tmp_path / "a" / "b")
    scene = trimesh.load(tmp_path / "a" / "b" / "scene.glb")
    human = [mesh for name, mesh in scene.geometry.items() if name.startswith("human")]
    assert len(human) == 2
    assert sum(len(mesh.faces) for mesh in human) == len(result.body.faces)
    factors = [mesh.visual.material.baseColorFactor for mesh in human]  # None: as the texture is
    alphas = sorted(255.0 if factor is None else float(factor[3]) for factor in factors)
    assert alphas[0] < 110 < 250 < alphas[1]
