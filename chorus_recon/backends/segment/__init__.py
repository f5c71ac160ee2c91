"""Segmenters: things found and outlined."""
