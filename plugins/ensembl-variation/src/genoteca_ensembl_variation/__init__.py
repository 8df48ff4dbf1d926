"""Ensembl variation: the names and frequencies of known alleles."""
