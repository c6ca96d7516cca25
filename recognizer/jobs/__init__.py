"""Work that is done beside the requests: the queue, and the workers that take from it."""
