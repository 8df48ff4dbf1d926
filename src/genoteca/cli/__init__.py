"""The command line: parse, call an action, print."""

from genoteca.cli.main import build, run

__all__ = ["build", "run"]
