"""Lets `python -m traybot` be the same as `traybot`."""

import sys

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # In a program made of one file each child process begins here, and ends here.
        import multiprocessing

        multiprocessing.freeze_support()
    from traybot.cli import main

    sys.exit(main())
