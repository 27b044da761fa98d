"""Programs that use the generated kernels and show what the project is about."""
