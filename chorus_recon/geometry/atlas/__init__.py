"""Texture atlases: flatten a mesh into charts, and find the point of the surface behind every texel."""
