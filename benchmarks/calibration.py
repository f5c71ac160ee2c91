"""Benchmark camera calibration: all people in one batch, against the published 2400 steps of Adam per person.

    python benchmarks/calibration.py [--people 1000] [--adam 1] [--out calibration.json]

Both fit the same noisy joints (5 px, so that Adam does not stop early) from the same start. Seconds are
processor time of one thread, so that other load on the machine matters little.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import torch

from chorus_recon.geometry.rotations import convert
from chorus_recon.priors.observations.calibrate import START_FOV_DEG, calibrate

SIZE = (512, 512)
NOISE_PX = 5.0
STEPS, RATE, ENOUGH = 2400, 0.01, 0.7  # as published
JOINTS = 24


def people(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Joints in the body frame (metres), their pixels, and rotations near the true ones."""
    random = torch.Generator().manual_seed(seed)
    joints = torch.randn(count, JOINTS, 3, generator=random) * torch.tensor([0.25, 0.45, 0.2])
    yaw = torch.zeros(count, 3)
    yaw[:, 1] = 2 * math.pi * torch.rand(count, generator=random)
    turn = convert.from_vector(yaw) @ torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    focal = SIZE[0] * (1.0 + 0.4 * torch.rand(count, generator=random))
    points = joints @ turn.mT + torch.tensor([0.0, 0.0, 3.0])
    pixels = focal[:, None, None] * points[..., :2] / points[..., 2:] + torch.tensor(SIZE) / 2
    pixels += NOISE_PX / math.sqrt(2) * torch.randn(pixels.shape, generator=random)
    near = convert.from_vector(0.1 * torch.randn(count, 3, generator=random)) @ turn
    return joints, pixels, near


def adam(joints: torch.Tensor, pixels: torch.Tensor, rotation: torch.Tensor) -> float:
    """The least loss of the published fit of one person (root of the summed squares, over the joints)."""
    turn = convert.to_vector(rotation).clone().requires_grad_()
    width = 1 / (2 * math.tan(math.radians(START_FOV_DEG) / 2))
    focal = torch.tensor(width).requires_grad_()
    place = torch.tensor([0.0, 0.0, 2 * width]).requires_grad_()
    optimiser = torch.optim.Adam([turn, place, focal], lr=RATE)
    best = math.inf
    for _ in range(STEPS):
        optimiser.zero_grad()
        points = joints @ convert.from_vector(turn).mT + place
        seen = SIZE[0] * focal * points[:, :2] / points[:, 2:] + torch.tensor(SIZE) / 2
        loss = (seen - pixels).norm() / JOINTS
        best = min(best, float(loss.detach()))
        if best < ENOUGH:
            break
        loss.backward()
        optimiser.step()
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--adam", type=int, default=1, help="how many people Adam fits")
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    torch.set_num_threads(1)
    joints, pixels, near = people(options.people, 0)
    size = torch.tensor([SIZE] * options.people).float()
    calibrate(joints[:8], pixels[:8], size[:8], near[:8])  # warm up
    start = time.process_time()
    found = calibrate(joints, pixels, size, near)
    ours_s = (time.process_time() - start) / options.people
    loss = found.residual_px / math.sqrt(JOINTS)
    start = time.process_time()
    losses = [adam(joints[n], pixels[n], near[n]) for n in range(options.adam)]
    adam_s = (time.process_time() - start) / options.adam
    adam_loss = sum(losses) / options.adam
    first = float(loss[: options.adam].mean())
    worse = max(float(loss[n]) - losses[n] for n in range(options.adam))
    result = {
        "people": options.people,
        "converged": int(found.converged.sum()),
        "ours_s_per_person": ours_s,
        "ours_persons_per_s": 1 / ours_s,
        "adam_people": options.adam,
        "adam_s_per_person": adam_s,
        "ratio": adam_s / ours_s,
        "mean_loss": float(loss.mean()),
        "most_above_adam": worse,
        "threads": 1,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "torch": torch.__version__,
    }
    print("fit                         s a person   persons/s   least loss")
    print(f"LM, all people at once      {ours_s:10.5f}  {1 / ours_s:10.0f}   {first:.4f}")
    print(f"Adam, {STEPS} steps, one by one {adam_s:9.3f}  {1 / adam_s:10.2f}   {adam_loss:.4f}")
    print(f"ratio {adam_s / ours_s:.0f}x; {result['converged']} of {options.people} converged")
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
