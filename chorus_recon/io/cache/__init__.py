"""Folders of the cache that are made from others, and what is removed from it."""
