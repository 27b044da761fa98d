"""The logarithm of softmax."""
