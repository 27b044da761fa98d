"""Mutants of a whole derivation: mistakes in its formulas, in its statistics, and in what is done with the data."""
