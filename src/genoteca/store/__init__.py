"""The store: what is on offer, what is installed, and every change between the two."""
