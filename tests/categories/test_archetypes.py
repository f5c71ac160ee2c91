from itertools import product

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.categories import nouns
from chorus_recon.categories.archetypes.archetype import ANCHORS, Extent
from chorus_recon.categories.archetypes.listed import ARCHETYPES, interactions
from chorus_recon.categories.description import category_of, template
from chorus_recon.categories.spots import axes_of, place_of
from chorus_recon.categories.template import realise
from chorus_recon.geometry import transforms
from tests.sweeps import sampled

JOINTS = set(DefaultBody().joint_names)
RIG = ik.Rig(DefaultBody())
SIZES = (Extent(0.15, 0.07, 0.01), Extent(0.1, 0.1, 0.3), Extent(1.4, 0.3, 0.05), Extent(0.9, 2.0, 0.85))


def test_rows_name_only_what_every_body_and_shape_has():
    for name, size in product(ARCHETYPES, SIZES):
        rows = ARCHETYPES[name].rows(size)
        assert sum(row.share for row in rows) == pytest.approx(1.0, abs=1e-5), name
        for row in rows:
            places = {c.place for c in row.contacts}
            assert {joint for joint, _ in (*row.pose, *row.other)} <= JOINTS, row.name
            assert row.aligns, row.name
            assert {a.frame for a in row.aligns} <= JOINTS | {"world"}, row.name
            assert places | set(row.ground) | set(row.balance) <= set(RIG.slices), row.name
            assert {hand.replace("hand", "palm") for hand in row.across} <= places, row.name
            for contact in row.contacts:
                named, numbers = _parts(contact.spot)
                assert named <= set(ANCHORS), row.name
                assert all(abs(value) < 1e3 for value in numbers), row.name


def _parts(spot) -> tuple[set[str], list[float]]:
    """The anchors and the numbers of a contact's spot."""
    parts = (spot,) if isinstance(spot, str) else spot
    return {part for part in parts if isinstance(part, str)}, [p for p in parts if not isinstance(p, str)]


def test_no_two_archetypes_have_a_row_of_one_name():
    names = [row.name for each in ARCHETYPES.values() for row in each.rows(Extent(1.2, 1.2, 0.4))]
    assert len(names) == len(set(names))


def test_one_sided_rows_have_a_mirrored_twin_that_follows_them():
    for each in ARCHETYPES.values():
        rows = each.rows(Extent(0.4, 0.3, 0.2))
        for before, row in zip((None, *rows), rows, strict=False):
            if row.twin_of:
                assert before is not None
                assert row.twin_of == before.name
            else:
                twinned = any(other.twin_of == row.name for other in rows)
                one_sided = bool({"left", "right"} & set(row.name.split("_")))
                assert twinned == one_sided, row.name


def test_the_uses_of_a_thing_divide_its_interactions():
    rows = interactions({"hold_small": 0.75, "kick": 0.25}, Extent(0.2, 0.2, 0.2))
    assert sum(row.share for row in rows) == pytest.approx(1.0, abs=1e-5)
    assert sum(row.share for row in rows if row.name.startswith("hold_small")) == pytest.approx(0.75)


def test_a_spot_is_in_box_coordinates_and_metres():
    size = Extent(0.4, 0.2, 1.0)
    assert size.spot(1.0, -1.0, 0.5) == (1.0, -1.0, 0.5)
    assert size.spot(1.0, forward_m=0.1, up_m=-0.25) == pytest.approx((1.5, -0.5, 0.0))
    assert (size.long, size.thin, size.level) == ("up", "side", "forward")


def _row(name: str, *size_m: float):
    return ARCHETYPES[name].rows(Extent(*size_m))[0]


def _spots(row, place: str):
    return [contact.spot for contact in row.contacts if contact.place == place]


@pytest.mark.parametrize("name", ["stand_at", "touch"])
def test_low_things_stand_on_a_counter_and_high_ones_on_the_floor(name: str):
    low, high = _row(name, 0.4, 0.5, 0.3), _row(name, 0.6, 0.6, 0.9)
    ((_, up, _),) = _spots(low, "left_sole")
    assert (up + 1) * 0.3 / 2 == pytest.approx(-0.9)  # the soles are below its underside
    assert low.own_ground
    assert _spots(high, "left_sole")[0][1] == -1.0
    assert not high.own_ground


def test_sheets_lie_on_the_lap_and_boxes_stand_on_it():
    for size, axis, thigh in (((0.03, 0.6, 0.9), "forward", -1.0), ((0.3, 0.3, 0.3), "up", -0.1)):
        row = _row("on_lap", *size)
        assert row.aligns[0].axis == axis
        assert row.aligns[0].direction == (0.0, 1.0, 0.0)
        assert _spots(row, "left_lap")[0][0] == thigh


def test_the_broad_face_of_what_is_shown_looks_ahead():
    for size, axis in (((0.02, 0.6, 0.5), "forward"), ((1.0, 0.7, 0.02), "up")):
        row = _row("show", *size)
        assert row.aligns[0].axis == axis
        assert row.aligns[0].direction[2] == 1.0
        (left,), (right,) = _spots(row, "left_palm"), _spots(row, "right_palm")
        assert left[2] == -right[2]
        assert (left[2] < 0) == (axis == "up")  # with its top ahead, its own left is at the right


def test_one_bends_to_the_top_of_low_things_and_to_the_front_of_high_ones():
    assert _spots(_row("bend_to", 0.4, 0.4, 0.3), "left_palm")[0][:2] == (0.8, 0.9)
    forward, up, _ = _spots(_row("bend_to", 0.6, 0.6, 0.9), "left_palm")[0]
    assert (forward, (up + 1) * 0.9 / 2) == pytest.approx((1.0, 0.45))


def test_feet_on_a_treadmill_are_on_its_deck():
    places = ik.contact_places(RIG.body)
    _, _, made = _scenes("treadmill", "stand_on")
    for scene in made:
        body = RIG.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        low, high = float(thing[:, 1].amin()), float(thing[:, 1].amax())
        sole = float(body[places["left_sole"], 1].mean())
        assert 0.05 * (high - low) < sole - low < 0.25 * (high - low)


def _scenes(noun: str, name: str, steps: int = 90):
    about = nouns.describe(noun)
    shape = realise(noun, template(about))
    row = next(row for row in category_of(about).interactions() if row.name == name)
    generator = torch.Generator().manual_seed(0)
    made = scenes.make_scenes(RIG, row, shape, category_of(about).frame, 3, generator, steps)
    assert made, name
    return shape, row, made


def test_of_a_train_only_what_its_user_can_touch_is_tested_for_collision():
    about = nouns.describe("train")
    shape = realise("train", template(about))
    row = next(row for row in category_of(about).interactions() if row.name == "touch_right")
    generator = torch.Generator().manual_seed(0)
    problem, vertices, _ = scenes._problem(RIG, row, shape, category_of(about).frame, 2, generator)
    near = torch.cdist(problem.points, problem.spots).amin(-1)
    assert scenes.SURFACE_POINTS <= problem.points.shape[1] <= scenes.MOST_POINTS
    assert float(near.amax()) < scenes.REACH_M + 1.0 < float(vertices.amax())  # sizes differ by scene


@pytest.mark.parametrize(
    ("noun", "name"),
    sampled(
        [
            ("hammer", "shaft_one_hand_right"),
            ("broom", "shaft_two_hands_right"),
            ("bucket", "carry_by_handle_right"),
            ("fork", "tip_to_mouth_right"),
            ("bicycle", "ride"),
            ("stroller", "push"),
            ("bar_stool", "sit_on"),
            ("swing", "sit_on"),
        ],
        lambda case: case[0] in ("broom", "bicycle", "swing"),
    ),
)
def test_a_body_touches_the_points_that_the_row_names(noun: str, name: str):
    shape, row, made = _scenes(noun, name)
    at = {a.name: a.vertices for a in shape.anchors}
    places = ik.contact_places(RIG.body)
    for scene in made:
        body = RIG.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        for contact in row.contacts:
            if isinstance(contact.spot, str):
                gap = thing[at[contact.spot]].mean(0) - body[places[contact.place]].mean(0)
                assert float(gap.norm()) < 0.06 + 2 * contact.sigma_m, contact


def _middle_and_body(noun: str, name: str):
    _, _, made = _scenes(noun, name)
    for scene in made:
        body = RIG.body.pose(scenes.placed(scene)).vertices
        yield transforms.apply(scene.world_from_object, scene.object_vertices), body


@pytest.mark.sweep
def test_a_hat_is_above_the_brow_and_a_shoe_below_the_knee():
    places = ik.contact_places(RIG.body)
    for thing, body in _middle_and_body("hat", "wear_on_head"):
        assert float(thing[:, 1].mean()) > float(body[places["mouth"], 1].mean())
        assert float(thing[:, 1].amax()) > float(body[:, 1].amax()) - 0.03
    for thing, body in _middle_and_body("shoe", "wear_on_foot_right"):
        assert float((thing.mean(0) - body[places["right_sole"]].mean(0)).norm()) < 0.15


@pytest.mark.parametrize(
    ("noun", "name", "joint"),
    sampled(
        [
            ("suspenders", "wear_on_trunk", "spine3"),
            ("dress", "wear_on_trunk", "spine3"),
            ("costume", "wear_on_trunk", "spine3"),
            ("jacket", "wear_on_trunk_seated", "spine3"),
            ("hula_hoop", "wear_on_hips", "pelvis"),
            ("trousers", "wear_on_hips", "pelvis"),
            ("trousers", "wear_on_hips", "left_ankle"),
            ("trousers", "wear_on_hips", "right_ankle"),
        ],
        lambda case: case[0] in ("suspenders", "hula_hoop") or case[2] == "right_ankle",
    ),
)
def test_the_body_is_inside_what_is_worn_around_it(noun: str, name: str, joint: str):
    _, _, made = _scenes(noun, name)
    assert len(made) >= 2
    for scene in made:
        place = scene.world_from_object
        joints = RIG.body.pose(scenes.placed(scene)).joints
        inside = (joints[RIG.joint[joint]] - place.translation_m) @ place.rotation
        half = scene.object_vertices.abs().amax(0)
        assert float(inside[0].abs()) < float(half[0])
        assert float(inside[2].abs()) < float(half[2])


def test_the_hem_of_a_jacket_is_around_the_hips():
    _, _, made = _scenes("jacket", "wear_on_trunk")
    for scene in made:
        place = scene.world_from_object
        joints = RIG.body.pose(scenes.placed(scene)).joints
        hips = (joints[RIG.joint["left_hip"]] + joints[RIG.joint["right_hip"]]) / 2
        assert float(((hips - place.translation_m) @ place.rotation)[0].abs()) < 0.05


def test_the_feet_of_who_sits_in_a_bathtub_are_in_it():
    places = ik.contact_places(RIG.body)
    for thing, body in _middle_and_body("bathtub", "sit_in"):
        for sole in ("left_sole", "right_sole"):
            foot = body[places[sole]].mean(0)
            assert bool((foot > thing.amin(0) - 0.03).all())
            assert bool((foot[[0, 2]] < thing.amax(0)[[0, 2]] + 0.03).all())


def test_an_elephant_is_petted_on_its_flank():
    places = ik.contact_places(RIG.body)
    for _, body in _middle_and_body("elephant", "pet_right"):
        assert 1.0 < float(body[places["right_palm"], 1].mean() - body[:, 1].min()) < 1.7


def test_a_window_is_above_the_floor_and_a_door_on_it():
    for noun, low, high in (("window", 0.3, 1.3), ("door", -0.06, 0.06)):
        for thing, body in _middle_and_body(noun, "open_right"):
            assert low < float(thing[:, 1].amin() - body[:, 1].amin()) < high


def test_the_pads_of_headphones_are_on_the_ears():
    places = ik.contact_places(RIG.body)
    pairs = list(_middle_and_body("headphones", "wear_on_ears"))
    assert len(pairs) >= 2
    for thing, body in pairs:
        ears = (body[places["left_ear"]].mean(0) + body[places["right_ear"]].mean(0)) / 2
        assert float((thing.mean(0) - ears).norm()) < 0.07


def test_the_lower_end_of_a_long_loop_is_before_the_belly():
    places = ik.contact_places(RIG.body)
    pairs = list(_middle_and_body("lanyard", "wear_on_neck"))
    assert len(pairs) >= 2
    for thing, body in pairs:
        assert float(thing[:, 1].amax()) < float(body[places["mouth"], 1].mean())
        assert float(thing[:, 1].amin()) < float(body[places["chest"], 1].mean()) - 0.1


def test_the_door_of_a_car_is_on_its_flank_and_that_of_a_fridge_on_its_front():
    for noun, axis in (("car", 0), ("refrigerator", 2)):
        _, _, made = _scenes(noun, "open_right")
        for scene in made:
            facing = -scene.world_from_body.rotation[:, 2] @ scene.world_from_object.rotation
            assert float(facing[axis]) > 0.7


def test_a_sled_is_level_on_the_ground_behind_who_pulls_it():
    _, _, made = _scenes("sled", "pull_right")
    for scene in made:
        body = RIG.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        assert float(scene.world_from_object.rotation[1, 1]) > 0.98
        assert float(thing[:, 1].amin() - body[:, 1].amin()) == pytest.approx(0.0, abs=0.06)
        assert float(thing[:, 2].amax()) < float(body[:, 2].mean())


def test_a_saxophone_hangs_from_the_mouth_and_a_trumpet_is_level():
    for noun, name, low, high in (
        ("saxophone", "play_down", -0.95, -0.5),
        ("trumpet", "play_at_mouth", -0.5, 0.3),
    ):
        _, _, made = _scenes(noun, name)
        for scene in made:
            assert low < float(scene.world_from_object.rotation[1, 2]) < high


def test_scenes_move_the_spots_of_all_contacts_together_within_the_box():
    about = nouns.describe("tv")
    shape, category = realise("tv", template(about)), category_of(about)
    row = next(row for row in category.interactions() if row.name == "raised_behind")
    assert row.shift_m is not None
    problem, vertices, _ = scenes._problem(
        RIG, row, shape, category.frame, 32, torch.Generator().manual_seed(0)
    )
    axes = axes_of(category.frame)
    fixed = torch.stack([place_of(c.spot, shape, vertices, axes) for c in row.contacts], 1)
    moved = problem.spots - fixed
    assert torch.allclose(moved[:, 0], moved[:, 1], atol=1e-5)
    low, high = torch.tensor(row.shift_m)
    basis = torch.stack([axes["forward"], axes["up"], axes["side"]])
    at = (moved[:, 0] @ basis.mT - low) / (high - low)
    assert float(at.min()) > -1e-4
    assert float(at.max()) < 1 + 1e-4
    assert float((at.amax(0) - at.amin(0)).min()) > 0.7


def test_a_television_is_above_the_floor_and_behind_who_stands_before_it():
    for thing, body in _middle_and_body("tv", "raised_behind"):
        assert 0.35 < float(thing[:, 1].amin() - body[:, 1].amin()) < 1.85
        assert float(thing[:, 2].amax()) < float(body[:, 2].mean())


def test_feet_of_who_rides_an_elephant_rest_on_its_flanks():
    places = ik.contact_places(RIG.body)
    for thing, body in _middle_and_body("elephant", "ride"):
        assert float(body[places["seat"], 1].mean()) > float(thing[:, 1].mean()) + 0.3
        left, right = (float(body[places[f"{side}_ball"], 0].mean()) for side in ("left", "right"))
        assert 0.7 < left - right < 1.4


@pytest.mark.sweep
def test_who_stands_beside_a_car_stands_on_its_ground_outside_it():
    _, _, made = _scenes("car", "stand_beside_left")
    for scene in made:
        body = RIG.body.pose(scenes.placed(scene)).vertices
        place = scene.world_from_object
        thing = transforms.apply(place, scene.object_vertices)
        assert float(thing[:, 1].amin() - body[:, 1].amin()) == pytest.approx(0.0, abs=0.06)
        own = (body - place.translation_m) @ place.rotation  # in the axes of the car
        half = scene.object_vertices.abs().amax(0)
        assert not (own.abs() < half - 0.1).all(-1).any()


@pytest.mark.sweep
def test_who_sits_at_a_table_has_the_legs_below_it_and_the_hands_on_it():
    places = ik.contact_places(RIG.body)
    for thing, body in _middle_and_body("dining_table", "sit_at"):
        top = float(thing[:, 1].amax())
        assert float(body[places["left_palm"], 1].mean()) == pytest.approx(top, abs=0.12)
        assert float(body[places["left_lap"], 1].mean()) < top
        assert float(body[places["left_sole"], 1].mean()) == pytest.approx(
            float(thing[:, 1].amin()), abs=0.08
        )


def test_the_flat_of_a_racket_lies_in_the_plane_of_the_palm():
    _, _, made = _scenes("tennis_racket", "swing_one_hand_right")
    hand = RIG.joint["right_hand"]
    for scene in made:
        turn = RIG.body.pose(scenes.placed(scene)).cam_from_canon[hand, :3, :3]
        back = turn @ torch.tensor([0.0, 1.0, 0.0])
        face = scene.world_from_object.rotation @ torch.tensor([0.0, 1.0, 0.0])
        assert float(back @ face) > 0.5
