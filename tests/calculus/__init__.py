"""The chain rule, the algebra of sums, the basis, mutants."""
