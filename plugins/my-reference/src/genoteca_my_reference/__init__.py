"""My reference: a file of the user's own, looked up in a genome."""
