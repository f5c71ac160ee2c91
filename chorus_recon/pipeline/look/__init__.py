"""Give meshes the colours of the photo: project its pixels, and fill what it does not show."""
