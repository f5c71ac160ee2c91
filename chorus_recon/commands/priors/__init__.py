"""The commands below `chorus-recon prior`."""
