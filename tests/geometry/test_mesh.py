import torch

from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry.mesh import surface_of


def test_a_surface_keeps_its_faces_and_modes_and_nothing_else():
    shape = TemplateShapes().shapes("bicycle")[0]
    bare = surface_of(shape)
    assert len(bare.vertices) < len(shape.vertices)  # its anchors are points of their own
    assert len(bare.faces.unique()) == len(bare.vertices)
    assert torch.equal(bare.vertices[bare.faces], shape.vertices[shape.faces])
    assert torch.equal(bare.modes[:, bare.faces], shape.modes[:, shape.faces])
    assert bare.anchors == ()
