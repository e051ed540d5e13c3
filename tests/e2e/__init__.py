"""Runs the whole program, as its user does."""
