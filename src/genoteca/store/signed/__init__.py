"""Signed catalogues (The Update Framework, https://theupdateframework.github.io/specification/latest/)."""
