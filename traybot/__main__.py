"""Lets `python -m traybot` be the same as `traybot`."""

import sys

if __name__ == "__main__":
    from traybot.cli import main

    sys.exit(main())
