"""Layers as a user writes them: files outside this repository, through the script, into kernels that are validated."""
