"""Training of the network that looks at single digits: MNIST, and frames cut from pictures."""
