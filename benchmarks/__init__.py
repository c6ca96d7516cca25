"""What others' programs read in the pictures that measure digitrec, and what was taken from one."""
