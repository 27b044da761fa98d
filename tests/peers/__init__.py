"""Agreement with independent implementations: PyTorch and JAX."""
