"""The human reference sequence as a Genoteca module."""
