"""Isolated modules: a script in a process and an environment of its own, in a closed box."""
