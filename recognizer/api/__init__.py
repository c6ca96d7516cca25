"""What pages show, for programs."""
