"""The Numba target."""
