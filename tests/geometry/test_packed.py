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
