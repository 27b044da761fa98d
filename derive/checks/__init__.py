"""Checks of kernels from anywhere: the gradient check, the audit, what they can and cannot see."""
