"""Rules below all types: the canonical form, faults of JSON, refusals in words, and what is read leniently."""
