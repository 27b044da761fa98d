"""Derivatives of derivatives: `jvp` and `double_backward` of the emitted modules."""
