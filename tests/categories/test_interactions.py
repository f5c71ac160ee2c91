import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories import poses
from chorus_recon.categories.index import categories
from chorus_recon.categories.mirror import left_twins, mirrored, right_and_left
from chorus_recon.categories.schema import Align, Contact, Interaction
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from tests.sweeps import sampled

JOINTS = set(DefaultBody().joint_names)
PLACES = set(ik.Rig(DefaultBody()).slices)


@pytest.mark.parametrize(
    "category", sampled(categories(), lambda name: name in ("bicycle", "laptop", "skis"))
)
def test_rows_name_only_what_exists(category: str):
    shapes = TemplateShapes().shapes(category)
    names = []
    for row in categories()[category].interactions():
        names.append(row.name)
        assert {joint for joint, _ in (*row.pose, *row.other)} <= JOINTS
        assert {a.frame for a in row.aligns} <= JOINTS | {"world"}
        assert {c.place for c in row.contacts} | set(row.ground) | set(row.balance) <= PLACES
        assert {hand.replace("hand", "palm") for hand in row.across} <= {c.place for c in row.contacts}
        assert scenes.shapes_for(shapes, row)
        assert row.share > 0
    assert len(set(names)) == len(names)
    assert sum(row.share for row in categories()[category].interactions()) == pytest.approx(1.0, abs=0.02)


def test_mirroring_twice_changes_nothing():
    row = Interaction(
        "a",
        "uses",
        0.5,
        pose=(("left_hip", (0.1, 0.2, 0.3)),),
        contacts=(Contact("left_palm", ("left_grip", "saddle", 0.2)), Contact("seat", (0.1, 0.2, 0.3))),
        aligns=(Align("side", (0.1, 0.2, 0.3), "left_hand"), Align("up", (0.3, 1.0, 0.0))),
        shift_m=((0.1, 0.2, -0.3), (0.4, 0.5, 0.6)),
    )
    twin = mirrored(row, "b", 0.5)
    assert twin.shift_m == ((0.1, 0.2, -0.6), (0.4, 0.5, 0.3))
    assert twin.pose == (("right_hip", (0.1, -0.2, -0.3)),)
    assert twin.contacts[0].spot == ("right_grip", "saddle", 0.2)
    assert twin.twin_of == "a"
    back = mirrored(twin, "a", 0.5)
    assert (back.pose, back.contacts, back.aligns) == (row.pose, row.contacts, row.aligns)
    assert back.shift_m == row.shift_m


def test_a_row_and_its_left_twin_divide_the_share():
    right = Interaction("hold_right", "holds", 0.25, (), (Contact("right_palm", "grip"),), ())
    kept, twin = right_and_left(right, 0.6, 0.4)
    assert (kept.name, kept.share, kept.contacts) == ("hold_right", 0.15, right.contacts)
    assert (twin.name, twin.share, twin.twin_of) == ("hold_left", 0.1, "hold_right")
    assert twin.contacts == (Contact("left_palm", "grip"),)
    assert left_twins((right,), (0.4 * 0.25,)) == (twin,)
    with pytest.raises(ValueError, match="shorter"):
        left_twins((right,), ())


@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_an_arm_points_in_the_given_direction(side: str, sign: float):

    (name, turn), _ = poses.arm(side, 0.3, -0.8, 0.5, twist=0.4)
    assert name == f"{side}_shoulder"
    along = convert.from_vector(torch.tensor(turn)) @ torch.tensor([sign, 0.0, 0.0])
    wanted = torch.nn.functional.normalize(torch.tensor([0.3, -0.8, 0.5]), dim=0)
    assert torch.allclose(along, wanted, atol=1e-4)


def test_an_interaction_keeps_to_the_kinds_it_names():
    laptops = TemplateShapes().shapes("laptop")
    for row in categories()["laptop"].interactions():
        (shape,) = scenes.shapes_for(laptops, row)
        assert (shape.name == "closed_laptop") == (
            row.name.startswith("carry") or row.name == "hold_to_chest"
        )


@pytest.mark.parametrize("category", sampled(["chair", "couch"], "chair".__eq__))
def test_sitters_sit_on_the_seat_with_their_feet_on_the_ground(category: str):
    rig = ik.Rig(DefaultBody())
    known = categories()[category]
    interaction = next(row for row in known.interactions() if row.name == "sit_leaning_back")
    shape = TemplateShapes().shapes(category)[0]
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 3, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    (seat,) = (a.vertices for a in shape.anchors if a.name == "seat_rear")
    (back,) = (a.vertices for a in shape.anchors if a.name == "back")
    places = ik.contact_places(rig.body)
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        hips = body[places["seat"]].mean(0)
        assert float((hips - thing[seat].mean(0))[1]) == pytest.approx(0.0, abs=0.06)
        assert float((hips - thing[back].mean(0))[2]) > -0.06  # before the backrest
        soles = torch.cat([body[places["left_sole"]], body[places["right_sole"]]])
        assert float(soles[:, 1].amin() - thing[:, 1].amin()) == pytest.approx(0.0, abs=0.09)


def test_drinkers_bring_the_rim_to_their_mouths():
    rig = ik.Rig(DefaultBody())
    known = categories()["wine_glass"]
    interaction = next(row for row in known.interactions() if row.name == "drink_right")
    (shape,) = TemplateShapes().shapes("wine_glass")
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    (stem,) = (a.vertices for a in shape.anchors if a.name == "stem")
    places = ik.contact_places(rig.body)
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        rim = thing[shape.vertices[:, 1] > 0.99 * shape.vertices[:, 1].max()]
        mouth, palm = (body[places[name]].mean(0) for name in ("mouth", "right_palm"))
        assert float((rim - mouth).norm(dim=-1).amin()) < 0.03
        assert float((thing[stem].mean(0) - palm).norm()) < 0.06


@pytest.mark.sweep
def test_a_kicked_ball_lies_on_the_ground_at_the_instep():
    rig = ik.Rig(DefaultBody())
    known = categories()["sports_ball"]
    interaction = next(row for row in known.interactions() if row.name == "kick_right")
    (shape,) = scenes.shapes_for(TemplateShapes().shapes("sports_ball"), interaction)
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    places = ik.contact_places(rig.body)
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        ball = transforms.apply(scene.world_from_object, scene.object_vertices)
        away = (ball - body[places["right_instep"]].mean(0)).norm(dim=-1).amin()
        assert float(away) < 0.04
        standing = body[places["left_sole"], 1].mean()
        assert float(ball[:, 1].amin() - standing) == pytest.approx(0.0, abs=0.03)
        assert float(ball[:, 2].mean()) > float(body[places["right_instep"], 2].mean())


@pytest.mark.sweep
def test_readers_have_the_pages_in_front_of_their_eyes():
    rig = ik.Rig(DefaultBody())
    known = categories()["book"]
    interaction = next(row for row in known.interactions() if row.name == "read_seated")
    (shape,) = scenes.shapes_for(TemplateShapes().shapes("book"), interaction)
    assert shape.name == "open_book"
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    places = ik.contact_places(rig.body)
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        book = scene.world_from_object.translation_m
        pages = scene.world_from_object.rotation @ torch.tensor([0.0, 0.0, 1.0])
        observer = body[places["mouth"]].mean(0) + torch.tensor([0.0, 0.08, 0.0])
        to_eyes = torch.nn.functional.normalize(observer - book, dim=0)
        assert float(pages @ to_eyes) > 0.75
        assert 0.15 < float((observer - book).norm()) < 0.75


def test_a_pulled_suitcase_rolls_behind_on_the_ground_that_its_owner_walks_on():
    rig = ik.Rig(DefaultBody())
    known = categories()["suitcase"]
    interaction = next(row for row in known.interactions() if row.name == "pull_right")
    (shape,) = scenes.shapes_for(TemplateShapes().shapes("suitcase"), interaction)
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    places = ik.contact_places(rig.body)
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        case = transforms.apply(scene.world_from_object, scene.object_vertices)
        assert float(case[:, 1].amin() - body[places["left_sole"], 1].mean()) == pytest.approx(0.0, abs=0.05)
        assert float(case[:, 2].mean()) < float(body[places["right_palm"], 2].mean()) - 0.1
        (handle,) = (a.vertices for a in shape.anchors if a.name == "handle")
        assert float((case[handle].mean(0) - body[places["right_palm"]].mean(0)).norm()) < 0.06


@pytest.mark.parametrize("side", sampled(["left", "right"], "right".__eq__))
def test_a_glove_is_on_the_hand_it_was_made_for(side: str):
    rig = ik.Rig(DefaultBody())
    known = categories()["baseball_glove"]
    name = "catch" if side == "left" else "catch_right_hand"
    interaction = next(row for row in known.interactions() if row.name == name)
    (shape,) = scenes.shapes_for(TemplateShapes().shapes("baseball_glove"), interaction)
    assert shape.name == f"{side}_glove"
    (scene,) = scenes.make_scenes(
        rig, interaction, shape, known.frame, 1, torch.Generator().manual_seed(0), steps=100
    )
    body = rig.body.pose(scenes.placed(scene)).vertices
    thing = transforms.apply(scene.world_from_object, scene.object_vertices)
    places = ik.contact_places(rig.body)
    spots = {a.name: thing[a.vertices].mean(0) for a in shape.anchors}
    palm = body[places[f"{side}_palm"]].mean(0)
    assert float((spots["hand"] - palm).norm()) < 0.03
    assert float(spots["pocket"][2]) > float(spots["back"][2])  # it looks at the ball
    hand = body[rig.body.parts[f"{side}Hand"]].mean(0)
    assert float((spots["tip"] - hand) @ (palm - hand)) > 0  # fingers in fingers


@pytest.mark.sweep
def test_a_guitar_is_strummed_before_the_belly_with_the_neck_to_the_left():
    rig = ik.Rig(DefaultBody())
    known = categories()["guitar"]
    interaction = next(row for row in known.interactions() if row.name == "play_standing")
    shape = scenes.shapes_for(TemplateShapes().shapes("guitar"), interaction)[0]
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=100
    )
    assert made
    places = ik.contact_places(rig.body)
    at = {a.name: a.vertices for a in shape.anchors}
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        spot = {name: thing[at[name]].mean(0) for name in ("strings", "left_neck", "back")}
        hand = {name: body[places[name]].mean(0) for name in ("left_palm", "right_palm", "belly")}
        assert float((spot["left_neck"] - hand["left_palm"]).norm()) < 0.08
        assert float((spot["strings"] - hand["right_palm"]).norm()) < 0.08
        assert float(spot["left_neck"][0] - spot["strings"][0]) > 0.25
        assert float(spot["back"][2] - hand["belly"][2]) > -0.06


@pytest.mark.parametrize(
    ("category", "name", "place", "spot"),
    sampled(
        [
            ("backpack", "wear", "upper_back", "back_high"),
            ("handbag", "in_right_crook", "right_forearm", "handle"),
            ("handbag", "across_to_right_hip", "left_collar", "crest"),
        ],
        lambda case: case[0] == "backpack",
    ),
)
def test_bags_hang_where_their_row_says(category: str, name: str, place: str, spot: str):
    rig = ik.Rig(DefaultBody())
    known = categories()[category]
    interaction = next(row for row in known.interactions() if row.name == name)
    (shape,) = scenes.shapes_for(TemplateShapes().shapes(category), interaction)
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=80
    )
    assert made
    (hook,) = (a.vertices for a in shape.anchors if a.name == spot)
    for scene in made:
        skin = rig.body.pose(scenes.placed(scene)).vertices[ik.contact_places(rig.body)[place]].mean(0)
        bag = transforms.apply(scene.world_from_object, scene.object_vertices)
        assert float((bag[hook].mean(0) - skin).norm()) < 0.06
        assert float(bag[:, 1].mean()) < float(skin[1])
        assert float(scene.world_from_object.rotation[1, 1]) > 0.8


@pytest.mark.parametrize(
    ("category", "name", "kind", "spots"),
    sampled(
        [
            ("hat", "wear", "cap", {"forehead": "brow", "head_top": "crown"}),
            ("hat", "wear_backwards", "cap", {"forehead": "nape"}),
            ("hat", "tip_right", "brimmed_hat", {"right_palm": "right_brim", "forehead": "brow"}),
            ("tie", "wear", "necktie", {"neck_front": "knot", "chest": "chest"}),
            ("kite", "launch", "diamond_kite", {"left_palm": "right_spar", "right_palm": "left_spar"}),
        ],
        lambda case: case[1] == "tip_right",
    ),
)
def test_things_are_worn_and_held_where_their_row_says(category, name, kind, spots):
    rig = ik.Rig(DefaultBody())
    known = categories()[category]
    interaction = next(row for row in known.interactions() if row.name == name)
    shape = next(
        s for s in scenes.shapes_for(TemplateShapes().shapes(category), interaction) if s.name == kind
    )
    made = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=80
    )
    assert made
    at = {a.name: a.vertices for a in shape.anchors}
    for scene in made:
        body = rig.body.pose(scenes.placed(scene)).vertices
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        for place, spot in spots.items():
            gap = thing[at[spot]].mean(0) - body[ik.contact_places(rig.body)[place]].mean(0)
            assert float(gap.norm()) < 0.05, (place, spot)
        assert float(scene.world_from_object.rotation[1, 1]) > 0.8  # upright


@pytest.mark.sweep
def test_a_kite_flies_above_and_before_its_flyer():
    rig = ik.Rig(DefaultBody())
    known = categories()["kite"]
    interaction = next(row for row in known.interactions() if row.name == "fly")
    (shape,) = scenes.shapes_for(TemplateShapes().shapes("kite"), interaction)
    (scene, *_) = scenes.make_scenes(
        rig, interaction, shape, known.frame, 2, torch.Generator().manual_seed(0), steps=80
    )
    body = rig.body.pose(scenes.placed(scene)).vertices
    (nose,) = (a.vertices for a in shape.anchors if a.name == "nose")
    sail = transforms.apply(scene.world_from_object, scene.object_vertices)[nose].mean(0)
    assert float(sail[1]) > float(body[:, 1].amax())
    assert float(sail[2]) > float(body[:, 2].amax())
