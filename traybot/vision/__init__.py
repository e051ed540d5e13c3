"""Seeing: pictures in, matches out; knows no process and no tray."""
