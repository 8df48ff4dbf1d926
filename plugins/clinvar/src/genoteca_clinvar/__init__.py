"""ClinVar as a Genoteca module."""
