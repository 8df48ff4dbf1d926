"""A table of the user's own as a reference: looked at, understood, read and published."""
