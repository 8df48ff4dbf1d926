"""A backup: the whole data folder as one file, whole or refused."""
