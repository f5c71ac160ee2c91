from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import distance_transform_edt

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.model import fit_model, landmarks_of
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.look import people, things
from chorus_recon.pipeline.look.paint import paint
from chorus_recon.pipeline.output import overlay, shading
from chorus_recon.types import BodyParams, Camera, Evidence, Keypoints, Mask, Rigid
from tests import scenes

SIZE = 480
GREEN = torch.tensor([20, 230, 20], dtype=torch.uint8)
BLACK, SKIN = torch.tensor([20, 20, 25]), torch.tensor([230, 180, 150])


def person(yaw_rad, colours):
    """A standing person, in a photo with these colours [h w 3] on the person and green around."""
    model, camera = (
        DefaultBody(),
        Camera(torch.tensor([700.0, 700.0]), torch.tensor([240.0, 240.0]), (SIZE, SIZE)),
    )
    facing = torch.diag(torch.tensor([1.0, -1.0, -1.0])) @ transforms.rotation_about("y", yaw_rad)
    place = Rigid(facing, torch.tensor([0.0, 0.0, 3.0]))
    pose = torch.eye(3).repeat(24, 1, 1)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        turn = transforms.rotation_about("z", sign * 1.2)
        pose[model.joint_names.index(f"{side}_shoulder")] = turn
    params = BodyParams(model.id, torch.zeros(model.num_shape), pose, place, mannequin=True)
    body = model.pose(params)
    on = EmbreeRenderer().render(body.vertices, body.faces, camera).face >= 0
    rgb = torch.where(on[..., None], colours.to(torch.uint8), GREEN)
    base = scenes.fake_reconstruction()
    fitted = fit_model(model)
    at = project(camera, landmarks_of(fitted, params).float())[0]
    keypoints = Keypoints(fitted.landmark_names, at, torch.ones(len(at)))
    box = torch.cat([at.amin(0), at.amax(0)])
    return replace(
        base,
        photo=replace(base.photo, rgb=rgb),
        camera=camera,
        human=replace(base.human, body=params, camera=camera, keypoints=keypoints, box_px=box),
        body=body,
        human_mask=Mask(on.float(), "person", 1.0),
        evidence=None,
        placements=(),
    )


def checker(step):
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    odd = ((x // step + y // step) % 2 == 1)[..., None]
    return torch.where(odd, torch.tensor([210, 40, 60]), torch.tensor([40, 60, 210]))


def seen_again(result, painted):
    """The painted mesh from the photo's camera, without light: colours, and where they are."""
    (solid,) = overlay.solids(replace(result, guessed_skin=None), painted)
    seen = EmbreeRenderer().render(solid.vertices, solid.faces, result.camera)
    on = seen.face >= 0
    face = seen.face[on]
    points = shading.rays(result.camera, shading.pixel_centers((SIZE, SIZE))[on]) * seen.depth[on][:, None]
    mix = shading.barycentric(solid.vertices[solid.faces[face]], points)[..., None]
    return shading.sampled(solid.texture, (solid.uv[face] * mix).sum(1)), on


def test_from_its_camera_the_texture_is_the_photo_and_no_background_is_anywhere():
    result = person(0.3, checker(24))
    painted = paint(result, EmbreeRenderer())
    again, on = seen_again(result, painted)
    error = (again - result.photo.rgb[on].float() / 255).abs().mean(-1)
    within = torch.from_numpy(distance_transform_edt(on.numpy()))[on] > 4  # pixels
    assert float((error[within] < 0.06).float().mean()) > 0.85  # the rest lies on the edges of squares
    (coat,) = painted.people
    assert coat.jpeg == paint(result, EmbreeRenderer()).people[0].jpeg
    red, green, blue = coat.texture.float().unbind(-1)  # charts and the space between them
    assert float((green - torch.maximum(red, blue)).max()) < 25
    assert coat.vertex_rgb[:, 1].float().max() < 130


def test_hair_is_at_the_back_of_the_head_and_the_face_is_not():
    result = person(0.0, SKIN.expand(SIZE, SIZE, 3))
    top = float(result.body.vertices[:, 1].min())
    hairline = int(700 * (top + 0.06) / 3.0 + 240)
    rgb = result.photo.rgb.clone()
    on = result.human_mask.alpha > 0.5
    rgb[:hairline][on[:hairline]] = BLACK.to(torch.uint8)
    (coat,) = paint(replace(result, photo=replace(result.photo, rgb=rgb)), EmbreeRenderer()).people
    known = people.anatomy(result.body, result.human.body.model)
    canon = DefaultBody().canonical()[0]
    head = canon[known.hair]
    low, high = head.aminmax(dim=0)
    back = known.hair & (canon[:, 2] < low[2] + 0.4 * (high[2] - low[2]))
    assert coat.vertex_rgb[back].float().mean() < 70
    assert coat.vertex_rgb[known.part == people.FACE].float().mean() > 150


def test_a_face_that_is_turned_away_has_the_colour_of_hands():
    result = person(np.pi, torch.tensor([30, 30, 160]).expand(SIZE, SIZE, 3))
    known = people.anatomy(result.body, result.human.body.model)
    hands = known.part == list(people.PARTS).index("hands")
    rgb = result.photo.rgb.clone()
    where = (700 * result.body.vertices[hands, :2] / result.body.vertices[hands, 2:] + 240).long()
    for x, y in where.tolist():
        patch = rgb[y - 2 : y + 3, x - 2 : x + 3]
        patch[result.human_mask.alpha[y - 2 : y + 3, x - 2 : x + 3] > 0.5] = SKIN.to(torch.uint8)
    (coat,) = paint(replace(result, photo=replace(result.photo, rgb=rgb)), EmbreeRenderer()).people
    face = coat.vertex_rgb[known.part == people.FACE].float().median(0).values
    assert float((face - SKIN).norm()) < 0.5 * float((face - torch.tensor([30, 30, 160])).norm())


def test_a_face_is_where_the_landmarks_see_it():
    """The photo shows the person a head's breadth beside the body: the face goes with it, and no green."""
    result = person(0.0, SKIN.expand(SIZE, SIZE, 3))
    points = result.human.keypoints.points_px
    eyes = points[[result.human.keypoints.names.index(f"{side}_eye") for side in ("left", "right")]]
    rgb = result.photo.rgb.clone()
    for x, y in eyes.long().tolist():
        rgb[y - 2 : y + 3, x - 2 : x + 3] = BLACK.to(torch.uint8)
    off = torch.tensor([40, -6])
    moved = replace(
        result,
        photo=replace(result.photo, rgb=torch.roll(rgb, off.flip(0).tolist(), (0, 1))),
        human_mask=replace(
            result.human_mask, alpha=torch.roll(result.human_mask.alpha, off.flip(0).tolist(), (0, 1))
        ),
        human=replace(result.human, keypoints=replace(result.human.keypoints, points_px=points + off)),
    )
    astray = replace(moved, human=replace(moved.human, keypoints=result.human.keypoints))
    straight, shifted, missed = (
        paint(one, EmbreeRenderer()).people[0].vertex_rgb.float().mean(1)
        for one in (replace(result, photo=replace(result.photo, rgb=rgb)), moved, astray)
    )
    face = people.anatomy(result.body, result.human.body.model).part == people.FACE
    assert int((straight[face] < 100).sum()) > 10
    assert float((straight - shifted)[face].abs().mean()) < 0.5 * float(
        (straight - missed)[face].abs().mean()
    )


def test_the_back_has_the_colours_of_the_front_but_not_its_badge_and_unseen_legs_are_plain():
    blue, yellow = torch.tensor([40, 60, 200]), torch.tensor([240, 220, 30])
    result = person(0.0, blue.expand(SIZE, SIZE, 3))
    chest = result.body.joints[scenes.JOINT_NAMES.index("spine3")]
    x, y = (700 * chest[:2] / chest[2] + 240).long().tolist()
    rgb, mask = result.photo.rgb.clone(), result.human_mask.alpha.clone()
    rgb[y - 12 : y + 12, x - 9 : x + 9] = yellow.to(torch.uint8)
    hips = int(700 * float(result.body.joints[0, 1]) / 3.0 + 240)
    mask[hips - 5 :] = 0.0  # a table hides the legs
    result = replace(
        result, photo=replace(result.photo, rgb=rgb), human_mask=replace(result.human_mask, alpha=mask)
    )
    (coat,) = paint(result, EmbreeRenderer()).people
    known, canon = people.anatomy(result.body, result.human.body.model), DefaultBody().canonical()[0]
    trunk = known.part == list(people.PARTS).index("trunk")
    colours = coat.vertex_rgb.float()
    front = (trunk & (canon[:, 2] > 0.05)).nonzero()[:, 0]
    assert float((colours[front] - yellow).norm(dim=1).min()) < 60
    middle = canon[front[(colours[front] - yellow).norm(dim=1).argmin()], 1]
    back = trunk & (canon[:, 2] < -0.02) & ((canon[:, 1] - middle).abs() < 0.1)
    assert float((colours[back] - blue).norm(dim=1).max()) < 40
    shins = known.part == list(people.PARTS).index("shins")
    assert float((colours[shins] - 255 * people.PLAIN).abs().max()) < 12


def test_pixels_of_both_masks_are_of_what_lies_before():
    result = scenes.fake_reconstruction((640, 480))
    thing = result.placements[0]
    over = EmbreeRenderer().render(thing.vertices, thing.shape.faces, result.camera).face >= 0
    on = EmbreeRenderer().render(result.body.vertices, result.body.faces, result.camera).face >= 0
    both = Mask((over | on).float(), "rider", 1.0)
    rgb = torch.where(over[..., None], torch.tensor([200, 40, 40]), torch.tensor([40, 60, 200]))
    result = replace(
        result,
        photo=replace(result.photo, rgb=rgb.to(torch.uint8)),
        human_mask=both,
        evidence=Evidence(both, both, torch.ones_like(over)),
    )
    painted = paint(result, EmbreeRenderer())
    (person_coat,), (coat,) = painted.people, painted.things
    assert float((person_coat.vertex_rgb.float() - torch.tensor([40.0, 60, 200])).norm(dim=1).median()) < 40
    assert float((coat.vertex_rgb.float() - torch.tensor([200.0, 40, 40])).norm(dim=1).median()) < 40


def test_the_hidden_end_of_an_object_looks_like_the_other_end(monkeypatch):
    truth = scenes.fake_reconstruction((640, 480))
    best = truth.placements[0]
    shape = replace(scenes.board(), symmetry="y180")
    middle = best.vertices.mean(0)
    pixels = truth.camera.focal_px * middle[:2] / middle[2] + truth.camera.center_px
    mask = EmbreeRenderer().render(best.vertices, shape.faces, truth.camera).face >= 0
    mask[:, : int(pixels[0]) - 8] = False  # something stands before the left half
    rgb = torch.where(mask[..., None], torch.tensor([200, 40, 40]), GREEN).to(torch.uint8)
    seen = Evidence(Mask(mask.float(), "board", 1.0), truth.human_mask, torch.ones_like(mask))
    result = replace(
        truth, photo=replace(truth.photo, rgb=rgb), evidence=seen, placements=(replace(best, shape=shape),)
    )
    (coat,) = paint(result, EmbreeRenderer()).things
    assert float((coat.texture.float() - torch.tensor([200.0, 40.0, 40.0])).abs().max()) < 40
    monkeypatch.setattr(things, "TEXTURED_FACES", 10)
    (light,) = paint(result, EmbreeRenderer()).things
    assert light.texture is None
    assert light.uv is None
    assert float((light.vertex_rgb.float() - torch.tensor([200.0, 40.0, 40.0])).abs().max()) < 40


def test_alternatives_of_another_shape_are_painted_too():
    truth = scenes.fake_reconstruction((640, 480))
    best = truth.placements[0]
    mask = EmbreeRenderer().render(best.vertices, best.shape.faces, truth.camera).face >= 0
    rgb = torch.where(mask[..., None], torch.tensor([200, 40, 40]), GREEN).to(torch.uint8)
    seen = Evidence(Mask(mask.float(), "board", 1.0), truth.human_mask, torch.ones_like(mask))
    other = replace(best, shape=replace(best.shape, name="longboard"), probability=0.1)
    placements = (best, replace(best, probability=0.2), other)
    result = replace(truth, photo=replace(truth.photo, rgb=rgb), evidence=seen, placements=placements)
    ((first, same, another),) = paint(result, EmbreeRenderer()).placements
    assert same is first
    assert another is not first
    assert float((another.vertex_rgb.float() - torch.tensor([200.0, 40.0, 40.0])).abs().median()) < 40


def test_a_mesh_outside_of_the_photo_has_no_paint():
    result = person(0.0, checker(16))
    away = replace(result.body, vertices=result.body.vertices + torch.tensor([30.0, 0.0, 0.0]))
    assert paint(replace(result, body=away), EmbreeRenderer()).people == (None,)


@pytest.mark.parametrize("kind", ["grey", "alpha"])
def test_another_body_is_painted_by_its_bones(kind):
    result = scenes.fake_reconstruction()
    rgb = result.photo.rgb.float().mean(-1, keepdim=True).expand(-1, -1, 3).to(torch.uint8)
    result = replace(result, photo=replace(result.photo, rgb=rgb)) if kind == "grey" else result
    (coat,) = paint(replace(result, placements=()), EmbreeRenderer()).people
    known = people.anatomy(result.body, result.human.body.model)
    names = list(people.PARTS)
    left = result.body.joints[scenes.JOINT_NAMES.index("left_knee")]
    nearest = int((result.body.vertices - left).norm(dim=-1).argmin())
    assert names[int(known.part[nearest])] in ("thighs", "shins")
    right = result.body.joints[scenes.JOINT_NAMES.index("right_knee")]
    twin = result.body.vertices[known.twin[nearest]]
    assert (twin - right).norm() < (twin - left).norm()
    assert kind != "grey" or int((coat.vertex_rgb[:, 0].int() - coat.vertex_rgb[:, 2].int()).abs().max()) < 4
