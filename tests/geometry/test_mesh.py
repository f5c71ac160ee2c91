import torch

from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry.mesh import is_solid, surface_of
from tests.capsules import box


def test_a_surface_keeps_its_faces_and_modes_and_nothing_else():
    shape = TemplateShapes().shapes("bicycle")[0]
    bare = surface_of(shape)
    assert len(bare.vertices) < len(shape.vertices)  # its anchors are points of their own
    assert len(bare.faces.unique()) == len(bare.vertices)
    assert torch.equal(bare.vertices[bare.faces], shape.vertices[shape.faces])
    assert torch.equal(bare.modes[:, bare.faces], shape.modes[:, shape.faces])
    assert bare.anchors == ()


def test_a_solid_is_closed_and_every_part_of_it_wound_outwards():
    vertices, faces = box((1.0, 2.0, 0.5))
    assert is_solid(vertices, faces)
    assert is_solid(vertices + 7.0, faces)
    assert not is_solid(vertices, faces[1:])
    assert not is_solid(vertices, faces.flip(1))
    two = torch.cat([vertices, vertices + 3.0])
    assert is_solid(two, torch.cat([faces, faces + len(vertices)]))
    assert not is_solid(two, torch.cat([faces, faces.flip(1) + len(vertices)]))
