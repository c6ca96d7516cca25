"""Training of the network that reads whole lines, on synthetic pictures."""
