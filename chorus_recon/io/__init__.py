"""The doors: photos, prior files, network weights."""
