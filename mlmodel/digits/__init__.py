"""One digit that was cut out: brought into the MNIST frame, classified, and explained."""
