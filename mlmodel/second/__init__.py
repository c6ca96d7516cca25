"""The second reader: a network that others trained, taught our digits, beside the first one."""
