"""Instance normalization."""
