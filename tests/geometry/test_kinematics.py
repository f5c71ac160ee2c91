import torch

from chorus_recon.geometry import kinematics
from chorus_recon.geometry.rotations import convert

PARENTS = (-1, 0, 0, 1, 3, 3, 2)
G = torch.Generator().manual_seed(0)


def noise(*size):
    return torch.randn(*size, generator=G, dtype=torch.float64)


def chain():
    tree = kinematics.skeleton(noise(7, 3), 0.1 * noise(2, 7, 3), PARENTS)
    skin = torch.softmax(noise(20, 7), -1)
    points = kinematics.skinned_points(
        torch.softmax(noise(5, 20), -1), noise(20, 3), 0.1 * noise(2, 20, 3), skin
    )
    return tree, points


def positions(tree, points, root, parameters):
    rotvec, place, shape = parameters[:, :21].unflatten(1, (7, 3)), parameters[:, 21:24], parameters[:, 24:]
    posed = kinematics.pose_joints(tree, root, rotvec, place, shape)
    return posed, kinematics.place_points(posed, points, shape)


def test_exponential_agrees_with_roma_and_its_right_jacobian_with_finite_differences():
    rotvec, step = noise(6, 3), 1e-6 * noise(6, 3)
    rotation, right = kinematics.exponential(rotvec)
    torch.testing.assert_close(rotation, convert.from_vector(rotvec))
    moved = kinematics.exponential(rotvec + step)[0]
    turned = convert.to_vector(rotation.mT @ moved)
    torch.testing.assert_close(turned, (right @ step[..., None])[..., 0], rtol=1e-4, atol=1e-11)


def test_the_jacobian_is_that_of_finite_differences():
    tree, points = chain()
    root = kinematics.exponential(noise(2, 3))[0]
    parameters = 0.6 * noise(2, 26)
    posed, (_, shares) = positions(tree, points, root, parameters)
    rows = torch.eye(3, dtype=torch.float64).expand(2, 5, 3, 3)
    exact = kinematics.points_jacobian(tree, posed, points, shares, rows)
    for column in range(26):
        step = torch.zeros(26, dtype=torch.float64)
        step[column] = 1e-6
        ahead = positions(tree, points, root, parameters + step)[1][0]
        behind = positions(tree, points, root, parameters - step)[1][0]
        torch.testing.assert_close(exact[..., column], (ahead - behind) / 2e-6, rtol=1e-5, atol=1e-7)


def test_a_turned_root_carries_everything_rigidly():
    tree, points = chain()
    parameters = 0.6 * noise(1, 26)
    parameters[:, 21:24] = 0.0
    turn = kinematics.exponential(noise(1, 3))[0]
    still = positions(tree, points, torch.eye(3).double()[None], parameters)[1][0]
    torch.testing.assert_close(positions(tree, points, turn, parameters)[1][0], still @ turn.mT)
