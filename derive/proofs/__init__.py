"""Theorems, their steps, and the independent checks that they pass."""
