"""Run the command line as a module: `python -m chorus_recon`."""

from chorus_recon.cli import main

if __name__ == "__main__":
    main()
