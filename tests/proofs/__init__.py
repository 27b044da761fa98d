"""Exact numbers, evaluation, theorems, and that corrupted proofs are refused."""
