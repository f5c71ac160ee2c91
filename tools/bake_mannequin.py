"""Make `chorus_recon/data/body_mannequin.npz`: how the embedded body becomes a neutral mannequin.

The trunk is smoothed so that nipples, navel and genitals vanish and its shape stays, the face so that little
more than nose, brows and closed eyes and mouth are left. The insides of mouth, nostrils and eye sockets are
flattened. Smoothing is linear in the vertices, so it is given for the template and for each mode of shape.

    OMP_NUM_THREADS=1 python tools/bake_mannequin.py

needs only this package. Only results are made of the mannequin; fits and bundled priors use the body itself.
"""

import sys
from pathlib import Path

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from npz_files import write
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from chorus_recon.backends.body.default import DefaultBody

OUT = Path(__file__).resolve().parents[1] / "chorus_recon" / "data" / "body_mannequin.npz"
STEP_M = 5e-5  # of the integers in the file
# Details shorter than about six times this length vanish; metres, by the joints that a vertex moves with.
LENGTHS_M = {
    "pelvis spine1 spine2 spine3 left_collar right_collar": 0.012,
    "neck": 0.01,
    "head": 0.005,
    "left_shoulder right_shoulder": 0.004,
    "left_hip right_hip": 0.006,
}
CROTCH_M = 0.03  # the same between the legs
CROTCH_OFFSET_M = (0.0, 0.03, 0.03)  # of the middle of that region, from the lowest point of the trunk
CROTCH_RADII_M = (0.049, 0.063, 0.077)
FLAT_M = 0.05  # the same inside the head's openings
OPEN = 0.25  # share of the directions before a vertex that is free; less inside openings
DIRECTIONS = 400
LIPS = 2  # rings of vertices around an opening that are flattened too
EARS = 0.72  # of the head's half width: beyond it are the ears
LEAST_M = 1e-4  # smaller movements are left out
Array = np.ndarray


def stiffness(points: Array, faces: Array) -> tuple[csc_array, Array]:
    """The cotangent Laplacian, and the area of each vertex."""
    count = len(points)
    area, rows, columns, values = np.zeros(count), [], [], []
    for k in range(3):
        i, j, o = faces[:, (k + 1) % 3], faces[:, (k + 2) % 3], faces[:, k]
        a, b = points[i] - points[o], points[j] - points[o]
        doubled = np.maximum(np.linalg.norm(np.cross(a, b), axis=1), 1e-12)
        np.add.at(area, o, doubled / 6)
        half = np.clip((a * b).sum(1) / doubled, -0.2, 20) / 2
        rows += [i, j]
        columns += [j, i]
        values += [-half, -half]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    links = coo_array(entries, shape=(count, count)).tocsc()
    return csc_array(links + diags_array(-links.sum(1))), np.maximum(area, 1e-8)


def lengths(body: DefaultBody, points: Array) -> Array:
    """The length of the details that vanish at each vertex."""
    skin = body.skin_weights.numpy()
    out = np.full(len(points), 1e-4)
    for names, length in LENGTHS_M.items():
        out += length * skin[:, [body.joint_names.index(n) for n in names.split()]].sum(1)
    middle = points[(np.abs(points[:, 0]) < 0.01) & (skin[:, 0] > 0.3)]
    centre = middle[middle[:, 1].argmin()] * [0, 1, 1] + CROTCH_OFFSET_M
    return out + CROTCH_M * np.exp(-0.5 * (((points - centre) / CROTCH_RADII_M) ** 2).sum(1))


def openings(body: DefaultBody, points: Array, faces: Array, twin: Array) -> Array:
    """The vertices inside mouth, nostrils and eye sockets, and the rims."""
    head = body.skin_weights[:, body.joint_names.index("head")].numpy() > 0.5
    corners = points[faces]
    per_face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, faces[:, k], per_face)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    scene = EmbreeScene()
    _ = TriangleMesh(scene, corners.astype(np.float32))
    free = np.zeros(len(points))
    for direction in np.random.default_rng(0).normal(size=(DIRECTIONS, 3)):
        towards = np.repeat(direction[None] / np.linalg.norm(direction), len(points), 0).astype(np.float32)
        hit = scene.run((points + 2e-4 * normals).astype(np.float32), towards, query="OCCLUDED")
        free += (hit < 0) & (normals @ direction > 0)
    ears = np.abs(points[:, 0]) > EARS * np.abs(points[head, 0]).max()
    inside = head & (free < OPEN * DIRECTIONS / 2) & ~ears
    ends = faces.reshape(-1), np.roll(faces, -1, 1).reshape(-1)
    links = coo_array((np.ones(faces.size), ends), shape=(len(points), len(points))).tocsr()
    for _ in range(LIPS):
        inside = inside | ((links + links.T) @ inside > 0)
    return inside | inside[twin]


def main() -> None:
    """Bake."""
    body = DefaultBody()
    points, faces, twin = body.template.double().numpy(), body.faces.numpy(), body.twin.numpy()
    length = lengths(body, points)
    length = np.maximum(length, length[twin])
    length[openings(body, points, faces, twin)] = FLAT_M
    laplacian, area = stiffness(points, faces)
    hold = diags_array(area / length**4)
    solver = splu(csc_array(laplacian @ diags_array(1 / area) @ laplacian + hold))
    moved = []
    for shape in (points, *body.shapedirs.double().numpy()):
        change = solver.solve(hold @ shape) - shape
        moved.append((change + change[twin] * [-1, 1, 1]) / 2)
    movement = np.stack(moved)
    rows = np.where(np.linalg.norm(movement, axis=-1).max(0) > LEAST_M)[0]
    print(len(rows), "vertices; largest movement of the template", np.abs(movement[0]).max().round(4), "m")
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    steps = (movement[:, rows] / STEP_M).round().astype(np.int16)
    write(out, {"rows": rows.astype(np.uint16), "steps": steps, "step_m": np.array(STEP_M, np.float32)})
    print(out.name, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
