"""Carrier screening as a Genoteca module."""
