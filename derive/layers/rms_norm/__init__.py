"""RMS normalization."""
