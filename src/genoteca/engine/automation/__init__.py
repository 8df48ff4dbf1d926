"""What the app does by itself: what is due and when, the inbox, and look-ups of many genomes by many modules."""
