"""Turns bytes from strangers into a clean, upright picture, or refuses them with a named reason."""
