"""The files that a batch is made from: pictures, and what holds several of them."""
