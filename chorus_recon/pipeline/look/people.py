"""The surface of a person for colouring: parts, left and right, and what unseen parts look like."""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry.atlas.charts import unwrap
from chorus_recon.geometry.camera import pixel_centers, project
from chorus_recon.geometry.mesh import sides
from chorus_recon.pipeline.look.bake import SEEN, Coloured, Surface
from chorus_recon.pipeline.look.samples import NOT_ALIKE
from chorus_recon.pipeline.look.sight import EXTENDED, Sight
from chorus_recon.pipeline.look.spread import PULL
from chorus_recon.types import JOINT_NAMES, PosedBody

# The joints of each part. Left and right limbs are one part, because they look alike.
PARTS = {
    "trunk": "pelvis spine1 spine2 spine3 left_collar right_collar",
    "neck": "neck",
    "head": "head",
    "upper arms": "left_shoulder right_shoulder",
    "forearms": "left_elbow right_elbow",
    "hands": "left_wrist right_wrist left_hand right_hand",
    "thighs": "left_hip right_hip",
    "shins": "left_knee right_knee",
    "feet": "left_ankle right_ankle left_foot right_foot",
}
_HEAD = list(PARTS).index("head")
FACE = len(PARTS)  # the number of a further part: the face, without the rest of the head
HAIRLINE = 0.86  # of the head's height
EARS = 0.56  # of the head's depth, from the back: the face lies before it
CROWN, NAPE, BACK = 0.88, 0.45, 0.4  # of height, height and depth: above and behind them is hair
HAIR_REACH = 0.7  # of the head's size: how far from the middle of the hair's place pixels beside it count
LEAST_PX = 8  # of hair
DENSITY = {"head": 1.7, "hands": 1.25, "face": 1.7}  # of texels, against the rest of the body
SURE_PULL = 0.03  # towards the colour of hair, and of skin
FEW = 20  # vertices of a part that must be seen to know its colour
SHARE = {"face": 0.1, "trunk": 0.1, "thighs": 0.1}  # the share of them, of parts that decide others
PLAIN = 0.55  # the grey of parts that nothing tells of
BAND_M = 0.03  # bands across a part, all around it, are this wide
BAND_PULL = 0.004  # towards the colour of the band
BANDED = ("trunk", "neck", "upper arms", "forearms", "thighs", "shins")
# What a part is like of which nothing is seen, the first of these that is seen; the order matters.
LIKE = {
    "face": ("hands", "forearms", "neck"),  # where skin is mostly bare
    "neck": ("face",),
    "trunk": (),
    "upper arms": ("trunk",),
    "forearms": ("upper arms", "trunk"),
    "hands": ("face", "neck"),
    "thighs": (),
    "shins": ("thighs",),
    "feet": ("shins",),
}
_ENDS = {"head": 0.2, "left_hand": 0.1, "right_hand": 0.1, "left_foot": 0.08, "right_foot": 0.08}


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What is constant of a body.

    Attributes:
        part: the number in PARTS of each vertex, or FACE.
        twin: the vertex on the other side that mirrors each.
        uv: texture coordinates of the faces' corners.
        edges: neighbours that colours spread between; none between face and skull.
        hair: where a head mostly has hair: on top and at the back.
        band: a number for each ring around a part, -1 for what has none.
    """

    part: Int[Tensor, " v"]
    twin: Int[Tensor, " v"]
    uv: Float[Tensor, "f 3 2"]
    edges: Int[Tensor, "e 2"]
    hair: Bool[Tensor, " v"]
    band: Int[Tensor, " v"]


def anatomy(body: PosedBody, model: str) -> Anatomy:
    """What is constant of a body, the embedded one or another."""
    return _default() if model == DefaultBody.id else _of(body)


def surface(body: PosedBody, known: Anatomy, shown: Float[Tensor, "v 3"]) -> Surface:
    """A posed body; its copy is its mirror image, vertex by vertex. The photo shows its vertices at `shown`.

    The two sides of a part look alike, but nothing looks like the face, and hair only like hair.
    """
    alike = torch.where(known.part == FACE, NOT_ALIKE, known.part)
    alike = torch.where(known.hair, FACE + 1, alike)
    twin = body.vertices[known.twin]
    places = (shown, shown[known.twin])
    return Surface(body.vertices, body.faces, (twin,), alike, known.edges, known.uv, places, known.band)


def expected(
    body: PosedBody, known: Anatomy, shown: Float[Tensor, "v 3"], sight: Sight, found: Coloured
) -> tuple[Float[Tensor, "v 3"], Float[Tensor, " v"]]:
    """The colours of what is not seen, and how strongly to pull towards them.

    The far side of a part has the colours that its near side has at the same height. The back of a head has
    the colour of hair, not that of the face; a face that is not seen has that of bare skin elsewhere. A part
    of which nothing is seen is like the part that it hangs from; legs are plain.
    """
    part, seen = known.part, found.belief > SEEN
    out = torch.full((len(part), 3), PLAIN)
    pull = torch.full_like(found.belief, PULL)
    of: dict[str, Float[Tensor, " 3"]] = {}
    for number, name in enumerate(PARTS):
        here = part == number
        if _known(seen, here, SHARE.get(name, 0.0)):
            of[name] = _median(found.rgb, seen & here)
            out[here] = of[name]
    banded = found.usual[:, 3] > 0.5
    out[banded], pull[banded] = found.usual[banded, :3], BAND_PULL
    face = part == FACE
    if _known(seen, face, SHARE["face"]):
        of["face"] = _median(found.rgb, seen & face)
        out[face] = of["face"]
    for name, above in LIKE.items():
        if name not in of:
            here = face if name == "face" else part == list(PARTS).index(name)
            of[name] = next((of[other] for other in above if other in of), torch.full((3,), PLAIN))
            out[here], pull[here] = of[name], SURE_PULL
    skull, hair = part == _HEAD, _hair(body, known, shown, sight)
    if hair is not None:
        out[skull], pull[skull] = hair, SURE_PULL
    return out, pull


def _known(seen: Bool[Tensor, " v"], here: Bool[Tensor, " v"], share: float) -> bool:
    return int((seen & here).sum()) > max(FEW, share * int(here.sum()))


def _hair(
    body: PosedBody, known: Anatomy, shown: Float[Tensor, "v 3"], sight: Sight
) -> Float[Tensor, " 3"] | None:
    """The colour of the hair or the hat: of the person's pixels on top and at the back of the head.

    Hair stands out beyond the bald head of the mesh, so pixels beside the head count as well.
    """
    head = (known.part == _HEAD) | (known.part == FACE)
    if not bool(known.hair.any()) or not bool((known.part == FACE).any()):
        return None
    pixels = project(sight.camera, shown)[0]
    back, front = pixels[known.hair].mean(0), pixels[known.part == FACE].mean(0)
    size = float((pixels[head].amax(0) - pixels[head].amin(0)).max())
    at = pixel_centers(sight.camera.size_px)
    to_back = (at - back).norm(dim=-1)
    beside = (sight.face < 0) & (to_back < HAIR_REACH * size) & (to_back < (at - front).norm(dim=-1))
    on_hair = known.hair[body.faces].any(1)[sight.face.clamp_min(0)] & (sight.face >= 0)
    chosen = (sight.belief > EXTENDED) & (beside | on_hair)
    return sight.rgb[chosen].median(0).values if int(chosen.sum()) >= LEAST_PX else None


def _median(rgb: Float[Tensor, "v 3"], chosen: Bool[Tensor, " v"]) -> Float[Tensor, " 3"]:
    return rgb[chosen].median(0).values if bool(chosen.any()) else torch.full((3,), 0.6)


@cache
def _default() -> Anatomy:
    model = DefaultBody()
    return _anatomy(model.canonical()[0], model.skin_weights.argmax(1), model.faces)


def _of(body: PosedBody) -> Anatomy:
    """Of a body of another library: each vertex moves with the nearest bone."""
    bone = _nearest_bone(body)
    canon_from_cam = torch.linalg.inv(body.cam_from_canon)[bone]
    canon = (canon_from_cam[:, :3, :3] @ body.vertices[..., None])[..., 0] + canon_from_cam[:, :3, 3]
    return _anatomy(canon, bone, body.faces)


def _nearest_bone(body: PosedBody) -> Int[Tensor, " v"]:
    """The joint at whose bone each vertex is, from points along the bones."""
    from_joint = body.joints
    points, owner = [], []
    children = {p: c for c, p in reversed(list(enumerate(_PARENTS))) if p >= 0}
    for joint, name in enumerate(JOINT_NAMES):
        end = from_joint[children[joint]] if joint in children else None
        if end is None:
            before = from_joint[_PARENTS[joint]]
            away = torch.nn.functional.normalize(from_joint[joint] - before, dim=0)
            end = from_joint[joint] + _ENDS.get(name, 0.0) * away
        share = torch.linspace(0, 0.9, 8)[:, None]
        points.append(from_joint[joint] * (1 - share) + end * share)
        owner += [joint] * 8
    nearest = KDTree(torch.cat(points).double().numpy()).query(body.vertices.double().numpy())[1]
    return torch.tensor(owner)[torch.from_numpy(nearest).long()]


def _anatomy(canon: Float[Tensor, "v 3"], joint: Int[Tensor, " v"], faces: Int[Tensor, "f 3"]) -> Anatomy:
    number = {j: n for n, names in enumerate(PARTS.values()) for j in names.split()}
    part = torch.tensor([number[name] for name in JOINT_NAMES])[joint]
    head = part == _HEAD
    hair = torch.zeros_like(head)
    if bool(head.any()):
        low, high = canon[head].aminmax(dim=0)
        at = (canon - low) / (high - low).clamp_min(1e-6)
        part[head & (at[:, 2] > EARS) & (at[:, 1] < HAIRLINE)] = FACE
        hair = head & ((at[:, 1] > CROWN) | ((at[:, 1] > NAPE) & (at[:, 2] < BACK)))
    mirrored = canon * torch.tensor([-1.0, 1.0, 1.0])
    twin = torch.from_numpy(KDTree(canon.double().numpy()).query(mirrored.double().numpy())[1]).long()
    edges = sides(faces)
    split = {_HEAD, FACE}
    apart = torch.tensor([n in split for n in range(FACE + 1)])
    a, b = part[edges].unbind(1)
    edges = edges[(a == b) | ~(apart[a] & apart[b])]
    region = part[faces[:, 0]] * 2 + (canon[faces[:, 0], 0] > 0).long() * (part[faces[:, 0]] > 2).long()
    region = torch.where(region // 2 == FACE, 2 * _HEAD, region)
    density = torch.tensor([DENSITY.get(name, 1.0) for name in (*PARTS, "face")])[part[faces[:, 0]]]
    return Anatomy(
        part, twin, unwrap(canon, faces, region=region, density=density), edges, hair, _bands(canon, part)
    )


def _bands(canon: Float[Tensor, "v 3"], part: Int[Tensor, " v"]) -> Int[Tensor, " v"]:
    """Rings around each part, across its long axis; left and right limbs share them."""
    out = torch.full_like(part, -1)
    folded = torch.cat([canon[:, :1].abs(), canon[:, 1:]], 1)
    for number, name in enumerate(PARTS):
        here = part == number
        if name not in BANDED or not bool(here.any()):
            continue
        axis = torch.tensor([0.0, 1.0, 0.0])
        if name not in ("trunk", "neck"):
            centred = folded[here] - folded[here].mean(0)
            axis = torch.linalg.eigh(centred.mT @ centred)[1][:, -1]
        along = folded[here] @ axis
        out[here] = ((along - along.min()) / BAND_M).long() + 100 * number
    return out


_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
