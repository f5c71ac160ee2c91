"""Train the corrector of the landmark network's metric points (`backends/human/corrector.py`).

    python tools/train_landmark_corrector.py WORK --scenes 300 [--first 0]   # make pictures; may be repeated
    python tools/train_landmark_corrector.py WORK --train                    # train, and write the weights

Scenes are people with things from the interaction tables, dressed and lit as in `rendered-photos`, from
five views each: one path-traced, four with plain shading, half of them cut by the frame. The landmark
networks look at each picture. Training begins with random key poses and errors made by hand, which costs no
pictures, and goes on with what the networks saw. Every fifth scene is left out of a first training, to tell
the error on scenes not trained on.
"""

import argparse
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.corrector import WEIGHTS, features
from chorus_recon.backends.human.looks import SeveralLooks
from chorus_recon.backends.human.model import fit_model, landmarks_of
from chorus_recon.backends.human.start import cam_from_ray
from chorus_recon.backends.human.support import other_side
from chorus_recon.backends.images.rendered import develop, guides, source, trace
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.index import categories
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.geometry.kinematics import place_points, pose_joints
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Camera, Prompt, Shot

SIZE_PX, SAMPLES, VIEWS = (352, 264), 3, 5
CHILDREN, CUT = 0.25, 0.5  # shares of the pictures
LEAST_PX = 200  # of a person's mask
STATURE_M = 1.70  # landmarks are told for a person of this height
SYNTHETIC = 60_000
HIDDEN = 256
LIMBS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
BODY = DefaultBody()
MODEL = fit_model(BODY)
NAMES = MODEL.landmark_names
HIPS = [NAMES.index("left_hip"), NAMES.index("right_hip")]
OTHER = [NAMES.index(other_side(name)) for name in NAMES]
LIMB_ROWS = [NAMES.index(f"{side}_{part}") for side in ("left", "right") for part in LIMBS]
Batch = tuple[Tensor, Tensor, Tensor]  # picture points, metric points, true points; [b n 2], [b n 3], [b n 3]


def make(folder: Path, number: int, photos: source.RenderedPhotos, looks: SeveralLooks) -> int:
    """Write what the networks see of one scene, and the truth; returns the number of pictures."""
    rng, draw = np.random.default_rng(number), torch.Generator().manual_seed(number)
    keys = sorted(categories())
    category = categories()[keys[int(rng.integers(len(keys)))]]
    rows = category.interactions()
    interaction = rows[int(rng.integers(len(rows)))]
    shapes = scenes.shapes_for(TemplateShapes().shapes(category.name), interaction)
    shape = shapes[int(rng.integers(len(shapes)))]
    made = scenes.make_scenes(
        photos.rig, interaction, shape, category.frame, 2, draw, photos.config.steps, CHILDREN
    )
    samples: list[dict[str, np.ndarray]] = []
    for scene in made:
        for view in range(VIEWS):
            shot = Shot(0, Prompt(category.name, "", "", "tool"), "", "", int(rng.integers(2**31)))
            staged = photos.dressed(
                category, interaction, shape, scene, shot, np.random.default_rng(shot.seed)
            )
            seen = guides.render(staged.surfaces, staged.camera, staged.cam_from_world)
            picture = photograph(staged, seen, traced=view == 0, rng=rng)
            sample = look_at(picture, seen.parts["person"] > 0.5, staged, looks, rng)
            if sample is not None:
                samples.append(sample)
    stacked = {key: np.stack([s[key] for s in samples]) for key in samples[0]} if samples else {}
    np.savez(folder / f"{number:06d}.npz", **stacked)  # pyright: ignore[reportArgumentType]
    return len(samples)


def photograph(
    staged: source.Staged, seen: guides.Guides, *, traced: bool, rng: np.random.Generator
) -> np.ndarray:
    """The developed picture, path-traced or with plain shading: sky from above, the sun, no shadows."""
    if traced:
        radiance = trace.trace(
            staged.surfaces, staged.light, staged.camera, staged.cam_from_world, SAMPLES, staged.seed, seen
        )
    else:
        sky = np.asarray(staged.light.sky, float)
        ambient = sky[: len(sky) // 2].mean((0, 1))
        sun = np.asarray(staged.light.sun, float)
        facing = np.clip((seen.normal * sun / np.linalg.norm(sun)).sum(-1, keepdims=True), 0, None)
        above = (0.65 + 0.35 * seen.normal[..., 1:2]) * ambient
        radiance = seen.albedo * (above + facing * np.asarray(staged.light.sun_rgb, float) * 0.8 / np.pi)
        radiance[np.abs(seen.normal).sum(-1) < 1e-6] = ambient
        radiance += rng.normal(0, 0.004, radiance.shape) * radiance.mean()
        radiance = radiance.clip(0, None).astype(np.float32)
    subject = seen.parts["person"] + seen.parts["object"] > 0.5
    return develop.develop(radiance, subject, np.random.default_rng(staged.seed + 1))


def look_at(
    picture: np.ndarray,
    person: np.ndarray,
    staged: source.Staged,
    looks: SeveralLooks,
    rng: np.random.Generator,
) -> dict[str, np.ndarray] | None:
    """Landmarks of the person by the networks, and the true ones; None where they are not found."""
    left, top, right, bottom = _cut(person, rng) if rng.random() < CUT else (0, 0, *person.shape[::-1])
    picture, person = picture[top:bottom, left:right], person[top:bottom, left:right]
    rows, columns = np.where(person)
    if len(rows) < LEAST_PX:
        return None
    box = torch.tensor([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]).float()
    found = looks.detect(torch.from_numpy(np.ascontiguousarray(picture)), box[None])[0]
    if found is None or found.keypoints.points_m is None:
        return None
    order = [found.keypoints.names.index(name) for name in NAMES]
    params = scenes.placed(staged.scene, staged.cam_from_world)
    shape = params.shape.double()
    return {
        "points_px": found.keypoints.points_px[order].numpy(),
        "points_m": found.keypoints.points_m[order].numpy(),
        "size_px": np.array(picture.shape[1::-1]),
        "true_cam": landmarks_of(MODEL, params).float().numpy(),
        "focal_px": staged.camera.focal_px.numpy(),
        "center_px": staged.camera.center_px.numpy() - np.array([left, top], np.float32),
        "height_m": np.array(MODEL.mean_height_m + float(shape @ MODEL.height_per_shape_m)),
    }


def _cut(person: np.ndarray, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """A frame (left, top, right, bottom) that cuts the person: mostly the legs, sometimes a side."""
    height, width = person.shape
    rows, columns = np.where(person)
    if not len(rows):
        return 0, 0, width, height
    tall, wide = rows.max() - rows.min() + 1, columns.max() - columns.min() + 1
    way = rng.random()
    if way < 0.7:
        return 0, 0, width, int(rows.min() + rng.uniform(0.35, 0.9) * tall)
    if way < 0.85:
        return int(columns.min() + rng.uniform(0.1, 0.4) * wide), 0, width, height
    return 0, 0, int(columns.min() + rng.uniform(0.6, 0.9) * wide), height


def seen_batch(folder: Path) -> tuple[Batch, Tensor]:
    """All pictures, and the number of each one's scene."""
    flat, solid, true, number = [], [], [], []
    for path in sorted(folder.glob("*.npz")):
        archive = np.load(path)
        for i in range(len(archive["height_m"]) if "height_m" in archive else 0):
            row = {key: torch.as_tensor(archive[key][i]) for key in archive}
            # The tool guesses the camera; the truth is turned by the true one's ray.
            guess = default_camera((int(row["size_px"][0]), int(row["size_px"][1])), None)
            f, s = features(NAMES, row["points_px"][None], row["points_m"][None], guess)
            camera = Camera(row["focal_px"], row["center_px"], guess.size_px)
            points = row["true_cam"] - row["true_cam"][HIPS].mean(0)
            hips = project(camera, row["true_cam"][HIPS].mean(0, keepdim=True))[0]
            flat.append(f[0])
            solid.append(s[0])
            true.append(
                points @ cam_from_ray(camera, hips)[0].to(points) * STATURE_M / float(row["height_m"])
            )
            number.append(int(path.stem))
    return (torch.stack(flat), torch.stack(solid), torch.stack(true)), torch.tensor(number)


def synthetic_batch(count: int, seed: int = 0) -> Batch:
    """Random key poses of the interaction tables seen from anywhere, with errors made by hand."""
    draw = torch.Generator().manual_seed(seed)
    normal = lambda *size: torch.randn(size, generator=draw)  # noqa: E731
    uniform = lambda *size: torch.rand(size, generator=draw)  # noqa: E731
    rig = source.RenderedPhotos().rig
    rows = [row for category in categories().values() for row in category.interactions()]
    keys = torch.cat([scenes.key_poses(rig, row, count // len(rows) + 1, draw) for row in rows])
    keys = keys[torch.randperm(len(keys), generator=draw)[:count]]
    arms = [
        i
        for i, joint in enumerate(BODY.joint_names)
        if joint.split("_")[-1] in ("collar", "shoulder", "elbow", "wrist", "hand")
    ]
    others = keys[torch.randperm(count, generator=draw)]
    swapped = uniform(count) < 0.3
    keys[:, arms] = torch.where(swapped[:, None, None], others[:, arms], keys[:, arms])
    keys = keys + 0.12 * normal(*keys.shape)
    shape = 0.8 * normal(count, BODY.num_shape).clamp(-2, 2)
    shape[:, -1] = torch.where(uniform(count) < 0.15, uniform(count), torch.zeros(count))
    pitch = torch.deg2rad(8 + 12 * normal(count))
    root = _about(2, torch.deg2rad(4 * normal(count))) @ _about(0, -pitch)
    root = root @ torch.diag(torch.tensor([1.0, -1.0, -1.0])) @ _about(1, 2 * math.pi * uniform(count))
    parts = []
    for rows_ in torch.arange(count).split(4000):
        turned, who = root[rows_].double(), shape[rows_].double()
        posed = pose_joints(
            MODEL.tree, turned, keys[rows_].double(), torch.zeros(len(rows_), 3).double(), who
        )
        parts.append(place_points(posed, MODEL.landmarks, who)[0].float())
    points = torch.cat(parts)
    points = points - points[:, HIPS].mean(1, keepdim=True)
    distance = 1.8 + 6 * uniform(count)
    placed = points + torch.stack([0 * distance, 0 * distance, distance], -1)[:, None]
    flat = placed[..., :2] / placed[..., 2:]
    flat = flat - flat[:, HIPS].mean(1, keepdim=True)
    height = MODEL.mean_height_m + shape @ MODEL.height_per_shape_m.float()
    true = points * (STATURE_M / height)[:, None, None]
    solid = _with_errors(true, pitch, normal, uniform)
    flat = flat + 0.012 * normal(*flat.shape) / distance[:, None, None]
    flat = flat - flat[:, HIPS].mean(1, keepdim=True)
    scale = (flat * solid[..., :2]).sum((1, 2)) / flat.square().sum((1, 2))
    size = 0.93 * torch.exp(0.05 * normal(count))
    return flat * (scale * 0.93)[:, None, None], solid * size[:, None, None], true


def _with_errors(true: Tensor, pitch: Tensor, normal, uniform) -> Tensor:
    """Spread, limbs flipped in depth, tilt, yaw and flattened depth, as the networks show them."""
    count = len(true)
    ends = ("elbow", "wrist", "knee", "ankle", "pinky", "index", "thumb", "heel")
    spread = torch.tensor(
        [[0.03, 0.03, 0.07] if any(e in name for e in ends) else [0.015, 0.015, 0.03] for name in NAMES]
    )
    solid = true + spread * (1 + 2 * (uniform(count, len(NAMES), 1) < 0.08)) * normal(*true.shape)
    chains = {
        "knee": ("hip", ("ankle", "heel", "foot_index")),
        "ankle": ("knee", ("heel", "foot_index")),
        "elbow": ("shoulder", ("wrist", "pinky", "index", "thumb")),
        "wrist": ("elbow", ("pinky", "index", "thumb")),
    }
    for joint, (above, below) in chains.items():
        for side in ("left", "right"):
            at = NAMES.index(f"{side}_{joint}")
            gap = solid[:, at, 2] - solid[:, NAMES.index(f"{side}_{above}"), 2]
            shift = torch.where(uniform(count) < 0.06, -2 * gap, torch.zeros(count))
            for part in (joint, *below):
                solid[:, NAMES.index(f"{side}_{part}"), 2] += shift
    tilt = -0.35 * (pitch - math.radians(5)) + math.radians(6) * normal(count)
    solid = solid @ _about(0, tilt).mT @ _about(1, math.radians(12) * normal(count)).mT
    solid[..., 2] *= 0.7 + 0.4 * uniform(count, 1)
    return solid - solid[:, HIPS].mean(1, keepdim=True)


def _about(axis: int, angle: Tensor) -> Tensor:
    vectors = torch.zeros(len(angle), 3)
    vectors[:, axis] = angle
    return convert.from_vector(vectors)


def mirrored(points: Tensor) -> Tensor:
    out = points[:, OTHER].clone()
    out[..., 0] *= -1
    return out


def rolled(batch: Batch, draw: torch.Generator, degrees: float = 8.0) -> Batch:
    """The same with the camera rolled by a random angle."""
    turn = _about(2, torch.deg2rad(degrees * torch.randn(len(batch[0]), generator=draw)))
    flat, solid, true = batch
    return flat @ turn[:, :2, :2].mT, solid @ turn.mT, true @ turn.mT


def network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    count = len(NAMES)
    sizes = (5 * count, HIDDEN, HIDDEN, HIDDEN, 3 * count)
    layers: list[nn.Module] = []
    for first, second in pairwise(sizes):
        layers += [nn.Linear(first, second), nn.SiLU()]
    return nn.Sequential(*layers[:-1])


def corrected(net: nn.Module, flat: Tensor, solid: Tensor) -> Tensor:
    out = solid + net(torch.cat([flat.flatten(1), solid.flatten(1)], 1)).view(solid.shape)
    return out - out[:, HIPS].mean(1, keepdim=True)


def train(
    net: nn.Module, parts: list[tuple[Batch, int]], steps: int, rate: float, jitter_m: float, seed: int = 0
) -> nn.Module:
    """Minimise the mean distance, limbs twice; each step takes so many rows of each batch."""
    draw = torch.Generator().manual_seed(seed)
    weight = torch.ones(len(NAMES))
    weight[LIMB_ROWS] = 2.0
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps)
    for step in range(steps):
        rows = [torch.randint(len(batch[0]), (count,), generator=draw) for batch, count in parts]
        flat, solid, true = (
            torch.cat([batch[k][row] for (batch, _), row in zip(parts, rows, strict=True)]) for k in range(3)
        )
        if step % 2:
            flat, solid, true = mirrored(flat), mirrored(solid), mirrored(true)
        flat, solid, true = rolled((flat, solid, true), draw)
        noise = [jitter_m * torch.randn(part.shape, generator=draw) for part in (flat, solid)]
        gap = corrected(net, flat + noise[0], solid + noise[1]) - true
        loss = (weight * (gap.square().sum(-1) + 1e-4).sqrt()).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return net.eval()


@torch.no_grad()
def error_cm(net: nn.Module | None, batch: Batch) -> str:
    """Median and mean over people of the mean distance of the limb joints about their own middle."""
    flat, solid, true = batch
    if net is not None:
        solid = (corrected(net, flat, solid) + mirrored(corrected(net, mirrored(flat), mirrored(solid)))) / 2
    gap = solid[:, LIMB_ROWS] - true[:, LIMB_ROWS]
    error = 100 * (gap - gap.mean(1, keepdim=True)).norm(dim=-1).mean(1)
    return f"{float(error.median()):.2f} / {float(error.mean()):.2f} cm"


def fit(folder: Path) -> nn.Module:
    """Train on all scenes; before that without every fifth, to tell the error on those."""
    batch, number = seen_batch(folder)
    made_up = synthetic_batch(SYNTHETIC)
    start = train(network(), [(made_up, 256)], 4000, 2e-3, 0.0).state_dict()
    held = number % 5 == 0
    for rows, test in ((~held, held), (torch.ones_like(held), None)):
        net = network()
        net.load_state_dict(start)
        used: Batch = (batch[0][rows], batch[1][rows], batch[2][rows])
        net = train(net, [(used, 64), (made_up, 64)], 2500, 7e-4, 0.004)
        if test is not None:
            left: Batch = (batch[0][test], batch[1][test], batch[2][test])
            print(
                f"{int(test.sum())} pictures of scenes left out: {error_cm(None, left)}, "
                f"corrected {error_cm(net, left)}"
            )
    print(f"trained on {len(number)} pictures of {len(number.unique())} scenes")
    return net


def write(net: nn.Module, path: Path) -> None:
    linear = [layer for layer in net.modules() if isinstance(layer, nn.Linear)]
    arrays = {f"weight{i}": layer.weight.detach().half().numpy() for i, layer in enumerate(linear)}
    arrays |= {f"bias{i}": layer.bias.detach().half().numpy() for i, layer in enumerate(linear)}
    np.savez_compressed(path, names=np.array(NAMES), **arrays)  # pyright: ignore[reportArgumentType]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, help="folder of what the networks saw")
    parser.add_argument("--scenes", type=int, default=0, help="how many to make")
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first; scenes that exist are kept"
    )
    parser.add_argument("--train", action="store_true")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.scenes:
        photos = source.RenderedPhotos(source.RenderedConfig(SIZE_PX, SAMPLES))
        looks = SeveralLooks()
        for number in range(options.first, options.first + options.scenes):
            if not (options.work / f"{number:06d}.npz").exists():
                print(number, make(options.work, number, photos, looks), flush=True)
    if options.train:
        write(fit(options.work), Path(__file__).parent.parent / "chorus_recon" / "data" / WEIGHTS)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
