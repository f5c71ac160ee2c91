import base64

import torch

from chorus_recon.geometry.meshes.packed import NEAR, pack

SQUARE = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])


def test_touching_and_near_vertices_are_told_apart():
    none, one, both = torch.tensor([], dtype=torch.int64), torch.tensor([1]), torch.tensor([1, 2])
    packed = pack(SQUARE, FACES, torch.zeros(2, 3, dtype=torch.uint8), one, both)
    expected = {0: 0, 1: 255, 2: NEAR, 3: 0}
    flags = base64.b64decode(packed.arrays["contacts"])
    assert list(flags) == [expected[int(vertex)] for vertex in packed.source]
    assert packed.flags(one, both) == packed.arrays["contacts"]
    assert set(base64.b64decode(packed.flags(none, none))) == {0}


def test_small_meshes_and_single_colours_take_few_bytes():
    colours = torch.tensor([[9, 8, 7], [9, 8, 7]], dtype=torch.uint8)
    plain, striped = (
        pack(SQUARE, FACES, colours),
        pack(SQUARE, FACES, colours * torch.tensor([[1], [2]]).byte()),
    )
    assert list(base64.b64decode(plain.arrays["colors"])) == [9, 8, 7]
    assert len(base64.b64decode(striped.arrays["colors"])) == 3 * len(striped.source)
    assert len(base64.b64decode(plain.arrays["faces"])) == 2 * 6
    side = torch.arange(300.0)
    grid = torch.stack([*torch.meshgrid(side, side, indexing="ij"), torch.zeros(300, 300)], -1).reshape(-1, 3)
    corner = (torch.arange(299)[:, None] * 300 + torch.arange(299)).reshape(-1)[:50_000]
    faces = torch.stack([corner, corner + 1, corner + 300], -1)
    apart = grid[faces].reshape(-1, 3)  # 150,000 vertices
    many = pack(apart, torch.arange(150_000).reshape(-1, 3), torch.zeros(50_000, 3, dtype=torch.uint8))
    assert len(base64.b64decode(many.arrays["faces"])) == 4 * 150_000
