"""Batch normalization with weighted statistics."""
