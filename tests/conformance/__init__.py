"""The contract of the emitted batch-norm module, promise by promise."""
