"""The texts that people verified, beside what was read."""
