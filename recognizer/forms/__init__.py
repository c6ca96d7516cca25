"""Forms: they check what strangers send before anything is done with it."""
