"""L2 normalization."""
