"""The derivation report."""
