"""Bottle, cup and wine glass: how they are held and drunk from is the same."""
