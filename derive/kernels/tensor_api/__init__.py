"""Emitted Python modules whose kernels take whole tensors: what they have in common, whatever the library."""
