import numpy as np

from chorus_recon.geometry.meshes.primitives import sweep


def test_a_sweep_carries_its_outline_along_a_bent_line():
    outline = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 0.0], [0.0, -2.0]])
    line = np.array([[0.0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 2, 2]])
    vertices, _ = sweep(line, outline, size=[1.0, 2.0, 3.0, 4.0], up=(1, 0, 0))
    rings = vertices[:16].reshape(4, 4, 3)
    assert np.allclose(rings.mean(1), line)
    # the first axis stays across the plane of the line, the second lies in it, both as long as asked for
    for ring, centre, scale in zip(rings, line, (1.0, 2.0, 3.0, 4.0), strict=True):
        assert np.allclose(ring[0] - centre, [scale, 0, 0])
        assert np.isclose((ring[1] - centre)[0], 0)
        assert np.isclose(np.linalg.norm(ring[1] - centre), 2 * scale)
