"""ACMG secondary findings as a Genoteca module."""
