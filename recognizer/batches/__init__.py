"""Many pictures given together, and what was read in them."""
