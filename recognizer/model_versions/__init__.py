"""Which trained model reads."""
