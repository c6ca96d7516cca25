"""Where files lie: a disk or a bucket."""
