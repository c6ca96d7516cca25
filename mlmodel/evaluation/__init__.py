"""How well a model reads pictures that it was not trained on."""
