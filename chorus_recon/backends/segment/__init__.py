"""Segmenters: detection and segmentation of people and objects."""
