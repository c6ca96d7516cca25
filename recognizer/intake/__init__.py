"""Bytes from strangers in; a clean, upright picture out, or a named refusal."""
