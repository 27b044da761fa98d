"""The catalogue: everything that is particular to a layer."""
