"""What people say is right, beside what was read."""
