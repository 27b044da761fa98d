"""Batch normalization followed by SiLU."""
