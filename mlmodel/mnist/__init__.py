"""MNIST, the digits that the networks learn from: four files and their loader."""
