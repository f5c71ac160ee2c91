"""Reading and writing files: photos, meshes, priors, body models and network weights."""
