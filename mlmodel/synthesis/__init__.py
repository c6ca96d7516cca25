"""Pictures of numbers as people write them, made from single digits: what the line reader learns.

A hand (`hands`) chooses shapes (`shapes`) and writes a field (`fields`) on paper (`paper`); a
camera or scanner takes the picture (`camera`). `pictures` puts these together and keeps the
truth: which digit stands where.
"""
