"""From pixels to ink: the paper, what is written on it, where it stands, and cutting it out."""
