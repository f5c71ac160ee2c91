"""Chair, bench and couch: how people sit on them is the same."""
