"""Reading and normalising genomes: plain functions on Polars frames and files."""
