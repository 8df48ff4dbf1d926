"""One variant, looked up on demand: in a sample's tables, in a reference, in the file itself."""
