"""Genoteca: an app store for your genome, on your own machine."""

__version__ = "0.1.0"
