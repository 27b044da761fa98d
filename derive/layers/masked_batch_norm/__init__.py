"""Batch normalization of padded data."""
