"""Pictures of numbers as people write them, made from single digits: what both networks learn from.

A hand (`hands`) writes characters (`writing`) after shapes (`shapes`), which make up a field
(`fields`) on paper (`paper`); a camera or scanner takes the picture (`camera`, `photograph`).
`pictures` composes whole pictures and records which digit stands where.
"""
