"""One page a file; each draws itself into the frame."""
