"""From a proven derivation to kernels: the plan, and the targets that print it."""
