"""What is measured: speed, accuracy, how often verdicts are right, and how long the compiler takes."""
