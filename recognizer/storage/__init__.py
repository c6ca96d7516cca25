"""Where files are stored: on a disk or in a bucket."""
