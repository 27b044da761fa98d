"""What is unchanged is skipped, and nothing else is."""
