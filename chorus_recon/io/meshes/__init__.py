"""Mesh and scene files."""
