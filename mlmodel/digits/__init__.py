"""One digit, cut out: brought into the frame of MNIST and told from the nine others."""
