"""Records the guide video and the README's pictures on the real pages; `make guide` runs it."""
