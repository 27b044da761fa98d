"""The derivation report: one object, and what is made of it."""
