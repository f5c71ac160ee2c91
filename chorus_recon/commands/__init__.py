"""The sub-commands, one file each. Heavy libraries are imported only when a command runs."""
