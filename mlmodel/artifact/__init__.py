"""A trained model as files: its card, its directory, its networks in LiteRT."""
