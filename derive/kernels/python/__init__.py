"""What targets have in common that emit Python: arguments, documentation, long lines."""
