"""What is in the wheel and in the sdist, and that both work where they are installed."""
