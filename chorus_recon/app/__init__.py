"""The local web app: a photo to its scene, and priors, in the browser. Needs the extra [app]."""
