"""Calculus on graphs: the chain rule, the algebra of sums, derivations with deliberate mistakes."""
