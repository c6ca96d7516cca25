"""The data that pages show, for programs."""
