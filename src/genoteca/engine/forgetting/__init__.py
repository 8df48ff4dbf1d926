"""Deleting a person's genome: the journal of a deletion, the databases, and the search that proves it."""
