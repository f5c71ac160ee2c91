"""Rotations: as matrices, vectors and quaternions, fitted to points, and the angles between them."""
