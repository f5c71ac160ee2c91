"""Archetypes of use: parametric interactions that fit an object of any shape and size."""
