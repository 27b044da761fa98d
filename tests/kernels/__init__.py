"""Plans, run by an exact interpreter, and how they are printed."""
