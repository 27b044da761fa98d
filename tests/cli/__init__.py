"""What the console scripts do, print and leave alone."""
