"""Code that runs inside child processes."""
