"""The language of layers, the graph made of it, and its formulas as text."""
