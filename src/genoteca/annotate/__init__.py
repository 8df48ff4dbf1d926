"""Joining a sample with reference tables: for every site, what the file says and how that is known."""
