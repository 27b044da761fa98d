"""The tests that are emitted beside the kernels."""
