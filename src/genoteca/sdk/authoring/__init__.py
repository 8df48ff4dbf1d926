"""Making a data module of a table that someone already has: looked at, every row checked, written."""
