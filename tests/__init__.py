"""Tests. Every annotated call in the package is checked while they run: shapes, and an int is a float too."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
