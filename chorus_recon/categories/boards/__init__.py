"""Skateboard, snowboard, surfboard and skis: their meshes share code, and boards their interactions."""
