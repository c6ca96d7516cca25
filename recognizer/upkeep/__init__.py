"""What keeps rows and files in step, and for how long they are kept."""
