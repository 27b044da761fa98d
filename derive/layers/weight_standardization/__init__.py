"""Weight standardization."""
