"""Shape families: parametric closed meshes for things that differ in size and proportions only."""
